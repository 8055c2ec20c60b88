package main

import (
	"runtime"
	"slices"
	"sync"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/trace"
	"github.com/plumbline-spec/plumbline/fixtures/breakable"
	"github.com/plumbline-spec/plumbline/implementations/reference"
	"github.com/plumbline-spec/plumbline/properties"
)

// example draws one case from a stream of its own.
func example(seed, number int, draw func(*rapid.T)) {
	rapid.Custom(func(rt *rapid.T) int {
		draw(rt)
		return 0
	}).Example(seed*1_000_003 + number)
}

// A fault of which unseen.go says why no property sees it is tried with so many cases, in case that is no longer true: of the comparison
// of implementations, and of each property with a model.
const (
	doubts      = 200
	modelDoubts = 20
)

// compare draws scripts and replays each with every fault on whose code it reaches, until the median of each is known.
func compare(profile breakable.Profile, results []*result, cases, seeds int) {
	var right inprocess.Adapter = reference.Adapter{}
	word := ""
	if profile != breakable.Reserving {
		right, word = breakable.New(profile, ""), " (held against itself without the fault)"
	}
	var mu sync.Mutex
	for number := 1; number <= cases; number++ {
		left := slices.DeleteFunc(slices.Clone(results), func(r *result) bool { return !r.sought(number, doubts) })
		if len(left) == 0 {
			break
		}
		inParallel(seeds, func(seed int) {
			mu.Lock()
			wanted := slices.DeleteFunc(slices.Clone(left), func(r *result) bool { return r.caught[seed] > 0 })
			mu.Unlock()
			if len(wanted) == 0 {
				return
			}
			var script *trace.Trace
			example(seed, number, func(rt *rapid.T) { script = properties.Script(rt, right, "") })
			recording := breakable.Recording(profile)
			properties.Replay(script, properties.InProcess(recording))
			reached := recording.Asked()
			for _, r := range wanted {
				if !slices.Contains(reached, r.fault.Name) {
					continue // it would do what the implementation without it has done
				}
				if properties.Difference(script, properties.InProcess(breakable.New(profile, r.fault.Name))) != nil {
					mu.Lock()
					r.caught[seed], r.by = number, script.Property+word
					mu.Unlock()
				}
			}
		})
		for _, r := range left {
			r.settle(number, seeds)
		}
	}
}

func (r *result) open() bool { return r.median == 0 }

// sought tells whether the fault is tried with a case: one that is known not to be seen only with the first few.
func (r *result) sought(number, doubts int) bool {
	return r.open() && (unseen[r.fault.Name] == "" || number <= doubts)
}

// settle notes the median once it is known: when more than half of the seeds have caught the fault, the rest does not matter.
func (r *result) settle(number, seeds int) {
	if r.open() && len(r.caught) > seeds/2 {
		r.median = number
	}
}

// A property is given up that has not reached a fault's code after so many cases. Scripts of hosts come to more, and less often.
const (
	probes     = 40
	hostProbes = 400
)

// model asks the properties that have models about the faults that are left. Those to which a fault may show take turns, until the
// first has the median.
func model(results []*result, cases, seeds int) {
	left := slices.DeleteFunc(slices.Clone(results), func(r *result) bool { return !r.open() })
	probed := &reached{known: map[string][]string{}}
	inParallel(len(left), func(index int) {
		r := left[index]
		var asked []*asking
		for _, property := range properties.All() {
			if apt(property, r.fault) && probed.by(property, r.fault) {
				asked = append(asked, &asking{property, &result{fault: r.fault, caught: map[int]int{}}})
			}
		}
		for number := 1; number <= cases && r.sought(number, modelDoubts); number++ {
			for _, a := range asked {
				if a.once(number, seeds); !a.own.open() {
					r.median, r.by = a.own.median, a.property.Name
					break
				}
			}
		}
		for _, a := range asked {
			if r.open() && len(a.own.caught) > len(r.caught) {
				r.caught, r.by = a.own.caught, a.property.Name
			}
		}
	})
}

// asking is one property and what it has found of one fault.
type asking struct {
	property properties.Property
	own      *result
}

// once tries a case with each seed that has not caught the fault.
func (a *asking) once(number, seeds int) {
	for seed := range seeds {
		if _, caught := a.own.caught[seed]; !caught && holds(a.property, a.own.fault, seed, number) != nil {
			a.own.caught[seed] = number
		}
	}
	a.own.settle(number, seeds)
}

// apt tells whether a property is about what the fault is in.
func apt(property properties.Property, fault breakable.Fault) bool {
	features := fault.Profile.Features()
	return slices.Contains(property.Requires, "proxy") == ofHosts(fault) && property.Applies(func(feature string) bool {
		return feature == "readiness" || slices.Contains(features, feature)
	})
}

// reached lists the faults to whose code a few cases of a property come, by profile and property.
type reached struct {
	mu    sync.Mutex
	known map[string][]string
}

// by tells whether those cases come to the code of the fault.
func (k *reached) by(property properties.Property, fault breakable.Fault) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	key := string(fault.Profile) + " " + property.Name
	asked, is := k.known[key]
	if !is {
		recording := breakable.Recording(fault.Profile)
		count := probes
		if ofHosts(fault) {
			count = hostProbes
		}
		for number := range count {
			example(0, number, func(rt *rapid.T) { property.Once(rt, properties.InProcess(recording)) })
		}
		asked = recording.Asked()
		k.known[key] = asked
	}
	return slices.Contains(asked, fault.Name)
}

func holds(property properties.Property, fault breakable.Fault, seed, number int) (failure *properties.Failure) {
	example(seed, number, func(rt *rapid.T) {
		failure = property.Once(rt, properties.InProcess(breakable.New(fault.Profile, fault.Name)))
	})
	return failure
}

// inParallel calls work for each index below count, as many at once as there are processors.
func inParallel(count int, work func(index int)) {
	var workers sync.WaitGroup
	next := make(chan int)
	for range runtime.NumCPU() {
		workers.Go(func() {
			for index := range next {
				work(index)
			}
		})
	}
	for index := range count {
		next <- index
	}
	close(next)
	workers.Wait()
}
