package inprocess

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// State is the state that a context carries: a plain text, and a handle that the copies of a state share.
type State struct {
	Text   string
	Shared *Cell
}

// NewState is a state with a handle of its own, which refers to 0.
func NewState(text string) State { return State{Text: text, Shared: new(Cell)} }

// Cell is what a shared handle refers to: a pointer to it is a handle. It is safe for concurrent use.
type Cell struct{ number atomic.Int64 }

// Read returns the number.
func (c *Cell) Read() int64 { return c.number.Load() }

// Write replaces the number.
func (c *Cell) Write(number int64) { c.number.Store(number) }

// The Go types of the vocabulary of extensions.
type (
	Number       int
	Text         string
	Name         Text // a newtype of Text: another type
	Flag         bool
	Marker       struct{}
	OptionalText struct{ Some *Text }
	Counter      *Cell
	HiddenText   interface{ hidden() string }
)

// hidden makes Text the dynamic type of a HiddenText.
func (t Text) hidden() string { return string(t) }

// Form is the text form of the values of one type of the vocabulary. Parse panics on a text that is not one, which is
// the script's mistake.
type Form[T any] struct {
	Type   string // its name in the script
	Parse  func(text string) T
	Format func(value T) string
	// Write changes the value in place: for a shared handle, what it refers to.
	Write func(at *T, text string)
}

// The forms of the types.
var (
	NumberForm = form(script.Number, func(text string) Number { return Number(parseNumber(text)) },
		func(value Number) string { return strconv.Itoa(int(value)) })
	TextForm = form(script.Text, func(text string) Text { return Text(text) }, func(value Text) string { return string(value) })
	NameForm = form(script.Name, func(text string) Name { return Name(text) }, func(value Name) string { return string(value) })
	FlagForm = form(script.Flag, func(text string) Flag { return text == "true" },
		func(value Flag) string { return strconv.FormatBool(bool(value)) })
	MarkerForm       = form(script.Marker, func(string) Marker { return Marker{} }, func(Marker) string { return script.Marker })
	OptionalTextForm = form(script.OptionalText, parseOptional, formatOptional)
	CounterForm      = Form[Counter]{
		Type: script.Counter,
		Parse: func(text string) Counter {
			cell := new(Cell)
			cell.Write(parseNumber(text))
			return cell
		},
		Format: func(value Counter) string {
			if value == nil {
				return "0" // the default of the type in Go
			}
			return strconv.FormatInt((*Cell)(value).Read(), 10)
		},
		Write: func(at *Counter, text string) { (*Cell)(*at).Write(parseNumber(text)) },
	}
	HiddenTextForm = form(script.HiddenText, parseHidden, formatHidden)
)

func form[T any](name string, parse func(string) T, format func(T) string) Form[T] {
	return Form[T]{Type: name, Parse: parse, Format: format, Write: func(at *T, text string) { *at = parse(text) }}
}

func parseNumber(text string) int64 {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic(fmt.Sprintf("%q is not the text form of a number", text))
	}
	return number
}

func parseOptional(text string) OptionalText {
	value, is := strings.CutPrefix(text, "some:")
	if !is {
		return OptionalText{}
	}
	some := Text(value)
	return OptionalText{Some: &some}
}

func formatOptional(value OptionalText) string {
	if value.Some == nil {
		return "none"
	}
	return "some:" + string(*value.Some)
}

func parseHidden(text string) HiddenText {
	if text == "nil" {
		return nil
	}
	return Text(text)
}

func formatHidden(value HiddenText) string {
	if value == nil {
		return "nil"
	}
	return value.hidden()
}
