// Command testee serves the reference implementation over the protocol. Its argument is the path of its statement.
package main

import (
	"fmt"
	"os"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/testee"
	"github.com/plumbline-spec/plumbline/implementations/reference"
)

func main() {
	if err := serve(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(arguments []string) error {
	if len(arguments) != 1 {
		return fmt.Errorf("usage: testee STATEMENT")
	}
	s, err := statement.Load(arguments[0])
	if err != nil {
		return err
	}
	return testee.Serve(os.Stdin, os.Stdout, s, inprocess.Host(reference.Adapter{}, inprocess.DefaultPatience))
}
