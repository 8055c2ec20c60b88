package docs_test

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

var (
	consoleBlock  = regexp.MustCompile("(?s)```console\n(.*?)```")
	serverAddress = "127.0.0.1:8080"
)

// exchange is a command of a page, and what the page says that it prints.
type exchange struct{ command, output string }

// exchanges reads the console blocks of the README, for an address that is free.
func exchanges(t *testing.T, address string) []exchange {
	t.Helper()
	page, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []exchange
	for _, block := range consoleBlock.FindAllStringSubmatch(strings.ReplaceAll(string(page), serverAddress, address), -1) {
		for _, part := range strings.Split("\n"+block[1], "\n$ ")[1:] {
			command, output, _ := strings.Cut(part, "\n")
			all = append(all, exchange{command, strings.TrimSuffix(output, "\n")})
		}
	}
	return all
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// TestTheServerOfTheReadmeAnswersAsItSays starts the server as the README does, has its commands talk to it, and compares
// what they print to the letter.
func TestTheServerOfTheReadmeAnswersAsItSays(t *testing.T) {
	if !installed("curl") {
		t.Fatal("the README talks to the server by curl, which is not installed")
	}
	all := exchanges(t, freeAddress(t))
	if len(all) < 3 || !strings.HasPrefix(all[0].command, "go run ") {
		t.Fatalf("the README has %v", all)
	}
	serve := exec.Command("bash", "-c", "exec "+all[0].command)
	serve.Dir = ".."
	serve.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // go run does not hand SIGTERM on
	stderr, err := serve.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewReader(stderr)
	defer func() {
		if err := syscall.Kill(-serve.Process.Pid, syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if rest, err := io.ReadAll(said); err != nil || len(rest) > 0 {
			t.Errorf("the server said %q, %v", rest, err)
		}
		_ = serve.Wait() // go run itself was ended by the signal
	}()
	if line, err := said.ReadString('\n'); strings.TrimSuffix(line, "\n") != all[0].output {
		t.Fatalf("the server said %q, %v; the README %q", line, err, all[0].output)
	}
	directory := t.TempDir() // of the files that the commands write
	for _, e := range all[1:] {
		shell := exec.Command("bash", "-c", e.command)
		shell.Dir = directory
		if output, err := shell.Output(); strings.TrimSuffix(string(output), "\n") != e.output || err != nil {
			t.Errorf("%s\nprinted %q, %v\nand not %q", e.command, output, err, e.output)
		}
	}
}
