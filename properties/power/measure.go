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

// compare draws scripts and replays each with every fault on whose code it reaches, until the median of each is known.
func compare(profile breakable.Profile, results []*result, cases, seeds int) {
	var right inprocess.Adapter = reference.Adapter{}
	word := ""
	if profile != breakable.Reserving {
		right, word = breakable.New(profile, ""), " (held against itself without the fault)"
	}
	var mu sync.Mutex
	for number := 1; number <= cases && slices.ContainsFunc(results, (*result).sought); number++ {
		inParallel(seeds, func(seed int) {
			var script *trace.Trace
			example(seed, number, func(rt *rapid.T) { script = properties.Script(rt, right, "") })
			recording := breakable.Recording(profile)
			properties.Replay(script, properties.InProcess(recording))
			reached := recording.Asked()
			for _, r := range results {
				mu.Lock()
				_, caught := r.caught[seed]
				wanted := r.open() && !caught
				mu.Unlock()
				if !wanted || !slices.Contains(reached, r.fault.Name) {
					continue // it would do what the implementation without it has done
				}
				if properties.Difference(script, properties.InProcess(breakable.New(profile, r.fault.Name))) != nil {
					mu.Lock()
					r.caught[seed], r.by = number, script.Property+word
					mu.Unlock()
				}
			}
		})
		for _, r := range results {
			r.settle(number, seeds)
		}
	}
}

func (r *result) open() bool { return r.median == 0 }

// sought tells whether it is worth going on for the fault: not for one that is known not to be seen.
func (r *result) sought() bool { return r.open() && unseen[r.fault.Name] == "" }

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

// model asks the properties that have models about the faults that are left, one after the other.
func model(results []*result, cases, seeds int) {
	left := slices.DeleteFunc(slices.Clone(results), func(r *result) bool { return !r.sought() })
	probed := &reached{known: map[string][]string{}}
	inParallel(len(left), func(index int) {
		r := left[index]
		features := r.fault.Profile.Features()
		for _, property := range properties.All() {
			if slices.Contains(property.Requires, "proxy") != ofHosts(r.fault) || !property.Applies(func(feature string) bool {
				return feature == "readiness" || slices.Contains(features, feature)
			}) || !probed.by(property, r.fault) {
				continue
			}
			own := &result{caught: map[int]int{}}
			for number := 1; number <= cases && own.open(); number++ {
				for seed := range seeds {
					if _, caught := own.caught[seed]; !caught && holds(property, r.fault, seed, number) != nil {
						own.caught[seed] = number
					}
				}
				own.settle(number, seeds)
			}
			if !own.open() {
				r.median, r.by = own.median, property.Name
				return
			}
		}
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
