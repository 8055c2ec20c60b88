package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEachPackageOfAWorkspaceWithAStatementIsAnImplementation(t *testing.T) {
	root := tree(t, "rust/Cargo.toml", "rust/testee/Cargo.toml", "rust/one/Cargo.toml", "rust/one/statement.yaml", "rust/two/statement.yaml")
	modules, err := discover(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(modules) != 1 || len(modules[0].implementations) != 2 || modules[0].toolchain.program != "cargo" {
		t.Fatalf("got %+v", modules)
	}
}

func TestAPackageThatPinsAnotherVersionIsNotChecked(t *testing.T) {
	root := tree(t, "rust/Cargo.toml", "rust/one/Cargo.toml", "rust/one/statement.yaml")
	directory := filepath.Join(root, "rust", "one")
	for file, text := range map[string]string{
		"statement.yaml": "implementation: one\nversion: 1.2.3\n",
		"Cargo.toml":     "[dependencies]\none = \"=1.2.4\"\n",
	} {
		if err := os.WriteFile(filepath.Join(directory, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	i := implementation{name: "one", directory: directory}
	if err := requiresCargo(module{directory: filepath.Join(root, "rust")}, i); err == nil || !strings.Contains(err.Error(), "does not pin") {
		t.Errorf("got %v", err)
	}
	if err := os.WriteFile(filepath.Join(directory, "Cargo.toml"), []byte("one = \"=1.2.3\"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := requiresCargo(module{directory: filepath.Join(root, "rust")}, i); err != nil {
		t.Error(err)
	}
}
