package proxy_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/plumbline-spec/plumbline/guests"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/proxy"
)

// wasm is a core module of these sections.
func wasm(sections ...string) []byte {
	return []byte("\x00asm\x01\x00\x00\x00" + strings.Join(sections, ""))
}

// The sections of small modules, in binary form (WebAssembly core
// specification, section 5.5).
const (
	typeNone  = "\x01\x04\x01\x60\x00\x00"                         // one type: () -> ()
	typeI32   = "\x01\x06\x01\x60\x01\x7f\x01\x7f"                 // one type: (i32) -> (i32)
	oneImport = "\x02\x11\x01\x09plumbline\x03foo\x00\x00"         // a function of the first type
	oneFunc   = "\x03\x02\x01\x00"                                 // one function of the first type
	oneMemory = "\x05\x03\x01\x00\x01"                             // one memory of one page
	handleOf0 = "\x07\x0a\x01\x06handle\x00\x00"                   // the function alone
	handleAnd = "\x07\x13\x02\x06handle\x00\x00\x06memory\x02\x00" // the function and the memory
	codeNone  = "\x0a\x04\x01\x02\x00\x0b"                         // a body that does nothing
	codeZero  = "\x0a\x06\x01\x04\x00\x41\x00\x0b"                 // a body that gives 0
)

// exporting is a guest but for what it exports besides: a function with these
// parameters and no result.
func exporting(besides string, params ...string) []byte {
	return wasm(
		section(1, vector([]string{function("\x7f", "\x7f"), function(strings.Join(params, ""), "")})),
		section(3, vector([]string{"\x00", "\x01"})), oneMemory,
		section(7, vector([]string{name("memory") + "\x02\x00", name("handle") + "\x00\x00", name(besides) + "\x00\x01"})),
		section(10, vector([]string{body("\x41\x00"), body("")})))
}

func TestBytesThatAreNoGuest(t *testing.T) {
	big, err := guests.Module("too-much-memory")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		binary []byte
		want   string
	}{
		"nothing":           {nil, "the bytes are not WebAssembly"},
		"text":              {[]byte("(module (memory 1))"), "the bytes are not WebAssembly"},
		"a component":       {[]byte("\x00asm\x0d\x00\x01\x00"), "components are not supported. Build a core module with the ABI"},
		"a broken module":   {wasm("\x01\xff"), "the module does not compile"},
		"no exports":        {wasm(), "it does not export the function handle"},
		"a wrong signature": {wasm(typeNone, oneFunc, oneMemory, handleAnd, codeNone), "the export handle has the type () -> (), and should have (i32) -> (i32)"},
		"a wrong callback":  {exporting("callback"), "the export callback has the type () -> (), and should have (i32, i32, i32) -> (i32)"},
		"a wrong start":     {exporting("_initialize", "\x7f"), "the export _initialize has the type (i32) -> (), and should have () -> ()"},
		"a wrong import":    {script{calls: []invoke{telling("request_method", 1)}}.assemble(), "the import plumbline.request_method has the type (i32) -> (), and should have (i32, i32, i32) -> (i32)"},
		"no memory":         {wasm(typeI32, oneFunc, handleOf0, codeZero), "it does not export its memory as memory"},
		"a foreign import":  {wasm(typeI32, oneImport, oneFunc, oneMemory, strings.Replace(handleAnd, "handle\x00\x00", "handle\x00\x01", 1), codeZero), "it imports plumbline.foo, which the host does not have"},
		"too much memory":   {big, "the module does not compile: section memory: min 65536 pages (4 Gi) over limit of 1024 pages (64 Mi)"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := proxy.Compile(gocontext.Background(), sharedRuntime(), test.binary)
			if _, is := errors.AsType[*proxy.ModuleError](fmt.Errorf("wrapped: %w", err)); !is || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestNilRuntimeIsRefused(t *testing.T) {
	_, err := proxy.Compile(gocontext.Background(), nil, wasm())
	if refused, is := errors.AsType[*parameter.Error](err); !is || refused.Parameter != "runtime" {
		t.Errorf("got %v", err)
	}
}

func TestAStartThatTrapsIsAnInstantiationError(t *testing.T) {
	in(t, "start-trap", func(t *testing.T, w *world) {
		_, err := w.handle("a", "")
		if _, is := errors.AsType[*proxy.InstantiationError[string]](err); !is || !strings.Contains(err.Error(), "wasm error: unreachable") {
			t.Errorf("got %v", err)
		}
	})
}

func TestTwoModulesOfOneRuntime(t *testing.T) {
	ctx := gocontext.Background()
	r := wazero.NewRuntime(ctx)
	defer r.Close(ctx)
	for _, name := range []string{"hello", "counter"} {
		binary, err := guests.Module(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := proxy.Compile(ctx, r, binary)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Instantiate(ctx, nil); err != nil {
			t.Error(err)
		}
		if err := m.Close(ctx); err != nil {
			t.Error(err)
		}
	}
}
