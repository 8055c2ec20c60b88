package reference_test

import (
	gocontext "context"
	"fmt"
	"log"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

func Example() {
	s, err := layer.NewBuilder[struct{}, string, string]().
		LoadShed().           // an error in place of waiting
		ConcurrencyLimit(10). // at most ten calls at once
		Timeout(time.Second). // each of them for a second at most
		ServiceFunc(func(_ context.Context[struct{}], name string) (string, error) { return "hello, " + name, nil })
	if err != nil {
		log.Fatal(err) // every parameter that was refused, by name
	}
	pipeline, err := service.NewPipeline(s)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.New(gocontext.Background(), struct{}{})
	fmt.Println(pipeline.Call(ctx, "Ada")) // ready, call, give back
	fmt.Println(pipeline.Shutdown(ctx))

	// Output:
	// hello, Ada <nil>
	// <nil>
}

// The tour in the README is the example above, word for word.
func TestReadmeShowsTheExample(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, tour, _ := strings.Cut(string(readme), "```go\n")
	tour, _, closed := strings.Cut(tour, "```")
	_, body, _ := strings.Cut(string(source), "func Example() {\n")
	body, _, _ = strings.Cut(body, "\n\n\t// Output:")
	body = strings.ReplaceAll("\n"+body, "\n\t", "\n")
	if !closed || strings.TrimSpace(tour) != strings.TrimSpace(body) {
		t.Errorf("the README shows\n%s\nthe example is\n%s", tour, body)
	}
}
