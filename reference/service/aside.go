package service

import "runtime"

// aside is a function that runs on a goroutine of its own, for a call that
// waits for it before it returns.
type aside struct {
	done chan struct{}
	// The others are settled before done is closed.
	err  error
	lost *PanicError // nil if the function returned
}

func startAside(f func() error) *aside {
	a := &aside{done: make(chan struct{})}
	go func() {
		defer close(a.done)
		returned := false
		defer func() {
			if !returned {
				a.lost = &PanicError{recover()}
			}
		}()
		a.err = f()
		returned = true
	}()
	return a
}

// wait returns when the function has ended, and lets it end here as it ended
// there: with its error, its panic, or the end of the goroutine.
func (a *aside) wait() error {
	<-a.done
	switch {
	case a.lost == nil:
		return a.err
	case a.lost.Value == nil:
		runtime.Goexit()
	}
	panic(a.lost.Value)
}
