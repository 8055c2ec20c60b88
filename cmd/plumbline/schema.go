package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/protocol"
	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/requirement"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/trace"
)

var schemaCommand = command{
	name: "schema", arguments: "NAME",
	does: "Prints a JSON Schema: report, statement, trace or protocol.",
	run:  schema,
}

func schema(c *invocation) (int, error) {
	arguments, err := c.parse(c.flags(), 1)
	if err != nil {
		return 0, err
	}
	schemas := map[string]string{
		"report": report.Schema, "statement": statement.Schema(requirement.Current()), "trace": trace.Schema, "protocol": protocol.Schema,
	}
	text, known := schemas[arguments[0]]
	if !known {
		names := []string{}
		for name := range schemas {
			names = append(names, name)
		}
		slices.Sort(names)
		return 0, usage("there is no schema %q; there are %s", arguments[0], strings.Join(names, ", "))
	}
	fmt.Fprintln(c.out, strings.TrimRight(text, "\n"))
	return conforms, nil
}
