package httpwasm_test

import (
	"runtime"
	"runtime/debug"
	"testing"

	_ "github.com/onsi/ginkgo/v2" // lets the ginkgo command see that this is a suite

	"github.com/plumbline-spec/plumbline/conformance"
	httpwasm "github.com/plumbline-spec/plumbline/implementations/http-wasm-host-go"
)

// The library keeps its instances in a sync.Pool, which the collector of garbage empties when it likes, and which does not
// find on one processor what it was given on another. Whether an instance is used again is to be no matter of chance here.
func TestConformance(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	conformance.Run(t, "statement.yaml", httpwasm.Adapter{})
}
