package layer_test

import (
	gocontext "context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
)

type contextKey struct{}

// The context that a timed call gets is a Go context in every respect: it has
// its parent's values and deadline, contexts can be made of it, and it ends with
// its parent, at the deadline, and when the call is over.
func TestTimeoutContextIsAGoContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, cancel := gocontext.WithTimeout(gocontext.WithValue(gocontext.Background(), contextKey{}, "value"), time.Hour)
		defer cancel()
		for _, asked := range []bool{true, false} { // whether it is used while the call goes on
			var inside, below gocontext.Context
			p := stacked(t, calling(func(ctx voidContext, req string) (string, error) {
				inside = ctx.Go()
				if asked {
					var stop gocontext.CancelFunc
					below, stop = gocontext.WithCancel(inside)
					defer stop()
				}
				if err := inside.Err(); err != nil {
					t.Errorf("it has ended: %v", err)
				}
				if got := inside.Value(contextKey{}); got != "value" {
					t.Errorf("its value is %v", got)
				}
				if deadline, has := inside.Deadline(); !has || time.Until(deadline) > time.Hour {
					t.Errorf("its deadline is %v", deadline)
				}
				switch req {
				case "parent":
					cancel()
					if err := inside.Err(); !errors.Is(err, gocontext.Canceled) {
						t.Errorf("it goes on after its parent: %v", err)
					}
				case "late":
					time.Sleep(time.Minute)
				}
				if below != nil && req != "quick" {
					select {
					case <-below.Done():
					default:
						t.Errorf("%s: what is below goes on", req)
					}
				}
				return req, nil
			}), timed(t, time.Second))

			ended := func(cause error) {
				t.Helper()
				if !errors.Is(inside.Err(), gocontext.Canceled) || !errors.Is(gocontext.Cause(inside), cause) {
					t.Errorf("it ended with %v, cause %v", inside.Err(), gocontext.Cause(inside))
				}
				select {
				case <-inside.Done():
				default:
					t.Error("it goes on after the call")
				}
			}
			call := func(req string) error {
				_, err := p.Call(context.New(parent, void{}), req)
				return err
			}
			if err := call("quick"); err != nil {
				t.Error(err)
			}
			ended(gocontext.Canceled)
			if err := call("late"); !errors.Is(err, layer.ErrElapsed) {
				t.Error(err)
			}
			ended(layer.ErrElapsed)
			time.Sleep(time.Minute)
			synctest.Wait() // the late call is gone
			if !asked {
				_ = call("parent")
				synctest.Wait()
				ended(gocontext.Canceled)
			}
		}
	})
}
