package proxy

import (
	"slices"
	"sync"
	"sync/atomic"
)

// pool is what the copies of a handler share: the queue, and which workers are
// available. A worker is available from when its policy says so until it takes a
// request or declines; while it asks its policy again it counts as before. One
// that ends counts as it did before tasks went on that were all blocked, until
// its drop hook has returned: what comes in the meantime waits for the room that
// the embedder makes there, but not for a worker that would not have taken it.
//
// That every request in the queue is somebody's business holds because both are
// under one lock: a request is only queued while a worker is available, and the
// last available worker that becomes unavailable starts another if the queue is
// not empty. A parked worker that is woken looks at the queue, and if it declines,
// passes the waking on.
type pool[D any] struct {
	state HandlerState[D]

	mu        sync.Mutex
	queue     fifo[*pendingRequest[D]]
	available int
	coming    int          // workers that were started for the queue and have not looked at it yet
	parked    []*worker[D] // those of the available that wait; the last to park is the first to be woken
	workers   map[*worker[D]]struct{}
	closed    atomic.Bool   // set under the lock
	gone      chan struct{} // closed when the pool is closed and the last worker has ended
}

func newPool[D any](state HandlerState[D]) *pool[D] {
	return &pool[D]{state: state, workers: map[*worker[D]]struct{}{}, gone: make(chan struct{})}
}

// submit hands a request in. It is false once the pool is closed. If it returns a
// worker, the caller is to wake that one for it: outside of the lock, which the
// worker takes as soon as it runs.
func (p *pool[D]) submit(r *pendingRequest[D]) (parked *worker[D], is bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed.Load() {
		return nil, false
	}
	if p.available == 0 {
		p.start(r)
		return nil, true
	}
	p.queue.push(r)
	if len(p.parked) == 0 {
		return nil, true // whoever is available and awake will look at the queue
	}
	return p.unparkLast(), true
}

// start starts a worker for a request, or for the queue. The lock is held.
func (p *pool[D]) start(first *pendingRequest[D]) {
	if first == nil {
		p.coming++
	}
	w := &worker[D]{pool: p, wake: make(chan struct{}, 1)}
	p.workers[w] = struct{}{}
	go w.run(first)
}

// unparkLast takes the worker that parked last from the parked, for somebody to
// wake: if it is always the last, surplus ones can expire. The lock is held.
func (p *pool[D]) unparkLast() *worker[D] {
	last := len(p.parked) - 1
	w := p.parked[last]
	p.parked[last] = nil
	p.parked = p.parked[:last]
	w.parked = false
	return w
}

// offer gives a willing worker a request, which makes it unavailable. If there
// is none, it is available from now on, and parked.
func (p *pool[D]) offer(w *worker[D]) *pendingRequest[D] {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.queue.len() > 0 {
		was := w.available
		if was {
			w.available = false
			p.available--
		}
		r := p.admit(w)
		if was {
			p.replace()
		} else {
			p.cover()
		}
		return r
	}
	if !w.available {
		w.available = true
		p.available++
	}
	if !w.parked {
		w.parked = true
		p.parked = append(p.parked, w)
	}
	return nil
}

// take gives a worker a request, if there is one, without making it available.
func (p *pool[D]) take(w *worker[D]) *pendingRequest[D] {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.admit(w)
	p.cover()
	return r
}

// admit has a worker admit the first of the queue, if there is one. It is taken out
// only then: if it were put back, another worker might have the next already.
// The lock is held.
func (p *pool[D]) admit(w *worker[D]) *pendingRequest[D] {
	r, is := p.queue.peek()
	if !is || !w.loop.admit(&r.Task) {
		return nil
	}
	p.queue.pop()
	return r
}

// arrive gives a worker that was started for the queue its first request. Another
// may have been there before it.
func (p *pool[D]) arrive(w *worker[D]) *pendingRequest[D] {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.coming--
	r := p.admit(w)
	p.cover()
	return r
}

// fail empties the queue for a worker that was started for it and has no instance.
func (p *pool[D]) fail() []*pendingRequest[D] {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.coming--
	var all []*pendingRequest[D]
	for r, is := p.queue.pop(); is; r, is = p.queue.pop() {
		all = append(all, r)
	}
	return all
}

// giveBack queues a request that was passed directly to a worker that then ended.
func (p *pool[D]) giveBack(r *pendingRequest[D]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue.unpop(r)
	p.cover()
}

// unpark is for a worker that was woken by something else than a request.
func (p *pool[D]) unpark(w *worker[D]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unparkThis(w)
}

// unparkThis takes a worker from the parked, if it is one of them. The lock is held.
func (p *pool[D]) unparkThis(w *worker[D]) {
	if !w.parked {
		return
	}
	w.parked = false
	i := slices.Index(p.parked, w)
	p.parked = slices.Delete(p.parked, i, i+1)
}

// withdraw makes a worker unavailable. One that is parked is not to be woken for a
// request any more.
func (p *pool[D]) withdraw(w *worker[D]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unparkThis(w)
	p.withdrawThis(w)
}

// withdrawThis makes a worker unavailable. One that is so already has nothing to do
// with the queue: whoever was the last has started another worker for it. The
// lock is held.
func (p *pool[D]) withdrawThis(w *worker[D]) {
	if !w.available {
		return
	}
	w.available = false
	p.available--
	if w.lent { // whoever was the last before it ended has been replaced
		p.cover()
		return
	}
	p.replace()
}

// replace is for a worker that was available and is not any more. If it was the
// last, another is started for the queue, also if one is on its way: that was
// started for a request which somebody else has taken since, and may have far to
// go (host-spawn.one-replacement). The lock is held.
func (p *pool[D]) replace() {
	if p.available == 0 && p.queue.len() > 0 {
		p.start(nil)
		return
	}
	p.cover()
}

// cover sees to it that somebody serves the queue. The lock is held.
func (p *pool[D]) cover() {
	switch {
	case p.queue.len() == 0:
	case len(p.parked) > 0:
		signal(p.unparkLast().wake)
	case p.available > 0: // it is awake, and will look at the queue or become unavailable
	case p.coming > 0: // who comes for the first of the queue sees to the next
	default:
		p.start(nil)
	}
}

// hold gives a worker that ends its place back, if it had one before the task ran
// that ended it.
func (p *pool[D]) hold(w *worker[D]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unparkThis(w)
	if !w.available && w.resuming {
		w.available, w.lent = true, true
		p.available++
	}
}

// end is a worker's end.
func (p *pool[D]) end(w *worker[D]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.withdrawThis(w)
	delete(p.workers, w)
	p.finish()
}

func (p *pool[D]) finish() {
	if p.closed.Load() && len(p.workers) == 0 {
		close(p.gone)
	}
}

// close ends the pool, and returns what tells when it has ended.
func (p *pool[D]) close() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed.Load() {
		return p.gone
	}
	p.closed.Store(true)
	for w := range p.workers {
		signal(w.wake)
	}
	p.finish()
	return p.gone
}
