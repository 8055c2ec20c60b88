package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, binary string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "guest.wasm")
	if err := os.WriteFile(path, []byte(binary), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWhatCannotBeServedIsToldWhy(t *testing.T) {
	const guests = "../../../guests/modules/"
	for name, test := range map[string]struct {
		arguments []string
		status    int
		says      string
	}{
		"no module":           {nil, exitUsage, "there must be one module, and 0 arguments are given"},
		"two modules":         {[]string{"a", "b"}, exitUsage, "2 arguments"},
		"a flag that is none": {[]string{"-odd"}, exitUsage, "-odd"},
		"no reuse":            {[]string{"-max-instance-reuse-count=0", "a"}, exitUsage, "-max-instance-reuse-count must be positive"},
		"no concurrent reuse": {[]string{"-max-instance-concurrent-reuse-count=0", "a"}, exitUsage, "-max-instance-concurrent-reuse-count must"},
		"no requests":         {[]string{"-max-concurrent-requests=0", "a"}, exitUsage, "-max-concurrent-requests must be positive"},
		"no idle time":        {[]string{"-idle-instance-timeout=0s", "a"}, exitUsage, "-idle-instance-timeout must be positive"},
		"a negative time-out": {[]string{"-request-timeout=-1s", "a"}, exitUsage, "-request-timeout must not be negative"},
		"no memory":           {[]string{"-max-memory=1", "a"}, exitUsage, "-max-memory must be from 65536 to 4294967296"},
		"no such file":        {[]string{"absent.wasm"}, exitFailed, "absent.wasm"},
		"not wasm":            {[]string{write(t, "#!/bin/sh\nexit")}, exitFailed, "not WebAssembly"},
		"a component":         {[]string{write(t, "\x00asm\x0d\x00\x01\x00")}, exitFailed, "components are not supported"},
		"an empty module":     {[]string{write(t, "\x00asm\x01\x00\x00\x00")}, exitFailed, "does not export the function handle"},
		"cut off":             {[]string{write(t, "\x00asm\x01\x00\x00\x00\x01")}, exitFailed, "does not compile"},
		"a trap in the start": {[]string{guests + "start-trap.wasm"}, exitFailed, "no instance can be made: start function[0] failed"},
		"too much memory":     {[]string{"-max-memory=1048576", guests + "too-much-memory.wasm"}, exitFailed, "over limit of 16 pages"},
		"a bad address":       {[]string{"-addr=127.0.0.1:-1", guests + "hello.wasm"}, exitFailed, "invalid port"},
	} {
		t.Run(name, func(t *testing.T) {
			var stderr bytes.Buffer
			if status := run(context.Background(), test.arguments, &stderr); status != test.status {
				t.Errorf("status %d", status)
			}
			if got := stderr.String(); !strings.Contains(got, test.says) {
				t.Errorf("said %q", got)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	var stderr bytes.Buffer
	if status := run(context.Background(), []string{"-help"}, &stderr); status != 0 || !strings.Contains(stderr.String(), "usage: serve") {
		t.Errorf("status %d, said %q", status, &stderr)
	}
}

func TestItServesUntilItIsToldToStop(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	var stderr bytes.Buffer
	status := run(ctx, []string{"-addr=127.0.0.1:0", "-request-timeout=1s", "../../../guests/modules/hello.wasm"}, &stderr)
	if status != 0 || !strings.HasPrefix(stderr.String(), "Serving HTTP on http://127.0.0.1:") {
		t.Errorf("status %d, said %q", status, &stderr)
	}
}
