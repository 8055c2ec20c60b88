package proxy

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The table of guests/ABI.md lists every import, with as many parameters and
// results as it has, in the same order.
func TestTheABIIsDescribed(t *testing.T) {
	text, err := os.ReadFile("../../guests/ABI.md")
	if err != nil {
		t.Fatal(err)
	}
	var described, have []string
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)\\(([^)]*)\\)( ->)?").FindAllStringSubmatch(string(text), -1) {
		parameters := strings.FieldsFunc(row[2], func(r rune) bool { return r == ',' })
		described = append(described, shape(row[1], len(parameters), row[3] != ""))
	}
	for _, f := range functions {
		have = append(have, shape(f.name, len(f.params), f.results != nil))
	}
	if !slices.Equal(described, have) {
		t.Errorf("described %v\nhave      %v", described, have)
	}
}

func shape(name string, parameters int, result bool) string {
	text := name + strings.Repeat("*", parameters)
	if result {
		text += "!"
	}
	return text
}

func TestQueue(t *testing.T) {
	var f fifo[int]
	next, want := 0, 0
	pop := func(n int) {
		t.Helper()
		for range n {
			if got, is := f.pop(); !is || got != want {
				t.Fatalf("got %d, %v, want %d", got, is, want)
			}
			want++
		}
	}
	for range 200 { // never empty, so that it has to compact
		for range 3 {
			f.push(next)
			next++
		}
		pop(2)
	}
	if f.len() != 200 || cap(f.items) > 1024 {
		t.Errorf("%d items in %d places", f.len(), cap(f.items))
	}
	pop(199)
	last, _ := f.pop()
	f.unpop(last)
	f.push(-1)
	if first, _ := f.pop(); first != last {
		t.Errorf("got %d, want %d", first, last)
	}
	f.pop()
	if _, is := f.pop(); is || f.len() != 0 {
		t.Error("it is not empty")
	}
	f.unpop(1)
	f.unpop(0)
	if first, _ := f.pop(); first != 0 {
		t.Errorf("got %d, want 0", first)
	}
}
