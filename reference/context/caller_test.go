package context_test

import (
	gocontext "context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/plumbline-spec/plumbline/reference/context"
)

// ledger is a Releaser that counts.
type ledger struct{ released atomic.Int64 }

func (l *ledger) Release() { l.released.Add(1) }

func pipeless() context.Context[int] { return context.New(gocontext.Background(), 0) }

func ledgers(n int) []*ledger {
	all := make([]*ledger, n)
	for i := range all {
		all[i] = new(ledger)
	}
	return all
}

// sources are the places a caller comes from; each must behave the same.
var sources = map[string]func() context.Caller{
	"common":   context.NewCaller,
	"resident": context.NewCallers().Enter,
	"pooled":   context.NewCallers().New,
}

func TestEachReservationIsSpentOrReleasedOnce(t *testing.T) {
	for name, source := range sources {
		t.Run(name, func(t *testing.T) {
			// 20 owners exceed the seats, so the spill is used as well.
			owners := ledgers(20)
			for round := range 3 {
				caller := source()
				ctx := pipeless().WithCaller(caller)
				for _, o := range owners {
					if ctx.Reserved(o) || ctx.Spend(o) {
						t.Fatal("a fresh caller holds something")
					}
					if err := ctx.Reserve(o); err != nil {
						t.Fatal(err)
					}
					if !ctx.Reserved(o) {
						t.Fatal("not reserved after Reserve")
					}
				}
				for i, o := range owners {
					if i%2 == 0 && !ctx.Spend(o) {
						t.Fatalf("owner %d cannot be spent", i)
					}
					if i%2 == 0 && (ctx.Spend(o) || ctx.Reserved(o)) {
						t.Fatalf("owner %d was spent twice", i)
					}
				}
				caller.Finish()
				caller.Finish()
				for i, o := range owners {
					want := int64(i % 2 * (round + 1))
					if got := o.released.Load(); got != want {
						t.Fatalf("round %d: owner %d released %d times, want %d", round, i, got, want)
					}
				}
			}
		})
	}
}

