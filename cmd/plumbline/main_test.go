package main

import (
	"strings"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/requirement"
)

func TestExplain(t *testing.T) {
	var out strings.Builder
	if err := run([]string{"explain", "concurrency-limit.frees-permit-on-cancel"}, &out, requirement.Current()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"concurrency-limit.frees-permit-on-cancel (MUST, Layers: Concurrency limit", " MUST ", "declare: concurrency-limit\n", "Source: tower"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("there is no %q in\n%s", want, out.String())
		}
	}
}

func TestListHasALineForEachRequirement(t *testing.T) {
	var out strings.Builder
	if err := run([]string{"list"}, &out, requirement.Current()); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Count(out.String(), "\n"), len(requirement.Current().Requirements); got != want {
		t.Errorf("%d lines for %d requirements", got, want)
	}
}

func TestUsage(t *testing.T) {
	for _, arguments := range [][]string{nil, {"list", "all"}, {"explain"}, {"explain", "no.such-requirement"}, {"teleport"}} {
		if err := run(arguments, &strings.Builder{}, requirement.Current()); err == nil {
			t.Errorf("%v was understood", arguments)
		}
	}
}
