package parameter_test

import (
	"errors"
	"fmt"

	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/parameter"
)

func ExampleError() {
	_, err := layer.NewConcurrencyLimit[struct{}, string, string](0)
	var refused *parameter.Error
	fmt.Println(errors.As(err, &refused), refused.Parameter)
	fmt.Println(err)
	// Output:
	// true limit
	// parameter limit must be positive, is 0
}
