package proxy_test

import (
	"testing"
)

func TestAnswersThroughAWorker(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.begin("a", "respond:hello")
		w.expect("1.1 starts a, a = hello")
		w.begin("b", "count")
		w.expect("1.2 starts b, b = 2")
	})
}
