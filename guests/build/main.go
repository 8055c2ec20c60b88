// Command build builds every guest from its source and compares what comes out
// with the committed module. It is run from the root of the repository, by `make
// guests`, and exits with 1 if a module differs, with 2 if it cannot build. With
// -write, it writes the modules instead.
//
// The comparison is byte by byte, so it holds for the tools that the committed
// modules were built with; the table of tools names their versions, and a
// difference under another version is reported with both.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

func main() {
	write := flag.Bool("write", false, "write the modules in place of comparing them")
	directory := flag.String("guests", "guests", "the directory of the guests")
	flag.Parse()
	differ, err := run(*directory, *write)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if differ {
		os.Exit(1)
	}
}

func run(directory string, write bool) (differ bool, err error) {
	if err := checkTools(); err != nil {
		return false, err
	}
	built, err := os.MkdirTemp("", "guests")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(built)
	recipes, err := recipes(directory)
	if err != nil {
		return false, err
	}
	if err := orphans(directory, recipes); err != nil {
		return false, err
	}
	for _, r := range recipes {
		output := filepath.Join(built, r.name+".wasm")
		if err := r.build(directory, output); err != nil {
			return false, err
		}
		binary, err := os.ReadFile(output)
		if err != nil {
			return false, err
		}
		module := filepath.Join(directory, "modules", r.name+".wasm")
		if write {
			if err := os.WriteFile(module, binary, 0o644); err != nil {
				return false, err
			}
			continue
		}
		committed, err := os.ReadFile(module)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return false, err
		}
		if !bytes.Equal(binary, committed) {
			differ = true
			fmt.Printf("%s is not what its source gives: %d bytes, built %d, %s\n", module, len(committed), len(binary), r.tool.compare())
		}
	}
	if !differ {
		fmt.Printf("%d guests are what their sources give\n", len(recipes))
	}
	return differ, nil
}

// orphans are modules that no source gives.
func orphans(directory string, recipes []recipe) error {
	known := map[string]bool{}
	for _, r := range recipes {
		known[r.name+".wasm"] = true
	}
	modules, err := os.ReadDir(filepath.Join(directory, "modules"))
	if err != nil {
		return err
	}
	for _, module := range modules {
		if !known[module.Name()] {
			return fmt.Errorf("%s/modules/%s has no source", directory, module.Name())
		}
	}
	return nil
}

func command(dir string, environment []string, name string, arguments ...string) error {
	c := exec.Command(name, arguments...)
	c.Dir, c.Env = dir, append(os.Environ(), environment...)
	if output, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", c.Args, err, output)
	}
	return nil
}
