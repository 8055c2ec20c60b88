package properties_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/protocol"
	"github.com/plumbline-spec/plumbline/conformance/remote"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/testee"
	"github.com/plumbline-spec/plumbline/conformance/trace"
	"github.com/plumbline-spec/plumbline/fixtures/breakable"
	"github.com/plumbline-spec/plumbline/implementations/reference"
	"github.com/plumbline-spec/plumbline/properties"
)

var (
	testeeCommand = flag.String("testee", "", "check the program that this `command` line starts, instead of the reference and the breakable implementation")
	scale         = flag.Float64("scale", 0, "real milliseconds for each virtual one, for a testee on the machine's clock; 0 for 2")
	traces        = flag.String("traces", "../build/traces", "the `directory` to which the trace of a failure is written")
)

// serve makes this program a testee, for the test that checks the reference through a pipe.
var serve = flag.Bool("serve", false, "be a testee that serves the reference on standard input and output")

func TestMain(m *testing.M) {
	flag.Parse()
	if *serve {
		if err := serveReference(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func serveReference() error {
	s, err := statement.Load(referenceStatement)
	if err != nil {
		return err
	}
	return testee.Serve(os.Stdin, os.Stdout, s, inprocess.Host(reference.Adapter{}, inprocess.DefaultPatience))
}

const referenceStatement = "../implementations/reference/statement.yaml"

// planted names the environment variable with a fault to check in place of the implementations, to see it found.
const planted = "PLUMBLINE_PLANTED_FAULT"

// Scripts leave a few megabytes behind and make a gigabyte a second on the way: with Go's own setting a quarter of the processor's time went
// to collecting it, and with 1600 a third more scripts ran than with 400.
func init() { debug.SetGCPercent(1600) }

// A failure is kept as a trace. rapid's own record of it would be replayed beside the checks, and be counted among them.
func init() {
	if err := flag.Set("rapid.nofailfile", "true"); err != nil {
		panic(err)
	}
}

// implementation is what properties are checked on.
type implementation struct {
	name     string
	declares *statement.Statement
	drive    properties.Driver
	testee   string // the command line that starts it as a testee, from the root of the repository
	live     bool   // it is on the machine's clock
}

// implementations are the reference and each profile of the breakable implementation, unless something else is asked for.
func implementations(t *testing.T) []implementation {
	t.Helper()
	profiled := func(name string, profile breakable.Profile, fault string) implementation {
		return implementation{
			name: name, declares: &statement.Statement{Features: profile.Features()}, drive: properties.InProcess(breakable.New(profile, fault)),
			testee: served(cmp.Or(fault, string(profile))),
		}
	}
	if name := os.Getenv(planted); name != "" {
		for _, fault := range breakable.Faults() {
			if fault.Name == name {
				return []implementation{profiled(name, fault.Profile, name)}
			}
		}
		t.Fatalf("there is no fault %q", name)
	}
	if *testeeCommand != "" {
		program, err := remote.Start(*testeeCommand, remote.Options{Deadline: remote.DefaultDeadline, Scale: *scale, People: os.Stderr})
		if err != nil {
			t.Fatal("could not run: ", err)
		}
		t.Cleanup(program.Close)
		greeting := program.Greeting
		s, err := statement.Declared(greeting.Implementation, greeting.Version, greeting.Features)
		if err != nil {
			t.Fatal("could not run: ", err)
		}
		return []implementation{{
			name: greeting.Implementation + " " + greeting.Version, declares: s, drive: properties.Hosted(program.Host()), testee: *testeeCommand,
			live: greeting.Clock == protocol.Real,
		}}
	}
	s, err := statement.Load(referenceStatement)
	if err != nil {
		t.Fatal(err)
	}
	all := []implementation{{name: "reference", declares: s, drive: properties.InProcess(reference.Adapter{}), testee: "go run ./implementations/reference/testee"}}
	for _, profile := range breakable.Profiles() {
		all = append(all, profiled(string(profile), profile, ""))
	}
	return all
}

// served is the command line that starts a fixture as a testee.
func served(fixture string) string { return "go run ./fixtures/testee -fixture=" + fixture }

// withoutAFault is the breakable implementation, or the fault that is planted.
func withoutAFault() implementation {
	fault := os.Getenv(planted)
	return implementation{
		name: "breakable", drive: properties.InProcess(breakable.New(breakable.Reserving, fault)), testee: served(cmp.Or(fault, string(breakable.Reserving))),
	}
}

// requested is how many checks a property gets.
func requested() int {
	checks, err := strconv.Atoi(flag.Lookup("rapid.checks").Value.String())
	if err != nil {
		panic(err)
	}
	return checks
}

// check checks a property and sees that as many checks ran as were asked for. rapid stops early, and passes, when its deadline
// comes near; a bubble around it would make that deadline one of virtual time.
func check(t *testing.T, on implementation, property string, once func(*rapid.T) *properties.Failure) {
	t.Helper()
	held := 0
	var last *properties.Failure
	defer func() {
		if last != nil {
			keep(t, on, property, last)
		}
	}()
	rapid.Check(t, func(rt *rapid.T) {
		if last = once(rt); last != nil {
			rt.Fatalf("%v", last)
		}
		held++
	})
	if held != requested() {
		t.Errorf("of %d checks only %d ran", requested(), held)
	}
}

// keep writes the trace of a failure, with what the reference does as what is expected.
func keep(t *testing.T, on implementation, property string, failure *properties.Failure) {
	t.Helper()
	kept := failure.Travelling(property, on.name)
	if right, err := inprocess.Host(reference.Adapter{}, inprocess.DefaultPatience)(); err == nil {
		if err := trace.Expect(right, kept); err != nil {
			t.Logf("the reference cannot say what is expected: %v", err)
		}
	}
	if on.live {
		kept.Clock = trace.RealClock
	}
	file := filepath.Join(*traces, strings.NewReplacer("/", "-", " ", "-", ":", "").Replace(t.Name())+".json")
	if err := kept.WriteFile(file); err != nil {
		t.Logf("the trace could not be kept: %v", err)
		return
	}
	file, err := fromRoot(file)
	if err != nil {
		t.Log(err)
		return
	}
	t.Logf("The trace is in %s. To replay it, from the root of the repository:\n  %s", file, properties.ReplayCommand(on.testee, *scale, file))
}

// fromRoot is the name of a file as it is seen from the root of the repository, one above the folder in which tests run. A file elsewhere
// has its full name.
func fromRoot(file string) (string, error) {
	root, err := filepath.Abs("..")
	if err != nil {
		return "", err
	}
	if file, err = filepath.Abs(file); err != nil {
		return "", err
	}
	if below, err := filepath.Rel(root, file); err == nil && filepath.IsLocal(below) {
		return below, nil
	}
	return file, nil
}

// TestProperties holds every implementation against every property that its features allow.
func TestProperties(t *testing.T) {
	for _, on := range implementations(t) {
		for _, property := range properties.All() {
			if !property.Applies(on.declares.Has) {
				continue
			}
			t.Run(on.name+"/"+property.Name, func(t *testing.T) {
				if on.live && property.Timed {
					t.Skip("not applicable: it is about instants, and this testee is on the machine's clock")
				}
				if *testeeCommand == "" {
					t.Parallel()
				}
				check(t, on, property.Name, func(rt *rapid.T) *properties.Failure { return property.For(on.declares.Has).Once(rt, on.drive) })
			})
		}
	}
}

// TestPropertiesHoldThroughAPipeToo has this program check itself as a testee. More checks than these few are for
// make properties TESTEE=...: each command crosses the pipe twice.
func TestPropertiesHoldThroughAPipeToo(t *testing.T) {
	if *testeeCommand != "" {
		t.Skip("this is that run, or one of somebody else's testee")
	}
	t.Parallel()
	run := exec.Command(os.Args[0], "-test.run=^TestProperties$", "-test.v", "-rapid.checks=10",
		"-testee="+os.Args[0]+" -serve", "-traces="+t.TempDir())
	output, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	for _, property := range []properties.Property{properties.Limit, properties.Hosts, properties.SynchronousHosts} {
		if !strings.Contains(string(output), "/"+strings.ReplaceAll(property.Name, " ", "_")+" (") {
			t.Errorf("it was not held against %q", property.Name)
		}
	}
}

// TestEveryPropertyApplies sees that there is an implementation here for each property.
func TestEveryPropertyApplies(t *testing.T) {
	for _, property := range properties.All() {
		applies := false
		for _, on := range implementations(t) {
			applies = applies || property.Applies(on.declares.Has)
		}
		if !applies {
			t.Errorf("%q applies to nothing: is a feature misspelt?", property.Name)
		}
	}
}

// TestTheBreakableImplementationDoesWhatTheReferenceDoes draws scripts on the reference and replays them on the breakable
// implementation without a fault.
func TestTheBreakableImplementationDoesWhatTheReferenceDoes(t *testing.T) {
	for _, kind := range properties.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			on := withoutAFault()
			check(t, on, "the same script has the same outcome: "+kind, func(rt *rapid.T) *properties.Failure {
				return properties.Difference(properties.Script(rt, reference.Adapter{}, kind), on.drive)
			})
		})
	}
}

// TestTheBreakableHostDoesWhatTheReferenceDoes is the same for hosts. Scripts of the kind "served" are left out: when a worker at rest ends
// while its server is shut down and others are at work, at once or when these have ended, no requirement says, and the two differ in that.
// HostServers holds each of them against the model by itself. Those of the kind "layered" are not of one outcome (HostKindsFor): LayeredHosts
// does the same for them.
func TestTheBreakableHostDoesWhatTheReferenceDoes(t *testing.T) {
	for _, kind := range properties.HostKindsFor(func(string) bool { return true }) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			on := withoutAFault()
			check(t, on, "the same script has the same outcome: hosts, "+kind, func(rt *rapid.T) *properties.Failure {
				return properties.Difference(properties.HostScript(rt, reference.Adapter{}, kind, true), on.drive)
			})
		})
	}
}
