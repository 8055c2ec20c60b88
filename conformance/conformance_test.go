package conformance_test

import (
	"testing"

	_ "github.com/onsi/ginkgo/v2" // lets the ginkgo command see that this is a suite

	"github.com/plumbline-spec/plumbline/conformance"
	"github.com/plumbline-spec/plumbline/implementations/reference"
)

// TestReference is the main job: it checks the reference implementation.
func TestReference(t *testing.T) {
	conformance.Run(t, "../implementations/reference/statement.yaml", reference.Adapter{})
}
