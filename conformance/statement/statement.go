// Package statement reads what an implementation declares about itself: the features it has, and the requirements from
// which it deviates on purpose. A verdict is the suite's results held against this declaration.
//
// What may not enter: the results, and how they are judged (conformance/report).
package statement

import (
	"slices"
	"strings"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/requirement"
)

// Statement is the conformance statement of one implementation.
type Statement struct {
	Implementation string      `yaml:"implementation"`
	Version        string      `yaml:"version"`
	Link           string      `yaml:"link"`       // where the implementation lives; may be empty
	Chapters       []string    `yaml:"chapters"`   // that it claims; empty: all
	Features       []string    `yaml:"features"`   // that it has
	Deviations     []Deviation `yaml:"deviations"` // that are known
}

// Deviation is one requirement that the implementation is known to fail.
type Deviation struct {
	Requirement string `yaml:"requirement"`
	Observed    string `yaml:"observed"` // what the implementation does instead
	Reason      string `yaml:"reason"`   // why that stays so
	Link        string `yaml:"link"`     // where it is discussed; may be empty
	Expires     Date   `yaml:"expires"`  // after this day the deviation is no excuse any more
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
