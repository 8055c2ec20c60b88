package chi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
)

// wrapper is a middleware, as net/http and go-chi write it.
type wrapper = func(http.Handler) http.Handler

// kindHeader carries the kinds of a leaf's error, one value for each link of the chain. HTTP has statuses for errors, and
// no errors.
const kindHeader = "Error-Kind"

// The statuses that the middlewares answer with, as errors.
var (
	errTooManyRequests = errors.New(http.StatusText(http.StatusTooManyRequests))
	errGatewayTimeout  = errors.New(http.StatusText(http.StatusGatewayTimeout))
)

// answering is the leaf as a handler: the body of the request is the request, and that of the response the response.
func answering(leaf *inprocess.Leaf) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, err := io.ReadAll(r.Body)
		if err != nil {
			panic(err)
		}
		response, err := leaf.Call(r.Context(), string(request))
		var scripted *inprocess.Error
		switch {
		case err == nil:
			_, _ = io.WriteString(w, response)
		case errors.As(err, &scripted):
			for link := error(scripted); errors.As(link, &scripted); link = scripted.Cause {
				w.Header().Add(kindHeader, scripted.Kind)
			}
			w.WriteHeader(http.StatusInternalServerError)
		default:
			// The context has ended. The documentation of Timeout has a handler return and leave the answer to it.
		}
	})
}

// tagged is a middleware of the script's: it appends the tag to each request.
func tagged(env *inprocess.Environment, tag string) wrapper {
	return func(next http.Handler) http.Handler {
		env.Built(tag)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			forwarded := r.Clone(r.Context())
			forwarded.Body = io.NopCloser(io.MultiReader(r.Body, strings.NewReader(">"+tag)))
			forwarded.ContentLength = -1
			next.ServeHTTP(w, forwarded)
		})
	}
}

// client makes requests of a handler as a server does. Whoever has it is a caller.
type client struct{ handler http.Handler }

// Caller implements inprocess.Service.
func (c client) Caller() inprocess.Caller { return c }

// Invoke implements inprocess.Caller. A panic of the handler goes on to the caller, where a server would close the
// connection.
func (c client) Invoke(ctx context.Context, request string) (string, error) {
	recorder := httptest.NewRecorder()
	c.handler.ServeHTTP(recorder, httptest.NewRequestWithContext(ctx, http.MethodPost, "/", strings.NewReader(request)))
	if err := ctx.Err(); err != nil {
		return "", err // whatever was answered, the client is gone
	}
	switch recorder.Code {
	case http.StatusOK:
		return recorder.Body.String(), nil
	case http.StatusInternalServerError:
		var err error
		for _, kind := range slices.Backward(recorder.Header().Values(kindHeader)) {
			err = &inprocess.Error{Kind: kind, Cause: err}
		}
		return "", err
	case http.StatusTooManyRequests:
		return "", errTooManyRequests
	case http.StatusGatewayTimeout:
		return "", errGatewayTimeout
	default:
		return "", fmt.Errorf("status %d", recorder.Code)
	}
}
