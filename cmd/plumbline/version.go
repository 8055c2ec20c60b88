package main

import (
	"fmt"
	"runtime"

	"github.com/plumbline-spec/plumbline/conformance"
	"github.com/plumbline-spec/plumbline/conformance/requirement"
)

var versionCommand = command{
	name: "version", arguments: "[-json]",
	does: "Tells the versions of the specification, of the suite and of Go, and the revision of the sources where the build knows it.",
	run:  version,
}

// versions is what version -json prints.
type versions struct {
	Specification string `json:"specification"`
	Suite         string `json:"suite"`
	Revision      string `json:"revision,omitempty"` // of the sources; missing where they were no checkout
	Modified      bool   `json:"modified,omitempty"` // the checkout had changes that no revision has
	Go            string `json:"go"`
	OS            string `json:"os"`
	Arch          string `json:"arch"`
}

func version(c *invocation) (int, error) {
	set := c.flags()
	asJSON := set.Bool("json", false, "print JSON")
	if _, err := c.parse(set, 0); err != nil {
		return 0, err
	}
	revision, modified := conformance.Revision()
	v := versions{requirement.Current().Version, conformance.SuiteVersion(), revision, modified, runtime.Version(), runtime.GOOS, runtime.GOARCH}
	if *asJSON {
		return conforms, c.printJSON(v)
	}
	fmt.Fprintf(c.out, "specification %s\nsuite         %s\n", v.Specification, v.Suite)
	if revision != "" {
		changed := ""
		if modified {
			changed = ", with changes"
		}
		fmt.Fprintf(c.out, "revision      %s%s\n", revision, changed)
	}
	fmt.Fprintf(c.out, "built with    %s for %s/%s\n", v.Go, v.OS, v.Arch)
	return conforms, nil
}
