// Command serve serves a wasm guest over HTTP, with the limits of
// `wasmtime serve`:
//
//	go run ./reference/proxy/serve -addr 127.0.0.1:8080 guest.wasm
//
// A guest is a core module with the ABI of guests/ABI.md; it may import WASI
// preview 1 besides. SIGTERM and SIGINT end the server once every request is
// answered and every instance is at rest, and the second of them at once.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/plumbline-spec/plumbline/reference/proxy/server"
)

// The statuses that the command exits with.
const (
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // from then on a signal does what it does to any program
	os.Exit(run(ctx, os.Args[1:], os.Stderr))
}

func run(ctx context.Context, arguments []string, stderr io.Writer) (status int) {
	o, err := parse(arguments, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return exitUsage // parse has said why
	}
	if err := o.serve(ctx, stderr); err != nil {
		fmt.Fprintln(stderr, "serve:", err)
		return exitFailed
	}
	return 0
}

// options is what the command line says.
type options struct {
	address string
	guest   string // the path of the module
	memory  uint64 // of an instance, in bytes
	limits  server.Limits
}

func parse(arguments []string, stderr io.Writer) (*options, error) {
	o := &options{limits: server.Defaults()}
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: serve [flags] guest.wasm")
		flags.PrintDefaults()
	}
	flags.StringVar(&o.address, "addr", "127.0.0.1:8080", "`host:port` to listen on")
	flags.IntVar(&o.limits.Reuse, "max-instance-reuse-count", o.limits.Reuse, "how many requests an instance is given in all")
	flags.IntVar(&o.limits.ConcurrentReuse, "max-instance-concurrent-reuse-count", o.limits.ConcurrentReuse,
		"how many requests an instance is given at a time")
	flags.IntVar(&o.limits.Requests, "max-concurrent-requests", o.limits.Requests,
		"how many requests wait for the head of their response at a time; the others wait for room")
	flags.DurationVar(&o.limits.IdleTimeout, "idle-instance-timeout", o.limits.IdleTimeout, "how long an idle instance is kept")
	flags.DurationVar(&o.limits.RequestTimeout, "request-timeout", 0,
		"how long a request may go without a response; 0 is for ever, and lets a guest that spins do so")
	flags.Uint64Var(&o.memory, "max-memory", pageSize*maxPages, "how many `bytes` of memory an instance may have")
	if err := flags.Parse(arguments); err != nil {
		return nil, err
	}
	refuse := func(format string, arguments ...any) (*options, error) {
		err := fmt.Errorf(format, arguments...)
		fmt.Fprintln(stderr, err)
		flags.Usage()
		return nil, err
	}
	switch {
	case flags.NArg() != 1:
		return refuse("there must be one module, and %d arguments are given", flags.NArg())
	case o.memory < pageSize || o.memory > pageSize*maxPages:
		return refuse("-max-memory must be from %d to %d", int64(pageSize), int64(pageSize*maxPages))
	case o.limits.Reuse < 1:
		return refuse("-max-instance-reuse-count must be positive")
	case o.limits.ConcurrentReuse < 1:
		return refuse("-max-instance-concurrent-reuse-count must be positive")
	case o.limits.Requests < 1:
		return refuse("-max-concurrent-requests must be positive")
	case o.limits.IdleTimeout <= 0:
		return refuse("-idle-instance-timeout must be positive")
	case o.limits.RequestTimeout < 0:
		return refuse("-request-timeout must not be negative")
	}
	o.guest = flags.Arg(0)
	return o, nil
}

func (o *options) serve(ctx context.Context, stderr io.Writer) error {
	runtime, state, err := o.load(ctx, stderr)
	if err != nil {
		return err
	}
	whole := context.WithoutCancel(ctx)
	defer runtime.Close(whole)
	s, err := server.New(state, nil, o.limits, nil)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.address)
	if err != nil {
		return err
	}
	fmt.Fprintf(stderr, "Serving HTTP on http://%s/\n", listener.Addr())
	return s.Serve(ctx, listener)
}
