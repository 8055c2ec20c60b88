package main

import (
	"errors"
	"fmt"
	"path/filepath"
)

// lint lints the code of every module and returns the exit code.
func lint(modules []module, build string) int {
	code := 0
	for _, m := range modules {
		if err := lintModule(m, filepath.Join(build, "bin")); err != nil {
			fmt.Printf("%s: %v\n", m.directory, err)
			code = mismatch
		}
	}
	return code
}

func lintModule(m module, binaries string) error {
	if m.toolchain == nil {
		return errors.New("it has no build file that is known here")
	}
	if err := m.toolchain.available(); err != nil {
		return err
	}
	return m.toolchain.lint(m, binaries)
}
