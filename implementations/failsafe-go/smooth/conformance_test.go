// Package smooth_test checks failsafe-go's other rate limiter, which spaces calls evenly.
package smooth_test

import (
	"testing"

	_ "github.com/onsi/ginkgo/v2" // lets the ginkgo command see that this is a suite

	"github.com/plumbline-spec/plumbline/conformance"
	failsafego "github.com/plumbline-spec/plumbline/implementations/failsafe-go"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, "statement.yaml", failsafego.Adapter{Smooth: true})
}
