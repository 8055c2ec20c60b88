package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const statementFile = "statement.yaml"

// module is one folder with a build file.
type module struct {
	directory       string
	toolchain       *toolchain // nil: the folder has no build file that is known here
	implementations []implementation
	tested          *bool // set when the module's own tests, which all its implementations stand on, have passed
}

// implementation is one statement, with a test beside it.
type implementation struct {
	name      string // its folder, below the root
	directory string
}

// fileName is the name of a file about it.
func (i implementation) fileName(extension string) string {
	return strings.ReplaceAll(filepath.ToSlash(i.name), "/", "-") + extension
}

// within tells whether it is in that folder: its own, or one that it is below. The empty folder has all in it.
func (i implementation) within(folder string) bool {
	return folder == "" || strings.Contains("/"+filepath.ToSlash(i.name)+"/", "/"+strings.Trim(folder, "/")+"/")
}

// discover finds the modules in the folders of root, in order of their names.
func discover(root string) ([]module, error) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, err
	}
	var modules []module
	for _, entry := range entries {
		directory := filepath.Join(root, entry.Name())
		if !entry.IsDir() {
			continue
		}
		m := module{directory: directory, toolchain: toolchainOf(directory), tested: new(bool)}
		if m.implementations, err = statements(root, directory); err != nil {
			return nil, err
		}
		switch {
		case m.toolchain == nil && partOfMainModule(directory):
			continue
		case m.toolchain != nil && len(m.implementations) == 0:
			return nil, fmt.Errorf("%s has a %s and no %s", directory, m.toolchain.buildFile, statementFile)
		}
		modules = append(modules, m)
	}
	if len(modules) == 0 {
		return nil, errors.New("there is no implementation in " + root)
	}
	return modules, nil
}

// partOfMainModule tells whether a folder without a build file of its own holds a package of the main module.
func partOfMainModule(directory string) bool {
	sources, err := filepath.Glob(filepath.Join(directory, "*.go"))
	return err == nil && len(sources) > 0
}

// statements finds the implementations of one module.
func statements(root, directory string) ([]implementation, error) {
	var found []implementation
	err := filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.Name() != statementFile {
			return nil
		}
		name, err := filepath.Rel(root, filepath.Dir(path))
		found = append(found, implementation{name: name, directory: filepath.Dir(path)})
		return err
	})
	slices.SortFunc(found, func(a, b implementation) int { return strings.Compare(a.name, b.name) })
	return found, err
}
