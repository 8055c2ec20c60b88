package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/remote"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

// toolchain is what the implementations of one language need in order to be checked. A further language is a further
// entry of toolchains.
type toolchain struct {
	buildFile string // a folder that has it is a module
	program   string // has to be on the path
	// prepare builds and tests what the implementation's suite stands on, and says how that is run. What programs say goes to out.
	prepare func(m module, i implementation, binaries string, out io.Writer) (*suite, error)
	// lint returns what is wrong with the code of a module; binaries is a directory for tools.
	lint func(m module, binaries string) error
}

// suite is a built test that checks one implementation.
type suite struct {
	program   string // of a testee it is built when it is needed
	directory string // where it runs
	arguments []string
	testee    string  // the command line that starts the testee
	scale     float64 // of a testee on the machine's clock; 0 where time is virtual
}

// run runs the suite once, and has it write its report to that file, and beside it the same in the form of JUnit. With update it writes
// the failures that it sees into the deviations that the statement declares.
func (s *suite) run(out io.Writer, report string, update bool) error {
	arguments := append(s.arguments[:len(s.arguments):len(s.arguments)],
		"-ginkgo.no-color", "-ginkgo.succinct", "-report="+report, "-traces=", "-junit="+strings.TrimSuffix(report, ".json")+".xml")
	if update {
		arguments = append(arguments, "-update-statement")
	}
	if s.scale > 0 {
		arguments = append(arguments, fmt.Sprintf("-scale=%v", s.scale))
	}
	return show(out, s.directory, s.program, arguments...)
}

// build builds what is not built yet.
func (s *suite) build(out io.Writer, binaries string) error {
	if s.program != "" {
		return nil
	}
	s.program = filepath.Join(binaries, "conformance.test")
	return show(out, s.directory, "go", "test", "-c", "-o", s.program)
}

// buildSuite builds the test in a directory.
func buildSuite(out io.Writer, directory, program string) (*suite, error) {
	if err := show(out, directory, "go", "test", "-c", "-o", program); err != nil {
		return nil, err
	}
	absolute, err := filepath.Abs(directory)
	if err != nil {
		return nil, err
	}
	// Its test timeout is for a suite, and a testee is not over before its input is.
	serve := "cd " + vocabulary.ShellQuote(absolute) + " && exec " + vocabulary.ShellQuote(program) + " -test.timeout=0 -serve"
	return &suite{program: program, directory: directory, testee: "sh -c " + vocabulary.ShellQuote(serve)}, nil
}

// testeeSuite is the suite of this repository for the testee that a command line starts.
func testeeSuite(testee, file string) (*suite, error) {
	declared, err := statement.Load(file)
	if err != nil {
		return nil, err
	}
	s := &suite{directory: "conformance", testee: testee, arguments: []string{"-testee=" + testee, "-statement=" + file}}
	if declared.Clock == statement.Real {
		s.scale = cmp.Or(declared.Scale, remote.DefaultScale)
	}
	return s, nil
}

var toolchains = []*toolchain{
	{buildFile: "go.mod", program: "go", prepare: prepareGo, lint: lintGo},
	{buildFile: recipeFile, program: "sh", prepare: prepareTestee, lint: lintTestee},
	{buildFile: cargoFile, program: "cargo", prepare: prepareCargo, lint: lintCargo},
}

func toolchainOf(directory string) *toolchain {
	for _, t := range toolchains {
		if _, err := os.Stat(filepath.Join(directory, t.buildFile)); err == nil {
			return t
		}
	}
	return nil
}

func (t *toolchain) available() error {
	if _, err := exec.LookPath(t.program); err != nil {
		return fmt.Errorf("the toolchain is missing: there is no program %q here", t.program)
	}
	return nil
}

func prepareGo(m module, i implementation, binaries string, out io.Writer) (*suite, error) {
	if err := requires(m, i); err != nil {
		return nil, err
	}
	return buildSuite(out, i.directory, filepath.Join(binaries, i.fileName(".test")))
}

// requires tells whether the module pins the version that the statement is about.
func requires(m module, i implementation) error {
	s, err := statement.Load(filepath.Join(i.directory, statementFile))
	if err != nil {
		return err
	}
	pins, err := os.ReadFile(filepath.Join(m.directory, m.toolchain.buildFile))
	if err != nil {
		return err
	}
	if !strings.Contains(string(pins), " v"+s.Version+"\n") {
		return fmt.Errorf("the statement is about version %s, which %s does not require", s.Version, m.toolchain.buildFile)
	}
	return nil
}

func lintGo(m module, binaries string) error {
	staticcheck, err := filepath.Abs(filepath.Join(binaries, "staticcheck"))
	if err != nil {
		return err
	}
	// Built by the main module, so that there is one pin for all.
	if err := show(os.Stdout, ".", "go", "build", "-o", staticcheck, "honnef.co/go/tools/cmd/staticcheck"); err != nil {
		return err
	}
	unformatted, err := exec.Command("gofmt", "-l", m.directory).Output()
	if err != nil {
		return fmt.Errorf("gofmt: %w", err)
	}
	if len(unformatted) > 0 {
		return fmt.Errorf("run gofmt -w on %s", strings.Join(strings.Fields(string(unformatted)), " "))
	}
	if err := show(os.Stdout, m.directory, "go", "vet", "./..."); err != nil {
		return err
	}
	return show(os.Stdout, m.directory, staticcheck, "./...")
}

// show runs a program in a directory and passes on what it says.
func show(out io.Writer, directory, program string, arguments ...string) error {
	command := exec.Command(program, arguments...)
	command.Dir, command.Stdout, command.Stderr = directory, out, out
	// A panic that a spec asks for is part of a testee's work, and its stack is no news.
	command.Env = append(os.Environ(), "RUST_BACKTRACE=0")
	if err := command.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", filepath.Base(program), arguments[0], err)
	}
	return nil
}
