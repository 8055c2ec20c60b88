package reference_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// entered is what a program that uses the reference calls, by file. An adapter that went round one of these would leave
// it unchecked, whatever the verdict.
var entered = map[string][]string{
	"service/pipeline.go":            {"NewPipeline", "Call", "Poll", "Shutdown"},
	"service/binding.go":             {"Bind", "Ready", "CallNow", "Poll", "Shutdown", "Close"},
	"service/chain.go":               {"NewChain", "Extend", "AndThen", "Then", "Map", "MapErr", "Apply", "Service", "Pipeline"},
	"service/apply.go":               {"NewApply", "Call"},
	"service/box.go":                 {"NewBox", "Ready", "Call", "Shutdown", "Poll"},
	"service/function.go":            {"NewFunc", "Ready", "Call", "Shutdown"},
	"service/shutdown_hook.go":       {"NewShutdownHook", "Ready", "Call", "Shutdown"},
	"service/service.go":             {"Poll", "Invoke", "Ready", "Shutdown"},
	"service/factory.go":             {"CreatePipeline", "NewFuncFactory", "Create"},
	"service/middleware.go":          {"NewMiddlewareFactory"},
	"service/factory_combinators.go": {"NewMapFactory", "NewMapErrFactory", "NewMapInitErr", "NewAndThenFactory"},
	"layer/builder.go":               {"NewBuilder", "Add", "OptionLayer", "LayerFunc", "IntoInner", "Service", "Layer", "ServiceFunc"},
	"layer/builder_layers.go": {
		"Buffer", "ConcurrencyLimit", "LoadShed", "RateLimit", "Retry", "Timeout", "Filter", "FilterAsync",
		"MapRequest", "MapResponse", "MapErr", "MapResult", "MapFuture", "Then", "AndThen", "Boxed",
	},
	"layer/stack.go":                    {"NewStack", "Layer"},
	"layer/identity.go":                 {"Layer"},
	"layer/option_layer.go":             {"OptionLayer"},
	"layer/layer.go":                    {"NewFunc", "Layer"},
	"layer/concurrency_limit.go":        {"Ready", "Call", "Release", "Invoke"},
	"layer/global_concurrency_limit.go": {"NewPermits", "NewGlobalConcurrencyLimit", "Layer"},
	"layer/in_flight_limit.go":          {"NewInFlightLimit", "Layer", "Ready", "Call"},
	"layer/keep_alive.go":               {"NewKeepAlive", "Layer", "Ready", "Call"},
	"layer/spawn_ready.go":              {"NewSpawnReady", "Layer", "Ready", "Call"},
	"layer/add_extension.go":            {"NewAddExtension", "Layer", "Call"},
	"layer/get_extension.go":            {"NewGetExtension", "Layer", "Call"},
	"layer/map_state.go":                {"NewMapState", "Layer", "Call"},
	"proxy/handler.go":                  {"New", "Handle", "Shutdown"},
	"proxy/service.go":                  {"NewService", "Ready", "Call"},
	"proxy/module.go":                   {"Compile", "Instantiate"},
	"proxy/task.go":                     {"TaskOf", "Deliver"},
	"proxy/pool.go":                     {"submit", "offer", "arrive", "fail", "withdraw", "hold"},
	"proxy/expiration.go":               {"expire", "expireRequests"},
	"context/state.go":                  {"State", "SetState", "WithState", "MapState", "CloneMapState", "SwapState"},
	"context/extensions.go":             {"Insert", "MaybeInsert", "Get", "Remove", "Extend", "Clear"},
	"context/get_or_insert.go": {
		"GetOrInsert", "GetOrInsertDefault", "GetOrInsertWith", "GetOrInsertWithContext", "GetOrTryInsertWith",
	},
	"context/ref.go":         {"GetRef", "Get", "Set"},
	"context/parts.go":       {"Parts", "FromParts"},
	"context/guard.go":       {"NewGuard", "Guard", "WithGuard"},
	"matcher/matcher.go":     {"Match"},
	"matcher/combinators.go": {"And", "Or", "Not", "Match"},
}

func TestSpecsEnterByTheFrontDoor(t *testing.T) {
	reached := functionsReached(t)
	for file, functions := range entered {
		for _, function := range functions {
			share, known := reached[file+" "+function]
			switch {
			case !known:
				t.Errorf("%s has no function %s", file, function)
			case share == "0.0%":
				t.Errorf("no spec reaches %s in %s", function, file)
			}
		}
	}
}

// functionsReached runs the main job and returns how much of each function of the reference it has run, by file and name.
// Methods of one name in one file count as one: the last that was run at all.
func functionsReached(t *testing.T) map[string]string {
	t.Helper()
	profile := filepath.Join(t.TempDir(), "profile")
	run(t, "test", "-count=1", "-coverpkg=../../reference/...", "-coverprofile="+profile, "../../conformance")
	reached := map[string]string{}
	for line := range strings.Lines(run(t, "tool", "cover", "-func="+profile)) {
		fields := strings.Fields(line) // PATH/reference/FILE:LINE: FUNCTION SHARE
		if len(fields) != 3 {
			continue
		}
		_, place, inReference := strings.Cut(fields[0], "/reference/")
		if !inReference {
			continue
		}
		file, _, _ := strings.Cut(place, ":")
		name := file + " " + fields[1]
		if reached[name] == "" || fields[2] != "0.0%" {
			reached[name] = fields[2]
		}
	}
	return reached
}

func run(t *testing.T, arguments ...string) string {
	t.Helper()
	output, err := exec.Command("go", arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(arguments, " "), err, output)
	}
	return string(output)
}
