package layer

import (
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
)

// Policy decides what becomes of one request after each attempt at it
// (tower retry::Policy). A [Retry] makes a policy for each request, so that a
// policy may count in plain fields; what several requests are to share, such
// as a [Budget], it refers to. Its methods are not called at the same time.
type Policy[S, Req, Res any] interface {
	// Copy returns a copy of req to be kept for a further attempt, before req
	// itself is sent. When it reports false the request cannot be copied: this
	// attempt is the last, and the policy is not asked about it
	// (tower Policy::clone_request).
	Copy(req Req) (Req, bool)

	// Retry is asked after an attempt, be its outcome a response or an error,
	// and may change the attempt. With again, the inner service is called again
	// with attempt.Request, after the delay (none if it is not positive) and
	// once it is ready. Otherwise attempt.Response and attempt.Err are the
	// outcome of the call. It is not asked once ctx has ended
	// (tower Policy::retry).
	Retry(ctx context.Context[S], attempt *Attempt[Req, Res]) (delay time.Duration, again bool)
}

// Attempt is one attempt at a request that is over: what tower's retry::Policy
// is given, and may change, in its retry method.
type Attempt[Req, Res any] struct {
	// Number is 1 for the first attempt of a call.
	Number int
	// Request is the copy for the next attempt.
	Request Req
	// Response and Err are what the inner service answered.
	Response Res
	Err      error
}
