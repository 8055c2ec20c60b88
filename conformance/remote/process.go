package remote

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// lastWords is how many lines of what a testee tells people are kept for an explanation.
const lastWords = 20

// process is a testee that the runner started.
type process struct {
	command *exec.Cmd
	input   *os.File
	output  *os.File
	words   *words
	grace   time.Duration // see Options.Grace
	exited  chan struct{}
	err     error // how it exited; settled before exited is closed
}

// start runs a command line, as a shell would, in a process group of its own.
func start(line string, people io.Writer, grace time.Duration) (*process, error) {
	p := &process{command: exec.Command("sh", "-c", "exec "+line), words: &words{out: people}, grace: grace, exited: make(chan struct{})}
	p.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// Pipes of our own: those of exec.Cmd are closed by Wait, while the last line may still be unread.
	toTestee, input, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	output, fromTestee, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, toTestee.Close(), input.Close())
	}
	p.command.Stdin, p.command.Stdout, p.command.Stderr = toTestee, fromTestee, p.words
	// A grandchild may keep standard error open; it is not waited for.
	p.command.WaitDelay = grace
	p.input, p.output = input, output
	err = p.command.Start()
	_, _ = toTestee.Close(), fromTestee.Close()
	if err != nil {
		return nil, errors.Join(err, input.Close(), output.Close())
	}
	go func() {
		defer close(p.exited)
		p.err = p.command.Wait()
	}()
	return p, nil
}

// stop ends the process: by the end of its input, then SIGTERM, then SIGKILL, to the whole group.
func (p *process) stop() {
	_ = p.input.Close()
	defer func() { _ = p.output.Close() }()
	for _, signal := range []syscall.Signal{0, syscall.SIGTERM, syscall.SIGKILL} {
		if signal != 0 {
			_ = syscall.Kill(-p.command.Process.Pid, signal)
		}
		select {
		case <-p.exited:
			// What it started goes with it.
			_ = syscall.Kill(-p.command.Process.Pid, syscall.SIGKILL)
			return
		case <-time.After(p.grace):
		}
	}
}

// death says how the process ended, if it ends within the grace.
func (p *process) death() error {
	select {
	case <-p.exited:
		if p.err != nil {
			return fmt.Errorf("the testee ended: %w", p.err)
		}
		return errors.New("the testee ended by itself, with exit status 0")
	case <-time.After(p.grace):
		return errors.New("the testee closed its output and goes on")
	}
}

// words passes a testee's standard error on to people, line by line and prefixed, and keeps the last lines.
type words struct {
	out io.Writer

	mu      sync.Mutex
	partial string
	last    []string
}

// Write implements io.Writer.
func (w *words) Write(text []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	scanner := bufio.NewReader(strings.NewReader(w.partial + string(text)))
	for {
		line, err := scanner.ReadString('\n')
		if err != nil && len(line) < 64<<10 {
			w.partial = line
			return len(text), nil
		}
		w.say(strings.TrimSuffix(line, "\n"))
		if err != nil {
			w.partial = ""
			return len(text), nil
		}
	}
}

func (w *words) say(line string) {
	fmt.Fprintln(w.out, "testee:", line)
	w.last = append(w.last, line)
	if len(w.last) > lastWords {
		w.last = w.last[1:]
	}
}

// tail is the last lines, the unfinished one included.
func (w *words) tail() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(append(append([]string(nil), w.last...), w.partial), "\n")
}
