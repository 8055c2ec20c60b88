package proxy_test

import (
	gocontext "context"
	"errors"
	"io"
	goruntime "runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/proxy"
)

func TestATrapTellsEveryCallerAndTheHook(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.begin("a", "wait:x respond:a")
		w.begin("b", "trap")
		w.expectAll("1.1 starts a", "1.2 starts b", "a: worker trapped or panicked", "b: worker trapped or panicked",
			"1 dropped guest trapped: wasm error: unreachable")
		if _, is := errors.AsType[*proxy.TrapError](w.dropped[0]); !is {
			t.Errorf("dropped with %v", w.dropped[0])
		}
		w.begin("c", "count") // a trapped instance never serves again
		w.expect("2.1 starts c, c = 1")
	})
}

func TestATrapOfASynchronousGuestTellsItsCaller(t *testing.T) {
	in(t, "actor-sync", func(t *testing.T, w *world) {
		_, err := w.handle("a", "trap")
		if _, is := errors.AsType[*proxy.TrapError](err); !is {
			t.Errorf("got %v", err)
		}
	})
}

func TestATrapAfterTheResponseLeavesIt(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.begin("a", "respond:a trap")
		w.expectAll("1.1 starts a", "a = a", "1 dropped guest trapped: wasm error: unreachable")
	})
}

func TestAPanicOfTheHostEndsTheWorkerOnly(t *testing.T) {
	for _, guest := range []string{"actor", "actor-sync"} {
		in(t, guest, func(t *testing.T, w *world) {
			_, err := w.handle("a", "host-panic")
			if _, is := errors.AsType[*proxy.TrapOrPanicError](err); !is {
				t.Errorf("%s: got %v", guest, err)
			}
			synctest.Wait()
			_, panicked := errors.AsType[*proxy.PanicError](w.dropped[0])
			if !panicked || !errors.Is(w.dropped[0], errHost) {
				t.Errorf("%s: dropped with %v", guest, w.dropped[0])
			}
			if text, err := w.handle("b", "count"); text != "1" {
				t.Errorf("%s: then %s, %v", guest, text, err)
			}
		})
	}
}

func TestALyingGuestIsAnsweredLikeATrap(t *testing.T) {
	for lie, want := range map[string]string{
		"lie:twice":   "breach of the ABI in task_return: task 1 has answered before",
		"lie:other":   "breach of the ABI in task_return: task 1 runs, and it was called for task 1001",
		"lie:status":  "breach of the ABI in callback: it returned the status 77, which there is not",
		"lie:pointer": "breach of the ABI in task_return: 64 bytes at 4294967280 are outside of its memory",
	} {
		in(t, "actor", func(t *testing.T, w *world) {
			_, err := w.handle("a", "yield "+lie)
			_, failed := errors.AsType[*proxy.TrapOrPanicError](err)
			if lie != "lie:twice" && !failed || lie == "lie:twice" && err != nil {
				t.Errorf("%s: got %v", lie, err)
			}
			synctest.Wait()
			if violation, is := errors.AsType[*proxy.ViolationError](w.dropped[0]); !is || violation.Error() != want {
				t.Errorf("%s: dropped with %v", lie, w.dropped[0])
			}
		})
	}
}

func TestInstantiationErrorsGiveBack(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		boom := errors.New("boom")
		w.instantiate = func(int) error { return boom }
		r := w.request("respond:a")
		_, err := w.handler.Handle(gocontext.Background(), "mine", r)
		failed, is := errors.AsType[*proxy.InstantiationError[string]](errors.Join(errors.New("wrapped"), err))
		if !is || failed.Data != "mine" || failed.Request != r || failed.Cause != boom || err.Error() != "instantiation error: boom" {
			t.Errorf("got %#v", err)
		}
		w.instantiate = nil
		if text, err := w.handle("a", "respond:a"); text != "a" {
			t.Errorf("the next got %s, %v", text, err)
		}
	})
}

func TestAPanicInInstantiateIsAnInstantiationError(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.instantiate = func(int) error { panic(errHost) }
		_, err := w.handle("a", "respond:a")
		_, is := errors.AsType[*proxy.InstantiationError[string]](err)
		if _, panicked := errors.AsType[*proxy.PanicError](err); !is || !panicked || !errors.Is(err, errHost) {
			t.Errorf("got %v", err)
		}
	})
}

