package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/plumbline-spec/plumbline/reference/proxy"
	"github.com/plumbline-spec/plumbline/reference/proxy/server"
)

// A memory's size is counted in pages, and has 32 bits (WebAssembly, memory types).
const (
	pageSize = 64 << 10
	maxPages = 64 << 10
)

// load compiles the guest, and makes one instance of it to see that this can be
// done. What the guest prints goes to stderr.
func (o *options) load(ctx context.Context, stderr io.Writer) (wazero.Runtime, proxy.HandlerState[struct{}], error) {
	binary, err := os.ReadFile(o.guest)
	if err != nil {
		return nil, nil, err
	}
	config := wazero.NewRuntimeConfig().
		WithMemoryLimitPages(uint32(o.memory / pageSize)).
		// A guest that can be stopped is slower, and without a time-out none is.
		WithCloseOnContextDone(o.limits.RequestTimeout > 0)
	whole := context.WithoutCancel(ctx)
	runtime := wazero.NewRuntimeWithConfig(whole, config)
	instances, err := o.prepare(whole, runtime, binary, stderr)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", o.guest, closing(whole, runtime, err))
	}
	return runtime, instances, nil
}

func closing(ctx context.Context, runtime wazero.Runtime, err error) error {
	_ = runtime.Close(ctx) // the other error is what matters
	return err
}

func (o *options) prepare(
	ctx context.Context, runtime wazero.Runtime, binary []byte, stderr io.Writer,
) (proxy.HandlerState[struct{}], error) {
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, runtime); err != nil {
		return nil, err
	}
	module, err := proxy.Compile(ctx, runtime, binary)
	if err != nil {
		return nil, err
	}
	config := wazero.NewModuleConfig().
		WithStdout(stderr).WithStderr(stderr).
		WithSysWalltime().WithSysNanotime().WithSysNanosleep().WithRandSource(rand.Reader)
	first, err := module.Instantiate(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("no instance can be made: %w", err)
	}
	if err := first.Close(ctx); err != nil {
		return nil, err
	}
	return server.Instances(module, config), nil
}
