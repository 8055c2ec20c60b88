// Package index knows which real implementations deviate from which requirements, wherever it runs: it carries what their
// statements declare. Statements live in modules of their own, which nothing can embed, so what it carries is generated from
// them, and its test fails when they differ. To generate it anew:
//
//	UPDATE_GOLDEN=1 go test ./implementations/index
//
// What may not enter: results. A statement is held against them by the suite.
package index

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/plumbline-spec/plumbline/conformance/statement"
)

// Implementation is what one statement declares.
type Implementation struct {
	Folder     string                `json:"folder"` // below implementations, with slashes
	Name       string                `json:"name"`
	Version    string                `json:"version"`
	Link       string                `json:"link,omitempty"`
	Deviations []statement.Deviation `json:"deviations,omitempty"`
}

//go:embed index.json
var embedded []byte

// Implementations lists the implementations in the order of their folders, as they were when this program was built.
func Implementations() []Implementation {
	var list []Implementation
	if err := json.Unmarshal(embedded, &list); err != nil {
		panic("index.json is malformed, which the tests of its package exclude: " + err.Error())
	}
	return list
}

// Deviating is an implementation, and how it deviates from one requirement.
type Deviating struct {
	Implementation
	Deviation statement.Deviation
}

// From lists the implementations that declare a deviation from that requirement.
func From(requirement string) []Deviating {
	var found []Deviating
	for _, i := range Implementations() {
		for _, deviation := range i.Deviations {
			if deviation.Requirement == requirement {
				found = append(found, Deviating{i, deviation})
			}
		}
	}
	return found
}

// Generate writes what the statements below root declare, as index.json has it.
func Generate(root string) ([]byte, error) {
	list := []Implementation{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Name() != "statement.yaml" {
			return err
		}
		s, err := statement.Load(path)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		list = append(list, Implementation{filepath.ToSlash(folder), s.Implementation, s.Version, s.Link, s.Deviations})
		return err
	})
	if err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode the index: %w", err)
	}
	return append(text, '\n'), nil
}

// File is where the index stands, below the root of the repository.
const File = "implementations/index/index.json"

// ErrStale says that the index is not what the statements declare.
var ErrStale = errors.New(File + " is not what the statements declare: run UPDATE_GOLDEN=1 go test ./implementations/index")

// Check holds the index against the statements of the repository at root. It returns ErrStale if they differ.
func Check(root string) error {
	want, err := Generate(filepath.Join(root, "implementations"))
	if err != nil {
		return err
	}
	got, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(File)))
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return ErrStale
	}
	return nil
}

// Write writes the index anew, for the statements of the repository at root.
func Write(root string) error {
	text, err := Generate(filepath.Join(root, "implementations"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, filepath.FromSlash(File)), text, 0o644)
}
