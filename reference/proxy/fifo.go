package proxy

// fifo is a queue that keeps its storage. It is not safe for concurrent use.
type fifo[T any] struct {
	items []T
	head  int
}

func (f *fifo[T]) len() int { return len(f.items) - f.head }

func (f *fifo[T]) push(item T) { f.items = append(f.items, item) }

func (f *fifo[T]) pop() (item T, is bool) {
	if f.head == len(f.items) {
		return item, false
	}
	var none T
	item, f.items[f.head] = f.items[f.head], none
	f.head++
	if f.head == len(f.items) {
		f.items, f.head = f.items[:0], 0
	} else if f.head > 32 && f.head > len(f.items)/2 {
		// Without this a queue that is never empty would grow for ever.
		f.compact()
	}
	return item, true
}

func (f *fifo[T]) compact() {
	kept := copy(f.items, f.items[f.head:])
	clear(f.items[kept:])
	f.items, f.head = f.items[:kept], 0
}

// peek is what pop would return.
func (f *fifo[T]) peek() (item T, is bool) {
	if f.head == len(f.items) {
		return item, false
	}
	return f.items[f.head], true
}

// unpop puts back what was popped last.
func (f *fifo[T]) unpop(item T) {
	if f.head > 0 {
		f.head--
		f.items[f.head] = item
		return
	}
	f.items = append(f.items, item)
	copy(f.items[1:], f.items)
	f.items[0] = item
}
