package main

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/remote"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/properties/comparison"
)

func main() {
	command := flag.String("testee", "", "the command `line` that starts the testee")
	file := flag.String("statement", "", "the `file` of its statement")
	scripts := flag.Int("scripts", 100, "how many scripts of each kind are drawn")
	testing.Init() // rapid asks whether tests are to be short
	flag.Parse()
	testee, err := remote.Start(*command, remote.Options{Deadline: remote.DefaultDeadline, People: os.Stderr})
	if err != nil {
		fmt.Fprintln(os.Stderr, "differences could not run:", err)
		os.Exit(2)
	}
	defer testee.Close()
	s, err := statement.Load(*file)
	if err != nil {
		panic(err)
	}
	r, err := comparison.Compare(testee.Host(), s, *scripts)
	for _, kind := range r.Kinds {
		fmt.Printf("%-28s as expected %4d, explained %v, differs %4d, not applicable %4d\n", kind.Name, kind.Equal, kind.Explained, kind.Unexplained, kind.NotApplicable)
		if kind.Shortest != nil {
			fmt.Println(kind.Shortest.Timeline())
		}
	}
	if err != nil {
		fmt.Println(err)
	}
}
