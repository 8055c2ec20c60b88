package docs_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestTheCommandsOfThePagesRun runs each command of the pages that are read from the root of the repository, except those that
// CI runs by themselves: "make test", say, would run this test again.
func TestTheCommandsOfThePagesRun(t *testing.T) {
	ci, err := os.ReadFile("../.ci/run")
	if err != nil {
		t.Fatal(err)
	}
	run := 0
	for _, page := range []string{"README.md", "conformance/PROTOCOL.md"} {
		text, err := os.ReadFile("../" + page)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range shellBlock.FindAllStringSubmatch(string(text), -1) {
			for line := range strings.SplitSeq(strings.TrimSpace(block[1]), "\n") {
				command, _, _ := strings.Cut(line, "#")
				command = strings.TrimSpace(command)
				switch {
				case strings.Contains(string(ci), "' "+command+"\n"):
				case strings.Contains(command, "-attach="):
					// It waits for a testee; package remote tests that with one that comes late.
				case strings.Contains(command, "python3") && !installed("python3"):
					t.Logf("%s: there is no python3 for %q; make implementations fails there", page, command)
				default:
					run++
					shell := exec.Command("bash", "-c", command)
					shell.Dir = ".."
					if output, err := shell.CombinedOutput(); err != nil {
						t.Errorf("%s: %q: %v\n%s", page, command, err, output)
					}
				}
			}
		}
	}
	if run < 2 {
		t.Errorf("only %d commands were run", run)
	}
}

func installed(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

// TestTheTargetsOfThePagesRunInCI holds the README's table of commands against CI, bench aside: its figures are of the machine
// that it runs on, and a shared one would decide by chance.
func TestTheTargetsOfThePagesRunInCI(t *testing.T) {
	ci, err := os.ReadFile("../.ci/run")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	targets := regexp.MustCompile("\\| `make ([a-z-]+)").FindAllStringSubmatch(string(readme), -1)
	if len(targets) < 5 {
		t.Fatalf("only %d targets were found", len(targets))
	}
	for _, target := range targets {
		if target[1] != "bench" && !strings.Contains(string(ci), "make "+target[1]) {
			t.Errorf("CI does not run make %s", target[1])
		}
	}
}
