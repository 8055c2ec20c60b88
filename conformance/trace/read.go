package trace

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// MaxSize is how long a trace may be, in bytes. The shrunk traces of the corpus are about 2 KiB; a thousand steps of a
// random script are about 300 KiB.
const MaxSize = 16 << 20

// SyntaxError says what is wrong with a trace, and where.
type SyntaxError struct {
	Line, Column int // from 1
	Cause        error
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %v", e.Line, e.Column, e.Cause)
}

// Unwrap returns the cause.
func (e *SyntaxError) Unwrap() error { return e.Cause }

// Read reads one trace, strictly: an unknown field, a missing one, an event or a version that is not known, or anything after
// the trace is a SyntaxError.
func Read(r io.Reader) (*Trace, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read a trace: %w", err)
	}
	if len(text) > MaxSize {
		return nil, fmt.Errorf("a trace has more than %d bytes", MaxSize)
	}
	p := &parser{text: text}
	t := &Trace{}
	if err := p.document(t); err != nil {
		return nil, err
	}
	return t, nil
}

// parser reads a trace value by value, so that it knows where it is.
type parser struct {
	text    []byte
	decoder *json.Decoder
}

// at is the error with its place in the text. Blanks and separators before the place belong to nobody.
func (p *parser) at(offset int64, cause error) error {
	if syntax, is := errors.AsType[*json.SyntaxError](cause); is && syntax.Offset > 0 {
		offset = syntax.Offset - 1
	}
	for offset < int64(len(p.text)) && bytes.IndexByte([]byte(" \t\r\n,:"), p.text[offset]) >= 0 {
		offset++
	}
	before := p.text[:min(offset, int64(len(p.text)))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return &SyntaxError{Line: line, Column: column, Cause: cause}
}

func (p *parser) document(t *Trace) error {
	if index := invalidUTF8(p.text); index >= 0 {
		return p.at(int64(index), errors.New("the trace is not UTF-8"))
	}
	p.decoder = json.NewDecoder(bytes.NewReader(p.text))
	p.decoder.DisallowUnknownFields()
	seen := map[string]bool{}
	err := p.object(func(name string, offset int64) error {
		if seen[name] {
			return p.at(offset, fmt.Errorf("%q comes twice", name))
		}
		seen[name] = true
		return p.field(t, name, offset)
	})
	if err != nil {
		return err
	}
	end := p.decoder.InputOffset()
	if rest := bytes.TrimSpace(p.text[end:]); len(rest) > 0 {
		return p.at(end, errors.New("something follows the trace"))
	}
	for _, name := range []string{"trace", "implementation", "steps"} {
		if !seen[name] {
			return p.at(0, fmt.Errorf("%q is missing", name))
		}
	}
	return nil
}

func (p *parser) field(t *Trace, name string, offset int64) error {
	switch name {
	case "trace":
		if err := p.value(&t.Version); err != nil {
			return err
		}
		if t.Version != Version {
			return p.at(offset, fmt.Errorf("this is version %d of the format, and only version %d is known", t.Version, Version))
		}
		return nil
	case "property":
		return p.value(&t.Property)
	case "requirement":
		return p.value(&t.Requirement)
	case "implementation":
		if err := p.value(&t.Implementation); err != nil {
			return err
		}
		if t.Implementation.Name == "" {
			return p.at(offset, errors.New("the implementation has no name"))
		}
		return nil
	case "failure":
		return p.value(&t.Failure)
	case "clock":
		if err := p.value(&t.Clock); err != nil {
			return err
		}
		if t.Clock != RealClock {
			return p.at(offset, fmt.Errorf("the clock is %q, and left out or %q", t.Clock, RealClock))
		}
		return nil
	case "compares":
		return p.array(func() error {
			var kind script.Happening
			begun := p.decoder.InputOffset()
			if err := p.value(&kind); err != nil {
				return err
			}
			if !slices.Contains(Asking, kind) {
				return p.at(begun, fmt.Errorf("%q is no event that a trace may ask to have compared: they are %v", kind, Asking))
			}
			t.Compares = append(t.Compares, kind)
			return nil
		})
	case "end":
		return p.value(&t.End)
	case "steps":
		t.Steps = []Step{}
		return p.array(func() error {
			step, err := p.step()
			t.Steps = append(t.Steps, step)
			return err
		})
	default:
		return p.at(offset, fmt.Errorf("a trace has no field %q", name))
	}
}

func (p *parser) step() (step Step, err error) {
	begun := p.decoder.InputOffset()
	seen := map[string]bool{}
	err = p.object(func(name string, offset int64) error {
		if seen[name] {
			return p.at(offset, fmt.Errorf("%q comes twice", name))
		}
		seen[name] = true
		switch name {
		case "command":
			if err := p.value(&step.Command); err != nil {
				return err
			}
			if missing := missing(step.Command); missing != "" {
				return p.at(offset, fmt.Errorf("the command %q has no %q", step.Command.Do, missing))
			}
			return nil
		case "expected":
			return p.events(&step.Expected)
		case "observed":
			return p.events(&step.Observed)
		case "error":
			return p.value(&step.Error)
		default:
			return p.at(offset, fmt.Errorf("a step has no field %q", name))
		}
	})
	if err == nil && !seen["command"] {
		err = p.at(begun, errors.New(`the step has no "command"`))
	}
	return step, err
}

func (p *parser) events(into *[]script.Event) error {
	*into = []script.Event{}
	return p.array(func() error {
		offset := p.decoder.InputOffset()
		var event script.Event
		if err := p.value(&event); err != nil {
			return err
		}
		if !event.Event.Known() {
			return p.at(offset, fmt.Errorf("there is no event %q", event.Event))
		}
		*into = append(*into, event)
		return nil
	})
}

// value reads one value strictly; null is none.
func (p *parser) value(into any) error {
	offset := p.decoder.InputOffset()
	var raw json.RawMessage
	if err := p.decoder.Decode(&raw); err != nil {
		return p.at(p.decoder.InputOffset(), unexpectedEnd(err))
	}
	if bytes.Equal(raw, []byte("null")) {
		return p.at(offset, errors.New("null stands for nothing here"))
	}
	strict := json.NewDecoder(bytes.NewReader(raw))
	strict.DisallowUnknownFields()
	if err := strict.Decode(into); err != nil {
		return p.at(offset, err)
	}
	return nil
}

func (p *parser) object(field func(name string, offset int64) error) error {
	if err := p.delimiter('{'); err != nil {
		return err
	}
	for p.decoder.More() {
		offset := p.decoder.InputOffset()
		token, err := p.decoder.Token()
		if err != nil {
			return p.at(p.decoder.InputOffset(), unexpectedEnd(err))
		}
		name, _ := token.(string)
		if err := field(name, offset); err != nil {
			return err
		}
	}
	return p.delimiter('}')
}

func (p *parser) array(element func() error) error {
	if err := p.delimiter('['); err != nil {
		return err
	}
	for p.decoder.More() {
		if err := element(); err != nil {
			return err
		}
	}
	return p.delimiter(']')
}

func (p *parser) delimiter(want json.Delim) error {
	offset := p.decoder.InputOffset()
	token, err := p.decoder.Token()
	if err != nil {
		return p.at(offset, unexpectedEnd(err))
	}
	if token == nil {
		token = "null"
	}
	if token != want {
		return p.at(offset, fmt.Errorf("%v stands where %q should", token, want.String()))
	}
	return nil
}

func unexpectedEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func invalidUTF8(text []byte) int {
	for index := 0; index < len(text); {
		r, size := utf8.DecodeRune(text[index:])
		if r == utf8.RuneError && size == 1 {
			return index
		}
		index += size
	}
	return -1
}

// missing names a field that the command cannot do without and does not have. The protocol's schema says the same and more;
// these are the fields without which nobody could carry the command out.
func missing(c script.Command) string {
	switch {
	case c.Do == "":
		return "do"
	case (c.Do == script.Open || c.Do == script.OpenFactory) && c.Stack == nil:
		return "stack"
	case (c.Do == script.Call || c.Do == script.Invoke) && c.Request == nil:
		return "request"
	case c.Do == script.SetLeaf && c.Leaf == nil:
		return "leaf"
	case c.Do == script.Answer && (c.Outcome == nil || !c.Outcome.Panic && c.Outcome.Error == "" && c.Outcome.Response == nil):
		return "outcome"
	case c.Do == script.Advance && c.Duration == nil:
		return "duration"
	case c.Do == script.OnContext && c.Step == nil:
		return "step"
	case c.Do == script.OnServer && c.ServerStep == nil:
		return "serverStep"
	case c.Do == script.OnServer && c.ServerStep.Op == script.Request && c.Request == nil:
		return "request"
	case c.Do == script.OnHost && c.HostStep == nil:
		return "hostStep"
	case c.Do == script.OnHost && c.HostStep.Op == script.SetHost && c.HostStep.Settings == nil:
		return "settings"
	default:
		return ""
	}
}
