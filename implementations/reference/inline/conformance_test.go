package inline_test

import (
	"testing"

	_ "github.com/onsi/ginkgo/v2" // lets the ginkgo command see that this is a suite

	"github.com/plumbline-spec/plumbline/conformance"
	"github.com/plumbline-spec/plumbline/implementations/reference"
)

func TestInline(t *testing.T) {
	conformance.Run(t, "../statement.yaml", reference.Adapter{Inline: true})
}
