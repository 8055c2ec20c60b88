package httpwasm

import (
	"context"
	_ "embed" // for the guest
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"

	"github.com/http-wasm/http-wasm-host-go/handler"
	wasm "github.com/http-wasm/http-wasm-host-go/handler/nethttp"
	"github.com/tetratelabs/wazero"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
)

//go:embed guest/pass.wasm
var pass []byte

// kindHeader carries the kinds of a leaf's error, one value for each link of the chain. HTTP has statuses for errors, and
// no errors.
const kindHeader = "Error-Kind"

// stack is a guest that hands on what it is given, and waits for the handler behind it.
type stack struct{}

// Apply implements inprocess.Composed.
func (stack) Apply(leaf *inprocess.Leaf) (inprocess.Service, error) {
	ctx := context.Background()
	middleware, err := wasm.NewMiddleware(ctx, pass, handler.Runtime(func(ctx context.Context) (wazero.Runtime, error) {
		return wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCompilationCache(compiled)), nil
	}))
	if err != nil {
		return nil, err
	}
	return client{middleware.NewHandler(ctx, answering(leaf))}, nil
}

// answering is the leaf as a handler: the body of the request is the request, and that of the response the response.
func answering(leaf *inprocess.Leaf) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, err := io.ReadAll(r.Body)
		if err != nil {
			panic(err)
		}
		response, err := leaf.Call(r.Context(), string(request))
		if err == nil {
			_, _ = io.WriteString(w, response)
			return
		}
		var scripted *inprocess.Error
		for link := err; errors.As(link, &scripted); link = scripted.Cause {
			w.Header().Add(kindHeader, scripted.Kind)
		}
		w.WriteHeader(http.StatusInternalServerError)
	})
}

// client makes requests of a handler as a server does. Whoever has it is a caller.
type client struct{ handler http.Handler }

// Caller implements inprocess.Service.
func (c client) Caller() inprocess.Caller { return c }

// Invoke implements inprocess.Caller.
func (c client) Invoke(ctx context.Context, request string) (string, error) {
	recorder := httptest.NewRecorder()
	c.handler.ServeHTTP(recorder, httptest.NewRequestWithContext(ctx, http.MethodPost, "/", strings.NewReader(request)))
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err() // whatever was answered, the client is gone
	case recorder.Code == http.StatusOK:
		return recorder.Body.String(), nil
	}
	var err error
	for _, kind := range slices.Backward(recorder.Header().Values(kindHeader)) {
		err = &inprocess.Error{Kind: kind, Cause: err}
	}
	if err == nil {
		err = fmt.Errorf("status %d: %s", recorder.Code, recorder.Body)
	}
	return "", err
}
