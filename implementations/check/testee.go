package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/goccy/go-yaml"

	"github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

// recipeFile says how a testee is checked that needs no build: one in a scripting language, or a program that is there.
const recipeFile = "check.yaml"

// recipe is the content of that file. Its commands are run by a shell, in the folder of the file.
type recipe struct {
	Needs  []string `yaml:"needs"`  // programs that have to be on the path
	Testee string   `yaml:"testee"` // starts the testee
	Test   string   `yaml:"test"`   // runs the folder's own tests; may be empty
	Lint   string   `yaml:"lint"`   // fails if something is wrong with the code; may be empty
}

// readRecipe reads the recipe of a folder, and tells whether this machine has what it needs.
func readRecipe(directory string) (recipe, error) {
	var r recipe
	file := filepath.Join(directory, recipeFile)
	text, err := os.ReadFile(file)
	if err != nil {
		return r, err
	}
	if err := yaml.UnmarshalWithOptions(text, &r, yaml.Strict()); err != nil {
		return r, fmt.Errorf("%s: %w", file, err)
	}
	if r.Testee == "" {
		return r, fmt.Errorf("%s does not say how to start the testee", file)
	}
	for _, program := range r.Needs {
		if _, err := exec.LookPath(program); err != nil {
			return r, fmt.Errorf("the toolchain is missing: there is no program %q here", program)
		}
	}
	return r, nil
}

func prepareTestee(m module, i implementation, binaries string, out io.Writer) (*suite, error) {
	r, err := readRecipe(m.directory)
	if err != nil {
		return nil, err
	}
	folder, err := filepath.Abs(m.directory)
	if err != nil {
		return nil, err
	}
	statement, err := filepath.Abs(filepath.Join(i.directory, statementFile))
	if err != nil {
		return nil, err
	}
	if !*m.tested {
		if err := inFolder(out, folder, r.Test); err != nil {
			return nil, err
		}
		*m.tested = true
	}
	start := "sh -c " + vocabulary.ShellQuote("cd "+vocabulary.ShellQuote(folder)+" && exec "+r.Testee)
	return testeeSuite(start, statement)
}

func lintTestee(m module, _ string) error {
	r, err := readRecipe(m.directory)
	if err != nil {
		return err
	}
	return inFolder(os.Stdout, m.directory, r.Lint)
}

// inFolder runs one of a recipe's commands.
func inFolder(out io.Writer, directory, command string) error {
	if command == "" {
		return nil
	}
	if err := show(out, directory, "sh", "-c", command); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	return nil
}
