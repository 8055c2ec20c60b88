// Package statement reads what an implementation declares about itself: the features it has, and the requirements from
// which it deviates on purpose. A verdict is the suite's results held against this declaration.
//
// What may not enter: the results, and how they are judged (conformance/report).
package statement

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/requirement"
)

// Statement is the conformance statement of one implementation.
type Statement struct {
	Implementation string      `yaml:"implementation" json:"implementation"`
	Version        string      `yaml:"version" json:"version"`
	Link           string      `yaml:"link" json:"link,omitempty"`             // where the implementation lives; may be empty
	Chapters       []string    `yaml:"chapters" json:"chapters,omitempty"`     // that it claims; empty: all
	Features       []string    `yaml:"features" json:"features,omitempty"`     // that it has
	Clock          string      `yaml:"clock" json:"clock,omitempty"`           // Virtual or Real; empty: Virtual
	Scale          float64     `yaml:"scale" json:"scale,omitempty"`           // with a Real clock: real milliseconds for a virtual one; 0: the default
	Deviations     []Deviation `yaml:"deviations" json:"deviations,omitempty"` // that are known
	File           string      `yaml:"-" json:"-"`                             // where it was read; empty if it has no file
}

// The clocks.
const (
	Virtual = "virtual" // time stands still until the suite moves it
	Real    = "real"    // the machine's
)

// Deviation is one requirement that the implementation is known to fail.
type Deviation struct {
	Requirement string `yaml:"requirement" json:"requirement"`
	Observed    string `yaml:"observed" json:"observed,omitempty"` // what the implementation does instead, for people; may be empty
	// Failures are those that are excused. Any other failure of the requirement is not. Authors have them written by
	// -update-statement.
	Failures []Failure `yaml:"failures" json:"failures,omitempty"`
	Reason   string    `yaml:"reason" json:"reason"`       // why that stays so
	Link     string    `yaml:"link" json:"link,omitempty"` // where it is discussed; may be empty
	Expires  Date      `yaml:"expires" json:"expires"`     // after this day the deviation is no excuse any more
}

// Describe is what is observed, in the author's words, or else in those of the suite.
func (d Deviation) Describe() string {
	if d.Observed != "" {
		return d.Observed
	}
	var texts []string
	for _, failure := range d.Failures {
		if !slices.Contains(texts, failure.Text) {
			texts = append(texts, failure.Text)
		}
	}
	return strings.Join(texts, "; ")
}

// Expired tells whether the deviation is no excuse any more on the day, in UTC, of that instant.
func (d Deviation) Expired(at time.Time) bool {
	return d.Expires.Before(at.UTC().Truncate(24 * time.Hour))
}

// Date is a day, written YYYY-MM-DD.
type Date struct {
	time.Time        // zero if the text is no date
	text      string // as it is written
}

// UnmarshalYAML reads YYYY-MM-DD. What is no date is kept for the check, which knows the place.
func (d *Date) UnmarshalYAML(text []byte) error {
	d.text = strings.Trim(strings.TrimSpace(string(text)), `"'`)
	d.Time, _ = time.Parse(time.DateOnly, d.text)
	return nil
}

// MarshalJSON writes YYYY-MM-DD. It stands here because that of the time inside would write an instant.
func (d Date) MarshalJSON() ([]byte, error) { return []byte(`"` + d.Format(time.DateOnly) + `"`), nil }

// UnmarshalJSON reads YYYY-MM-DD.
func (d *Date) UnmarshalJSON(text []byte) error {
	if err := d.UnmarshalYAML(text); err != nil {
		return err
	}
	if d.Time.IsZero() {
		return fmt.Errorf("%q is no date; a date is written YYYY-MM-DD", d.text)
	}
	return nil
}

// readiness is the feature that follows from either model of readiness.
const readiness = "readiness"

// Has tells whether the implementation declares the feature.
func (s *Statement) Has(feature string) bool {
	if feature == readiness && (s.Has("reserving") || s.Has("advisory")) {
		return true
	}
	return slices.Contains(s.Features, feature)
}

// Missing returns the features that the requirement depends on and the implementation does not declare. A requirement
// of a chapter that the implementation does not claim misses that chapter.
func (s *Statement) Missing(r requirement.Requirement) []string {
	var missing []string
	if len(s.Chapters) > 0 && !slices.Contains(s.Chapters, r.Chapter) {
		missing = append(missing, "chapter "+r.Chapter)
	}
	for _, feature := range r.Features {
		if !s.Has(feature) {
			missing = append(missing, feature)
		}
	}
	return missing
}

// Deviation returns the declared deviation from that requirement.
func (s *Statement) Deviation(id string) (Deviation, bool) {
	for _, deviation := range s.Deviations {
		if deviation.Requirement == id {
			return deviation, true
		}
	}
	return Deviation{}, false
}

// Excuses tells whether the statement declares, on the day of that instant, the failure of that requirement in that spec with that message.
// The spec is named by its whole text.
func (s *Statement) Excuses(id, spec, message string, at time.Time) bool {
	deviation, declared := s.Deviation(id)
	return declared && !deviation.Expired(at) && slices.Contains(deviation.Failures, Failure{Spec: spec, Text: s.Normalise(message)})
}
