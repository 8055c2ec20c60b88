// Package guests has the wasm guests of the chapter Proxy: their sources are in
// src and gojson, the ABI between guest and host in ABI.md. `make guests` builds
// them anew and tells whether what is embedded here is what comes out.
package guests

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed modules/*.wasm
var modules embed.FS

// Module returns the bytes of a guest by its name, as in "echo". README.md lists
// them.
func Module(name string) ([]byte, error) {
	binary, err := modules.ReadFile("modules/" + name + ".wasm")
	if err != nil {
		return nil, fmt.Errorf("guests: there is no guest %q; there are %s", name, strings.Join(Names(), ", "))
	}
	return binary, nil
}

// Names lists the guests.
func Names() []string {
	found, _ := fs.Glob(modules, "modules/*.wasm") // the pattern is good
	for i, path := range found {
		found[i] = strings.TrimSuffix(strings.TrimPrefix(path, "modules/"), ".wasm")
	}
	return found
}
