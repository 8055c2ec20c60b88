package main

import (
	"errors"
	"fmt"
	"os/exec"
	"regexp"
)

// tool is a program that guests are built with, and the version that the
// committed modules come from.
type tool struct {
	program string
	version string
	ask     []string
	debian  string // what to install
}

// The versions are those of Debian 12. The Go toolchain builds the same bytes
// anywhere, given -trimpath; go fetches it if it is another.
var (
	watTool   = &tool{"wat2wasm", "1.0.32", []string{"--version"}, "wabt"}
	clangTool = &tool{"clang", "14.0.6", []string{"--version"}, "clang"}
	linker    = &tool{"wasm-ld", "14.0.6", []string{"--version"}, "lld"}
	goTool    = &tool{"go", "go1.26.8", []string{"version"}, "golang"}
)

func checkTools() error {
	var missing []error
	for _, t := range []*tool{watTool, clangTool, linker, goTool} {
		if _, err := exec.LookPath(t.program); err != nil {
			missing = append(missing, fmt.Errorf("%s is missing: apt-get install %s", t.program, t.debian))
		}
	}
	return errors.Join(missing...)
}

var versionPattern = regexp.MustCompile(`(?:go)?\d+\.\d+(?:\.\d+)?`)

// compare says which version is here, and which the committed module is from.
func (t *tool) compare() string {
	output, err := exec.Command(t.program, t.ask...).Output()
	here := versionPattern.FindString(string(output))
	switch {
	case err != nil:
		return fmt.Sprintf("and %s does not tell its version: %v", t.program, err)
	case here == t.version || t == goTool:
		return fmt.Sprintf("with %s %s: if the source has changed, run go run ./guests/build -write", t.program, t.version)
	default:
		return fmt.Sprintf("but this is %s %s and the modules are from %s", t.program, here, t.version)
	}
}
