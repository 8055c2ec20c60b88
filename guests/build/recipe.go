package main

import (
	"fmt"
	"path/filepath"
	"strings"
)

// recipe is how one module is built.
type recipe struct {
	name  string
	tool  *tool
	build func(directory, output string) error
}

// recipes are those of every source: a .wat or a .c in src gives a module of its
// name. The actor is built in two forms, and gojson is a package.
func recipes(directory string) ([]recipe, error) {
	sources, err := filepath.Glob(filepath.Join(directory, "src", "*.*"))
	if err != nil {
		return nil, err
	}
	all := []recipe{fromC("actor-sync", "actor.c", "-DSYNCHRONOUS"), {"gojson", goTool, buildGo}}
	for _, path := range sources {
		source := filepath.Base(path)
		name := strings.TrimSuffix(source, filepath.Ext(source))
		switch filepath.Ext(source) {
		case ".wat":
			all = append(all, recipe{name, watTool, func(directory, output string) error {
				return command(filepath.Join(directory, "src"), nil, "wat2wasm", "-o", output, source)
			}})
		case ".c":
			all = append(all, fromC(name, source))
		case ".h":
		default:
			return nil, fmt.Errorf("%s is no source of a guest", path)
		}
	}
	return all, nil
}

// fromC builds a freestanding program: without a library, and without a start.
func fromC(name, source string, flags ...string) recipe {
	return recipe{name, clangTool, func(directory, output string) error {
		arguments := append([]string{
			"--target=wasm32", "-nostdlib", "-O2", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter",
			"-Wl,--no-entry", "-Wl,--strip-all", "-o", output,
		}, flags...)
		return command(filepath.Join(directory, "src"), nil, "clang", append(arguments, source)...)
	}}
}

// buildGo pins the toolchain, and leaves out of the module what depends on where
// it is built.
func buildGo(directory, output string) error {
	return command(filepath.Join(directory, "gojson"),
		[]string{"GOOS=wasip1", "GOARCH=wasm", "GOTOOLCHAIN=" + goTool.version, "GOFLAGS=", "GOWASM=", "GOEXPERIMENT="},
		"go", "build", "-buildmode=c-shared", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", output, ".")
}