func TestASurplusReservationIsReleasedAtOnce(t *testing.T) {
	owners := ledgers(12)
	caller := context.NewCaller()
	defer caller.Finish()
	ctx := pipeless().WithCaller(caller)
	for range 2 {
		for _, o := range owners {
			if err := ctx.Reserve(o); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, o := range owners {
		if o.released.Load() != 1 || !ctx.Reserved(o) {
			t.Fatalf("owner %d: released %d times, reserved %v", i, o.released.Load(), ctx.Reserved(o))
		}
	}
}

func TestAContextThatOutlivesItsCallerIsHarmless(t *testing.T) {
	for name, source := range sources {
		t.Run(name, func(t *testing.T) {
			var o, other ledger
			first := source()
			stale := pipeless().WithCaller(first)
			if err := stale.Reserve(&o); err != nil {
				t.Fatal(err)
			}
			first.Finish()
			second := source()
			defer second.Finish()
			live := pipeless().WithCaller(second)
			if err := live.Reserve(&other); err != nil {
				t.Fatal(err)
			}
			if stale.Spend(&other) || stale.Reserved(&other) {
				t.Fatal("a stale context spends another caller's reservation")
			}
			before := o.released.Load()
			if err := stale.Reserve(&o); !errors.Is(err, context.ErrCallerGone) {
				t.Fatalf("Reserve for a finished caller: %v", err)
			}
			if o.released.Load() != before+1 {
				t.Fatal("what could not be reserved was not released")
			}
			first.Finish()
			if !live.Spend(&other) {
				t.Fatal("finishing a stale caller took another's reservation")
			}
		})
	}
}

func TestNoCaller(t *testing.T) {
	var o ledger
	ctx := pipeless()
	if err := ctx.Reserve(&o); !errors.Is(err, context.ErrCallerGone) || o.released.Load() != 1 {
		t.Fatalf("Reserve = %v, released %d times", err, o.released.Load())
	}
	if ctx.Reserved(&o) || ctx.Spend(&o) {
		t.Fatal("nobody holds something")
	}
	ctx.Caller().Finish()
	ctx.Caller().MoveTo(ctx.Caller())
}

func TestForkHoldsNothingAndSplitTakesAll(t *testing.T) {
	owners := ledgers(12)
	caller := context.NewCaller()
	ctx := pipeless().WithCaller(caller)
	for _, o := range owners {
		_ = ctx.Reserve(o)
	}
	fork, forked := ctx.Fork()
	split, taken := ctx.Split()
	for i, o := range owners {
		if fork.Reserved(o) || ctx.Reserved(o) || !split.Reserved(o) {
			t.Fatalf("owner %d: fork %v, original %v, split %v", i, fork.Reserved(o), ctx.Reserved(o), split.Reserved(o))
		}
	}
	forked.Finish()
	caller.Finish()
	for i, o := range owners {
		if o.released.Load() != 0 {
			t.Fatalf("owner %d was released while its split caller lives", i)
		}
	}
	taken.Finish()
	for i, o := range owners {
		if o.released.Load() != 1 {
			t.Fatalf("owner %d released %d times", i, o.released.Load())
		}
	}
}

func TestMoveToReleasesWhatCannotMove(t *testing.T) {
	var twice, gone ledger
	from, to := context.NewCaller(), context.NewCaller()
	a, b := pipeless().WithCaller(from), pipeless().WithCaller(to)
	_ = a.Reserve(&twice)
	_ = b.Reserve(&twice)
	from.MoveTo(to)
	if twice.released.Load() != 1 || !b.Reserved(&twice) {
		t.Fatal("a doubled reservation was not released")
	}
	to.Finish()
	_ = a.Reserve(&gone)
	from.MoveTo(to)
	if gone.released.Load() != 1 {
		t.Fatal("a reservation moved to a finished caller is lost")
	}
	from.Finish()
}

type panicking struct{ ledger }

func (p *panicking) Release() { p.ledger.Release(); panic("release") }

func TestAPanickingReleaseDoesNotKeepTheOthers(t *testing.T) {
	owners := ledgers(3)
	var bad panicking
	caller := context.NewCaller()
	ctx := pipeless().WithCaller(caller)
	_ = ctx.Reserve(owners[0])
	_ = ctx.Reserve(&bad)
	_ = ctx.Reserve(owners[1])
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		caller.Finish()
	}()
	for i, o := range owners[:2] {
		if o.released.Load() != 1 {
			t.Errorf("owner %d released %d times", i, o.released.Load())
		}
	}
}

// Goroutines share callers, keep contexts for too long and move reservations,
// all at once; every reservation must still end exactly once.
func TestAccountsBalanceUnderParallelism(t *testing.T) {
	const rounds, perCaller = 2000, 3
	owners := ledgers(10)
	var reserved, spent [10]atomic.Int64
	pipeline := context.NewCallers()
	var workers sync.WaitGroup
	for w := range 4 {
		workers.Go(func() {
			for r := range rounds {
				caller := pipeline.Enter()
				if r%3 == 0 {
					caller.Finish()
					caller = pipeline.New()
				}
				ctx := pipeless().WithCaller(caller)
				var shared sync.WaitGroup
				for g := range perCaller {
					shared.Go(func() {
						for k := range owners {
							i := (k + g + r + w) % len(owners)
							if !ctx.Reserved(owners[i]) {
								reserved[i].Add(1)
								_ = ctx.Reserve(owners[i])
							}
							if k%3 == g && ctx.Spend(owners[i]) {
								spent[i].Add(1)
							}
							if k == 5 && g == 1 {
								_, split := ctx.Split()
								defer split.Finish()
							}
							if k == 7 && g == 2 && r%2 == 0 {
								caller.Finish() // the others go on with a stale context
							}
						}
					})
				}
				runtime.Gosched()
				shared.Wait()
				caller.Finish()
			}
		})
	}
	workers.Wait()
	for i, o := range owners {
		if got, want := o.released.Load()+spent[i].Load(), reserved[i].Load(); got != want || want == 0 {
			t.Errorf("owner %d: reserved %d, spent %d, released %d", i, want, spent[i].Load(), o.released.Load())
		}
	}
}
