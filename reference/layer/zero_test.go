package layer_test

import (
	"errors"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

func TestZeroLayersAreRefused(t *testing.T) {
	type (
		s = stringService
		v = void
	)
	tests := []struct {
		name    string
		layer   layer.Layer[s, s]
		missing string
	}{
		{"concurrency limit", new(layer.ConcurrencyLimit[v, string, string]), "limit"},
		{"global concurrency limit", new(layer.GlobalConcurrencyLimit[v, string, string]), "permits"},
		{"in-flight limit", new(layer.InFlightLimit[v, string, string]), "limit"},
		{"buffer", new(layer.Buffer[v, string, string]), "bound"},
		{"rate limit", new(layer.RateLimit[v, string, string]), "limit"},
		{"timeout", new(layer.Timeout[v, string, string]), "after"},
		{"keep-alive", new(layer.KeepAlive[v, string, string]), "idle"},
		{"retry", new(layer.Retry[v, string, string]), "policy"},
		{"filter", new(layer.Filter[v, string, string, string]), "predicate"},
		{"asynchronous filter", new(layer.FilterAsync[v, string, string, string]), "predicate"},
		{"request map", new(layer.MapRequest[v, string, string, string]), "f"},
		{"response map", new(layer.MapResponse[v, string, string, string]), "f"},
		{"error map", new(layer.MapErr[v, string, string]), "f"},
		{"result map", new(layer.MapResult[v, string, string, string]), "f"},
		{"call map", new(layer.MapFuture[v, string, string, string]), "f"},
		{"state map", new(layer.MapState[v, v, string, string]), "f"},
		{"extension reader", new(layer.GetExtension[v, string, string, int]), "f"},
		{"then", new(layer.Then[v, string, string, string]), "f"},
		{"and-then", new(layer.AndThen[v, string, string, string]), "f"},
		{"function", new(layer.Func[s, s]), "f"},
		{"stack", new(layer.Stack[s, s, s]), "inner"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.layer.Layer(&double{})
			refused(t, err, test.missing)
			if got != nil {
				t.Errorf("made %v", got)
			}
		})
	}
}

func TestZeroLayersWithoutParametersWork(t *testing.T) {
	for _, l := range []layer.Layer[stringService, stringService]{
		new(layer.LoadShed[void, string, string]), new(layer.SpawnReady[void, string, string]),
		layer.Boxed[void, string, string]{}, layer.Identity[stringService]{}, layer.Builder[void, string, string]{},
	} {
		answers(t, stacked(t, &double{}, l), "r", "r")
	}
}

func TestPermitsAreMadeByTheirConstructor(t *testing.T) {
	_, err := layer.NewGlobalConcurrencyLimit[void, string, string](new(layer.Permits))
	refused(t, err, "permits")
	_, err = layer.NewGlobalConcurrencyLimit[void, string, string](nil)
	refused(t, err, "permits")
}

func TestFunctionLayerRefusesNil(t *testing.T) {
	l := tagged(t, "never", new([]string))
	_, err := l.Layer(nil)
	refused(t, err, "inner")
}

// nothing is a layer that returns neither a service nor an error.
type nothing struct{}

func (nothing) Layer(stringService) (stringService, error) { return nil, nil }

func TestNeitherServiceNorError(t *testing.T) {
	b := layer.NewBuilder[void, string, string]()
	tests := map[string]layer.Layer[stringService, stringService]{
		"function":         built(layer.NewFunc(nothing{}.Layer))(t),
		"builder function": b.Timeout(time.Second).LayerFunc(nothing{}.Layer),
		"outermost":        b.Add(nothing{}).Timeout(time.Second),
		"innermost":        b.Timeout(time.Second).Add(nothing{}),
	}
	for name, l := range tests {
		t.Run(name, func(t *testing.T) {
			if got, err := l.Layer(&double{}); !errors.Is(err, service.ErrNoService) || got != nil {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}
