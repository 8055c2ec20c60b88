// Command power measures what the properties can see: for each fault of the breakable implementation, how many random cases it
// takes until a property fails, as the median over several seeds.
//
// The comparison of implementations comes first: one script a case, drawn on the reference and replayed with the fault on. The
// reference is reserving and limits rates by fixed windows; for faults of other profiles the script is drawn on the breakable
// implementation of that profile without a fault. The properties with models of their own are asked about what is left.
//
// A fault is settled when more than half of the seeds have caught it. One that unseen.go gives a reason for is tried with the first few
// cases only, and it is a problem if any seed catches it there.
//
// It prints a line a fault and the counts, and exits with 1 if fewer than nine tenths of the faults are found within the cases, or
// if what it finds and what unseen.go says do not agree. Faults of hosts are looked for by the properties of hosts, and by no other.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/requirement"
	"github.com/plumbline-spec/plumbline/fixtures/breakable"
)

// hosting is the chapter whose faults only scripts of hosts come to, which come to no others.
const hosting = "Proxy"

// share is the least part of the faults that has to be found.
const share = 0.9

// result is what became of one fault.
type result struct {
	fault  breakable.Fault
	caught map[int]int // by seed: in which case
	median int         // 0 while fewer than half of the seeds have caught it
	by     string      // the property, or the kind of script, that caught it at last
}

func main() {
	only := flag.String("only", "", "measure only the faults whose name contains this text")
	hosts := flag.Bool("hosts", false, "measure only the faults of hosts")
	cases := flag.Int("cases", 2000, "how many random cases a fault has to be found in")
	seeds := flag.Int("seeds", 20, "over how many seeds the median is taken")
	testing.Init() // rapid asks whether tests are to be short
	flag.Parse()
	begun := time.Now()
	var results []*result
	for _, fault := range breakable.Faults() {
		if strings.Contains(fault.Name, *only) && (!*hosts || ofHosts(fault)) {
			results = append(results, &result{fault: fault, caught: map[int]int{}})
		}
	}
	for _, profile := range breakable.Profiles() {
		compare(profile, of(profile, results), *cases, *seeds)
	}
	model(results, *cases, *seeds)
	ok := report(results, *only == "")
	fmt.Printf("measured with %d seeds and at most %d cases in %v\n", *seeds, *cases, time.Since(begun).Round(time.Second))
	if !ok {
		os.Exit(1)
	}
}

// ofHosts tells whether a fault is one of hosts.
func ofHosts(fault breakable.Fault) bool {
	r, _ := requirement.Current().Lookup(fault.Requirement)
	return r.Chapter == hosting
}

// of returns the results of a profile's faults, but for those of hosts.
func of(profile breakable.Profile, results []*result) []*result {
	var own []*result
	for _, r := range results {
		if r.fault.Profile == profile && !ofHosts(r.fault) {
			own = append(own, r)
		}
	}
	return own
}

// report prints the results, the quickest found first, and tells whether they are good enough.
func report(results []*result, whole bool) bool {
	slices.SortStableFunc(results, func(a, b *result) int { return a.rank() - b.rank() })
	found, ok := 0, true
	for _, r := range results {
		reason := unseen[r.fault.Name]
		switch {
		case r.median > 0:
			found++
			fmt.Printf("%-56s %5d  %s\n", r.fault.Name, r.median, r.by)
			if reason != "" && whole {
				fmt.Printf("%-56s PROBLEM: unseen.go says that no property sees it\n", r.fault.Name)
				ok = false
			}
		case reason != "":
			fmt.Printf("%-56s     -  not seen: %s\n", r.fault.Name, reason)
			if len(r.caught) > 0 {
				fmt.Printf("%-56s PROBLEM: of %d seeds it was: %s\n", r.fault.Name, len(r.caught), r.by)
				ok = false
			}
		case len(r.caught) > 0:
			fmt.Printf("%-56s     -  too rarely: %d seeds found it\n", r.fault.Name, len(r.caught))
		default:
			fmt.Printf("%-56s     -  not seen\n", r.fault.Name)
			if whole {
				fmt.Printf("%-56s PROBLEM: unseen.go does not say why\n", r.fault.Name)
				ok = false
			}
		}
	}
	fmt.Printf("faults %d, found by properties %d (%.1f %%)\n", len(results), found, 100*float64(found)/float64(len(results)))
	return ok && float64(found) >= share*float64(len(results))
}

// rank puts what was not found last.
func (r *result) rank() int {
	if r.median == 0 {
		return 1 << 30
	}
	return r.median
}