// A worker that is started for the queue cannot be made: every request that is
// queued then fails, each with its own data and the same cause.
func TestAFailedReplacementAnswersTheWholeQueue(t *testing.T) {
	for name, panics := range map[string]bool{"error": false, "panic": true} {
		t.Run(name, func(t *testing.T) {
			in(t, "actor", func(t *testing.T, w *world) {
				w.begin("a", "respond:a")
				w.accept = func(int, int, int) proxy.ShouldAccept { <-w.gate("thought").opened; return proxy.Never }
				w.instantiate = func(int) error {
					if panics {
						panic(errHost)
					}
					return errHost
				}
				failures := make(chan error, 2)
				for _, data := range []string{"b", "c"} {
					w.callers.Go(func() {
						_, err := w.handle(data, "respond:x")
						failures <- err
					})
				}
				synctest.Wait()
				w.open("thought")
				one, _ := errors.AsType[*proxy.InstantiationError[string]](<-failures)
				two, _ := errors.AsType[*proxy.InstantiationError[string]](<-failures)
				if one == nil || two == nil || one.Cause != two.Cause || one.Data+two.Data != "bc" && one.Data+two.Data != "cb" {
					t.Errorf("got %v and %v", one, two)
				}
			})
		})
	}
}

func TestAFailedPreparationEndsTheWorker(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.begin("a", "wait:x respond:a")
		w.start = func(int, string) error { return errHost }
		w.begin("b", "respond:b")
		w.expectAll("1.1 starts a", "1.2 starts b", "a: worker trapped or panicked", "b: worker trapped or panicked",
			"1 dropped the host's own")
	})
}

func TestPanicsOfTheEmbedderEndTheWorkerOnly(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.start = func(int, string) error { panic(errHost) }
		w.begin("a", "respond:a")
		w.start = nil
		w.accept = func(int, int, int) proxy.ShouldAccept { panic(errHost) }
		w.begin("b", "wait:x respond:b")
		w.accept = nil
		w.drop = func(int) { panic(errHost) }
		w.begin("c", "respond:c trap")
		w.drop = nil
		w.expectAll("1.1 starts a", "a: worker trapped or panicked", "1 dropped service: panic: the host's own",
			"2.1 starts b", "b: worker trapped or panicked", "2 dropped service: panic: the host's own",
			"3.1 starts c", "c = c", "3 dropped guest trapped: wasm error: unreachable")
		w.dropped = append(w.dropped, nil) // the hook that panicked did not count
	})
}

// t.FailNow does that, for one.
func TestAHookThatEndsItsGoroutineIsAnsweredLikeAPanic(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.instantiate = func(int) error { goruntime.Goexit(); return nil }
		w.begin("a", "respond:a")
		w.instantiate = nil
		w.expect("a: instantiation error: " + (&proxy.PanicError{}).Error())
		w.start = func(int, string) error { goruntime.Goexit(); return nil }
		w.begin("b", "respond:b")
		w.start = nil
		w.accept = func(int, int, int) proxy.ShouldAccept { goruntime.Goexit(); return proxy.No }
		w.begin("c", "wait:x respond:c")
		w.accept = nil
		w.drop = func(int) { goruntime.Goexit() }
		w.begin("d", "respond:d trap")
		w.drop = nil
		w.expectAll("2.1 starts b", "b: worker trapped or panicked", "2 dropped "+(&proxy.PanicError{}).Error(),
			"3.1 starts c", "c: worker trapped or panicked", "3 dropped "+(&proxy.PanicError{}).Error(),
			"4.1 starts d", "d = d", "4 dropped guest trapped: wasm error: unreachable")
		w.dropped = append(w.dropped, nil) // the hook that ended its goroutine did not count
	})
}

// A replacement that is not made strands nobody either.
func TestAReplacementWhoseGoroutineEndsAnswersTheQueue(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.begin("a", "respond:a")
		w.accept = func(int, int, int) proxy.ShouldAccept { return proxy.Never }
		w.instantiate = func(int) error { goruntime.Goexit(); return nil }
		w.begin("b", "respond:b")
		w.expectAll("1.1 starts a", "a = a", "1 dropped <nil>", "b: instantiation error: "+(&proxy.PanicError{}).Error())
	})
}

// The deadline is asked for on whatever goroutine changes the status.
func TestAPanicOfTheExpirationEndsTheWorkerOnly(t *testing.T) {
	for _, at := range []proxy.WorkerStatus{proxy.Requests, proxy.PostReturn, proxy.Idle} {
		in(t, "actor", func(t *testing.T, w *world) {
			w.deadline = func(s proxy.WorkerStatus, _ time.Time) (none time.Time) {
				if s == at {
					panic(errHost)
				}
				return none
			}
			w.begin("a", "respond:a")
			want := "a = a"
			if at == proxy.Requests {
				want = "a: worker trapped or panicked"
			}
			w.expectAll("1.1 starts a", want, "1 dropped service: panic: the host's own")
		})
	}
}

