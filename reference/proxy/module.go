package proxy

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/plumbline-spec/plumbline/reference/parameter"
)

// Module is a compiled guest. It may be used by several goroutines at once.
type Module struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
}

// Compile compiles a guest for a runtime, which belongs to the embedder: its
// limit on memory, and whether a guest that does not return control can be
// stopped, are settings of it (wazero's WithMemoryLimitPages and
// WithCloseOnContextDone). Without the latter, a guest that spins keeps its
// goroutine for ever, and the collector of garbage waits for it; with it, a
// request was measured to take two thirds more of the processor.
//
// What else the guest imports, WASI for instance, the embedder must have
// instantiated in the runtime before [Module.Instantiate]; the functions of the
// ABI, the module "plumbline", come with Compile. Bytes that are no guest are
// answered with a [*ModuleError], a nil runtime with a [parameter.Error].
func Compile(ctx context.Context, runtime wazero.Runtime, binary []byte) (*Module, error) {
	if runtime == nil {
		return nil, parameter.Nil("runtime")
	}
	if err := checkHeader(binary); err != nil {
		return nil, err
	}
	compiled, err := runtime.CompileModule(ctx, binary)
	if err != nil {
		return nil, &ModuleError{"the module does not compile", err}
	}
	if err := checkModule(compiled); err != nil {
		_ = compiled.Close(ctx)
		return nil, err
	}
	if err := exportABI(ctx, runtime); err != nil {
		_ = compiled.Close(ctx)
		return nil, err
	}
	return &Module{runtime, compiled}, nil
}

// Close frees the compiled code. Instances that are alive go on.
func (m *Module) Close(ctx context.Context) error { return m.compiled.Close(ctx) }

// Instantiate makes an instance, and runs its start function and its exported
// _initialize. A nil config is wazero's default; the name in it does not count,
// as there may be any number of instances.
// Errors are wazero's: of an import that nothing in the runtime provides, of a
// trap in the start function, and with a [*ViolationError] as their cause where
// that function calls one of the ABI's.
//
// Any number of goroutines may call it.
func (m *Module) Instantiate(ctx context.Context, config wazero.ModuleConfig) (*Guest, error) {
	if config == nil {
		config = wazero.NewModuleConfig()
	}
	module, err := m.runtime.InstantiateModule(ctx, m.compiled, config.WithName("").WithStartFunctions(exportInitialize))
	if err != nil {
		return nil, err
	}
	return &Guest{
		module:   module,
		handle:   module.ExportedFunction(exportHandle),
		callback: module.ExportedFunction(exportCallback),
		memory:   module.ExportedMemory(exportMemory),
	}, nil
}

// The exports of a guest.
const (
	exportHandle     = "handle"
	exportCallback   = "callback"
	exportInitialize = "_initialize" // of WASI's reactors
	exportMemory     = "memory"
)

// After the magic number, a core module has its version, 1, and a component has
// a version and, in place of the rest of the number, the layer 1
// (component-model, Binary.md, preamble).
var (
	magic     = []byte("\x00asm")
	component = []byte{0x01, 0x00}
)

func checkHeader(binary []byte) error {
	if len(binary) < 8 || !bytes.Equal(binary[:4], magic) {
		return &ModuleError{What: "the bytes are not WebAssembly"}
	}
	if bytes.Equal(binary[6:8], component) {
		return &ModuleError{What: "it is a component, and components are not supported. Build a core module with the ABI of " +
			"guests/ABI.md instead; wasm-tools component unbundle takes the core modules out of a component, " +
			"but they keep the imports of wasi:http, which this host does not have"}
	}
	return nil
}

func checkModule(compiled wazero.CompiledModule) error {
	functions := compiled.ExportedFunctions()
	handle, is := functions[exportHandle]
	if !is {
		return &ModuleError{What: "it does not export the function " + exportHandle}
	}
	if err := checkSignature("the export "+exportHandle, handle, i32s(1), i32s(1)); err != nil {
		return err
	}
	if callback, is := functions[exportCallback]; is {
		if err := checkSignature("the export "+exportCallback, callback, i32s(3), i32s(1)); err != nil {
			return err
		}
	}
	if initialize, is := functions[exportInitialize]; is {
		if err := checkSignature("the export "+exportInitialize, initialize, nil, nil); err != nil {
			return err
		}
	}
	if _, is := compiled.ExportedMemories()[exportMemory]; !is {
		return &ModuleError{What: "it does not export its memory as " + exportMemory}
	}
	for _, imported := range compiled.ImportedFunctions() {
		module, name, _ := imported.Import()
		if module != hostModule {
			continue
		}
		f := findFunction(name)
		if f == nil {
			return &ModuleError{What: "it imports " + hostModule + "." + name + ", which the host does not have"}
		}
		if err := checkSignature("the import "+hostModule+"."+name, imported, f.params, f.results); err != nil {
			return err
		}
	}
	return nil
}

func i32s(n int) []api.ValueType { return slices.Repeat([]api.ValueType{api.ValueTypeI32}, n) }

func checkSignature(what string, f api.FunctionDefinition, params, results []api.ValueType) error {
	if slices.Equal(f.ParamTypes(), params) && slices.Equal(f.ResultTypes(), results) {
		return nil
	}
	return &ModuleError{What: fmt.Sprintf("%s has the type %s, and should have %s",
		what, signature(f.ParamTypes(), f.ResultTypes()), signature(params, results))}
}

func signature(params, results []api.ValueType) string {
	return names(params) + " -> " + names(results)
}

func names(types []api.ValueType) string {
	text := "("
	for i, t := range types {
		if i > 0 {
			text += ", "
		}
		text += api.ValueTypeName(t)
	}
	return text + ")"
}

// exporting is held while the ABI's functions are put into a runtime: two
// modules may be compiled for one at the same time.
var exporting sync.Mutex

func exportABI(ctx context.Context, runtime wazero.Runtime) error {
	exporting.Lock()
	defer exporting.Unlock()
	if runtime.Module(hostModule) != nil {
		return nil
	}
	builder := runtime.NewHostModuleBuilder(hostModule)
	for _, f := range functions {
		builder.NewFunctionBuilder().WithGoFunction(f.call(), f.params, f.results).Export(f.name)
	}
	_, err := builder.Instantiate(ctx)
	return err
}
