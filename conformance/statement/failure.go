package statement

import (
	"cmp"
	"strings"
)

// Failure is one failure of one spec.
type Failure struct {
	Spec string `yaml:"spec" json:"spec"` // the whole text of the spec; empty in a statement of the old form, and then no excuse
	Text string `yaml:"text" json:"text"` // of the failure, without what differs from run to run (Statement.Normalise)
}

// UnmarshalYAML reads a spec and a text. A text alone is the old form, which is read so that -update-statement can replace it.
func (f *Failure) UnmarshalYAML(decode func(any) error) error {
	var text string
	if decode(&text) == nil {
		f.Text = text
		return nil
	}
	type fields Failure // without this method
	return decode((*fields)(f))
}

// String is the failure on one line.
func (f Failure) String() string { return f.Spec + ": " + f.Text }

func (f Failure) compare(other Failure) int {
	return cmp.Or(strings.Compare(f.Spec, other.Spec), strings.Compare(f.Text, other.Text))
}
