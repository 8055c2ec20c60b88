package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var initCommand = command{
	name: "init", arguments: "[-language L] [-name N] FOLDER",
	does: "Writes a starting adapter, statement and CI script for an implementation in Go, Python or Rust.",
	run:  initialise,
}

// templates has a folder for each language. A file's name ends with .txt, so that no tool takes it for a part of this module.
//
//go:embed templates
var templates embed.FS

// exampleName stands in the templates for the implementation's name.
const exampleName = "mystack"

// validName is a name that each language takes for a package's.
var validName = regexp.MustCompile(`^[a-z][a-z0-9]*$`)

// hints say what there is to do after init, by language.
var hints = map[string]string{
	"go":     "go get github.com/plumbline-spec/plumbline@latest && go mod tidy, then sh ci.sh",
	"python": "sh ci.sh",
	"rust":   "sh ci.sh",
}

func initialise(c *invocation) (int, error) {
	set := c.flags()
	language := set.String("language", "go", "the `language` of the implementation: go, python or rust")
	name := set.String("name", exampleName, "the `name` of the implementation: small letters and digits")
	arguments, err := c.parse(set, 1)
	if err != nil {
		return 0, err
	}
	if _, known := hints[*language]; !known {
		return 0, usage("there is no template for %q; there are go, python and rust, and docs/implementers.md leads through any other language", *language)
	}
	if !validName.MatchString(*name) {
		return 0, usage("%q is no name for a package in %s: small letters and digits", *name, *language)
	}
	written, err := write(arguments[0], *language, *name)
	for _, file := range written {
		fmt.Fprintln(c.out, "wrote", file)
	}
	if errors.Is(err, fs.ErrExist) {
		return 0, usage("%w: nothing is written over", err)
	}
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(c.out, "\nNext, in %s: %s\n", arguments[0], hints[*language])
	return conforms, nil
}

// write writes the files of a language, and returns their paths. It writes none if one is there already.
func write(folder, language, name string) ([]string, error) {
	root := "templates/" + language
	files := map[string][]byte{}
	err := fs.WalkDir(templates, root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := templates.ReadFile(path)
		target := strings.TrimSuffix(strings.TrimPrefix(path, root+"/"), ".txt")
		files[filepath.Join(folder, filepath.FromSlash(target))] = []byte(strings.ReplaceAll(string(text), exampleName, name))
		return err
	})
	if err != nil {
		return nil, err
	}
	var paths []string
	for path := range files {
		paths = append(paths, path)
		if _, err := os.Lstat(path); err == nil {
			return nil, fmt.Errorf("%s: %w", path, fs.ErrExist)
		}
	}
	slices.Sort(paths)
	for index, path := range paths {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return paths[:index], err
		}
		if err := os.WriteFile(path, files[path], 0o644); err != nil {
			return paths[:index], err
		}
	}
	return paths, nil
}
