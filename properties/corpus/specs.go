package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/trace"
	"github.com/plumbline-spec/plumbline/fixtures/breakable"
	"github.com/plumbline-spec/plumbline/properties"
)

// fromSpecs writes the traces of faults that no random script has shown: the specs that catch a fault leave what they did.
func fromSpecs(faults []string, profile breakable.Profile, directory string, rights []properties.Driver) error {
	for _, fault := range faults {
		scripts, err := failed(fault)
		if err != nil {
			return fmt.Errorf("%s: %w", fault, err)
		}
		steps := 0
		for _, caught := range scripts {
			if steps, err = keepAsking(caught, profile, fault, directory, rights); err != nil {
				return err
			}
			if steps > 0 {
				break
			}
		}
		if steps == 0 {
			fmt.Printf("%-50s none\n", fault)
			continue
		}
		fmt.Printf("%-50s from a spec, %d steps\n", fault, steps)
	}
	return nil
}

// keepAsking is keep; where the script does not show the fault, it also compares who is asked what, each kind by itself.
func keepAsking(caught *trace.Trace, profile breakable.Profile, fault, directory string, rights []properties.Driver) (int, error) {
	steps, err := keep(caught, profile, fault, directory, rights)
	for _, kind := range trace.Asking {
		if steps > 0 || err != nil {
			break
		}
		asking := *caught
		asking.Compares = []script.Happening{kind}
		steps, err = keep(&asking, profile, fault, directory, rights)
	}
	return steps, err
}

// failed runs the specs on a fault and returns the traces of those that fail.
func failed(fault string) ([]*trace.Trace, error) {
	directory, err := os.MkdirTemp("", "corpus")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(directory)
	run := exec.Command("go", "test", "./fixtures", "-count=1", "-run=^TestConformance$", "-fixture="+fault, "-traces="+directory)
	_ = run.Run() // fails when a spec does: the traces tell
	files, err := filepath.Glob(filepath.Join(directory, "*.json"))
	if err != nil {
		return nil, err
	}
	var traces []*trace.Trace
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		read, err := trace.Read(file)
		_ = file.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		traces = append(traces, read)
	}
	if len(traces) == 0 {
		return nil, fmt.Errorf("no spec has left a trace")
	}
	return traces, nil
}
