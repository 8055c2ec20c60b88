package chi_test

import (
	"testing"

	_ "github.com/onsi/ginkgo/v2" // lets the ginkgo command see that this is a suite

	"github.com/plumbline-spec/plumbline/conformance"
	"github.com/plumbline-spec/plumbline/implementations/chi"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, "statement.yaml", chi.Adapter{})
}
