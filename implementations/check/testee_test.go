package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folder makes a module with that recipe.
func folder(t *testing.T, recipe string) module {
	t.Helper()
	root := tree(t, "one/statement.yaml", "one/"+recipeFile)
	if err := os.WriteFile(filepath.Join(root, "one", recipeFile), []byte(recipe), 0o644); err != nil {
		t.Fatal(err)
	}
	modules, err := discover(root)
	if err != nil {
		t.Fatal(err)
	}
	return modules[0]
}

func TestATesteeWhoseProgramIsMissingIsNoPass(t *testing.T) {
	m := folder(t, "needs: [a-program-that-nobody-has]\ntestee: something\n")
	r := how{build: t.TempDir()}.check(m, m.implementations[0], io.Discard)
	if exitCode([]result{r}) != noVerdict || !strings.Contains(r.row()[8], `no program "a-program-that-nobody-has"`) {
		t.Errorf("got %+v", r)
	}
}

func TestARecipeSaysHowToStartTheTestee(t *testing.T) {
	for recipe, want := range map[string]string{
		"needs: [sh]\n":               "does not say how to start the testee",
		"testee: something\ntest ee:": "check.yaml",
		"testee: something\nwhat: x":  "what",
	} {
		if _, err := readRecipe(folder(t, recipe).directory); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v", recipe, err)
		}
	}
}

func TestARecipesCommandsRunInItsFolder(t *testing.T) {
	for lint, fails := range map[string]bool{"test -f statement.yaml": false, "false": true, "": false} {
		m := folder(t, "testee: something\nlint: "+lint+"\n")
		if err := lintModule(m, t.TempDir()); (err != nil) != fails {
			t.Errorf("%q: got %v", lint, err)
		}
	}
}