// badInstances returns what an embedder must not.
type badInstances struct {
	give func() (*proxy.Instance[string], error)
}

func (b badInstances) Instantiate(gocontext.Context) (*proxy.Instance[string], error) {
	return b.give()
}

func TestInstancesThatCannotBe(t *testing.T) {
	in(t, "hello", func(t *testing.T, w *world) {
		taken := must(w.Instantiate(gocontext.Background()))
		first := must(proxy.New[string](badInstances{func() (*proxy.Instance[string], error) { return taken, nil }}))
		must(first.Handle(gocontext.Background(), "a", w.request("")))
		if err := first.Shutdown(gocontext.Background()); err != nil {
			t.Error(err)
		}
		for name, test := range map[string]struct {
			instance *proxy.Instance[string]
			want     string
		}{
			"none":          {nil, "neither an instance nor an error"},
			"without guest": {&proxy.Instance[string]{State: taken.State}, "without a guest"},
			"without state": {&proxy.Instance[string]{Guest: must(module(t, "hello").Instantiate(gocontext.Background(), nil))}, "without a state"},
			"one again":     {taken, "a guest that another worker has"},
		} {
			h := must(proxy.New[string](badInstances{func() (*proxy.Instance[string], error) { return test.instance, nil }}))
			_, err := h.Handle(gocontext.Background(), "a", w.request(""))
			if _, is := errors.AsType[*proxy.InstantiationError[string]](err); !is || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: got %v", name, err)
			}
		}
	})
}

// The callers of a worker that ended have their answers before its hook runs,
// and a replacement starts after it (DROP-2).
func TestTheOrderOfAnEnd(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.drop = func(int) { <-w.gate("hook").opened }
		w.begin("a", "wait:a trap")
		w.open("a")
		w.expectAll("1.1 starts a", "1 dropped guest trapped: wasm error: unreachable", "a: worker trapped or panicked")
		w.begin("b", "count")
		if w.workers != 1 {
			t.Errorf("%d workers before the hook has returned", w.workers)
		}
		w.open("hook")
		w.expect("2.1 starts b, b = 1")
	})
}

func TestGivingUpDisturbsNobody(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		ctx, cancel := gocontext.WithCancel(gocontext.Background())
		w.callers.Go(func() {
			_, err := w.handleIn(ctx, "a", "wait:a respond:a")
			w.say("a: %v", err)
		})
		synctest.Wait()
		w.begin("b", "wait:b respond:b")
		cancel()
		synctest.Wait()
		w.expect("1.1 starts a, 1.2 starts b, a: context canceled")
		w.open("a")
		w.open("b")
		w.expect("b = b")
		w.begin("c", "count")
		w.expect("1.3 starts c, c = 3")
	})
}

func TestAStreamedResponse(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		r, err := w.handler.Handle(gocontext.Background(), "a", w.request("head body:one wait:x body:two end-body wait:y"))
		if err != nil {
			t.Fatal(err)
		}
		part := make([]byte, 10)
		n, err := r.Body.Read(part)
		if string(part[:n]) != "one" || err != nil {
			t.Errorf("read %q, %v", part[:n], err)
		}
		w.open("x")
		rest, err := io.ReadAll(r.Body)
		if string(rest) != "two" || err != nil {
			t.Errorf("read %q, %v", rest, err)
		}
	})
}

func TestBodiesThatFail(t *testing.T) {
	for program, want := range map[string]string{
		"head body:x fail-body": "guest failed the body: as told",
		"head body:x":           "guest returned without ending the body",
		"head body:x trap":      "worker trapped or panicked",
	} {
		in(t, "actor", func(t *testing.T, w *world) {
			if text, err := w.handle("a", program); text != "x" || err == nil || err.Error() != want {
				t.Errorf("%s: got %q, %v", program, text, err)
			}
		})
	}
}

func (w *world) expectAll(want ...string) {
	w.t.Helper()
	got := w.said()
	if len(strings.Split(got, ", ")) != len(want) {
		w.t.Errorf("got %s\nwant %q", got, want)
	}
	for _, each := range want {
		if !strings.Contains(got, each) {
			w.t.Errorf("no %q in %s", each, got)
		}
	}
}
