// Command corpus makes the traces of faults in fixtures/traces: for each fault the first random script that shows it, shrunk, and
// where none does, what a spec did that has caught it, shrunk in the same way. It leaves alone what is there, unless a fault is named.
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/trace"
	"github.com/plumbline-spec/plumbline/fixtures/breakable"
	"github.com/plumbline-spec/plumbline/fixtures/traces"
	"github.com/plumbline-spec/plumbline/implementations/reference"
	"github.com/plumbline-spec/plumbline/properties"
)

func main() {
	directory := flag.String("directory", "fixtures/traces/faults", "where the traces are written")
	only := flag.String("only", "", "the one fault to write anew")
	kind := flag.String("kind", "", "the kind of scripts to draw; empty for all")
	cases := flag.Int("cases", 4000, "how many scripts are tried")
	testing.Init() // rapid asks whether tests are to be short
	flag.Parse()
	for _, profile := range breakable.Profiles() {
		if err := corpus(profile, *directory, *only, *kind, *cases); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// corpus writes the traces of the faults of one profile.
func corpus(profile breakable.Profile, directory, only, kind string, cases int) error {
	clean := properties.InProcess(breakable.New(profile, ""))
	var oracle inprocess.Adapter = breakable.New(profile, "")
	rights := []properties.Driver{clean}
	if profile == breakable.Reserving {
		oracle = reference.Adapter{}
		rights = []properties.Driver{properties.InProcess(oracle), clean}
	}
	left := map[string]bool{}
	for _, fault := range breakable.Faults() {
		_, err := os.Stat(file(directory, fault.Name))
		if _, without := traces.Without[fault.Name]; fault.Profile == profile && (only == fault.Name || only == "" && os.IsNotExist(err) && !without) {
			left[fault.Name] = true
		}
	}
	for number := 0; number < cases && len(left) > 0; number++ {
		script := draw(number, oracle, kind)
		if number%2 == 1 && profile == breakable.Reserving && kind == "" {
			script = drawHost(number/2, oracle, clean)
		}
		recording := breakable.Recording(profile)
		properties.Replay(script, properties.InProcess(recording))
		for _, fault := range recording.Asked() {
			if !left[fault] {
				continue
			}
			kept, err := keep(script, profile, fault, directory, rights)
			if err != nil {
				return err
			}
			if kept > 0 {
				delete(left, fault)
				fmt.Printf("%-50s script %d, %d steps\n", fault, number, kept)
			}
		}
	}
	return fromSpecs(slices.Sorted(maps.Keys(left)), profile, directory, rights)
}

// keep writes the trace of a fault and returns how many steps it has; none if the script does not show the fault.
func keep(script *trace.Trace, profile breakable.Profile, fault, directory string, rights []properties.Driver) (int, error) {
	shrunk := properties.Shrink(script, properties.InProcess(breakable.New(profile, fault)), rights...)
	if shrunk == nil {
		return 0, nil
	}
	shrunk.Implementation = trace.Implementation{Name: "breakable", Version: fault}
	shrunk.Requirement = requirementOf(fault)
	return len(shrunk.Steps), shrunk.WriteFile(file(directory, fault))
}

// draw draws a script.
func draw(number int, oracle inprocess.Adapter, kind string) (script *trace.Trace) {
	rapid.Custom(func(rt *rapid.T) int {
		script = properties.Script(rt, oracle, kind)
		return 0
	}).Example(number)
	return script
}

// drawHost draws a script of a host, up to where those who are right do not agree any more.
func drawHost(number int, oracle inprocess.Adapter, other properties.Driver) (script *trace.Trace) {
	kinds := properties.HostKinds()
	rapid.Custom(func(rt *rapid.T) int {
		script = properties.HostScript(rt, oracle, kinds[number%len(kinds)], number/len(kinds)%2 == 0)
		return 0
	}).Example(number)
	if apart := properties.Difference(script, other); apart != nil {
		script.Steps = script.Steps[:max(0, min(len(script.Steps), len(apart.Trace)-1))]
	}
	return script
}

func file(directory, fault string) string { return filepath.Join(directory, fault+".json") }

func requirementOf(name string) string {
	faults := breakable.Faults()
	return faults[slices.IndexFunc(faults, func(f breakable.Fault) bool { return f.Name == name })].Requirement
}
