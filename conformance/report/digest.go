package report

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/plumbline-spec/plumbline/conformance/requirement"
	"github.com/plumbline-spec/plumbline/conformance/statement"
)

// outcome is the part of a report that its digest covers: what two runs with the same results have in common.
type outcome struct {
	Specification string              `json:"specification"`
	Statement     statement.Statement `json:"statement"`
	Results       []outcomeResult     `json:"results"`
}

type outcomeResult struct {
	Requirement string            `json:"requirement"`
	Level       requirement.Level `json:"level"`
	Verdict     Verdict           `json:"verdict"`
	Reason      string            `json:"reason"`
	Specs       []outcomeSpec     `json:"specs"`
}

type outcomeSpec struct {
	Text     string  `json:"text"`
	Verdict  Verdict `json:"verdict"`
	Observed string  `json:"observed"`
}

// digest reckons the hash of the results.
func (r *Report) digest() string {
	o := outcome{Specification: r.Specification, Statement: r.Statement}
	for _, result := range r.Results {
		part := outcomeResult{result.Requirement, result.Level, result.Verdict, result.Reason, nil}
		for _, spec := range result.Specs {
			seen := outcomeSpec{spec.Text, spec.Verdict, ""}
			if spec.Failure != nil {
				seen.Observed = spec.Failure.Observed
			}
			part.Specs = append(part.Specs, seen)
		}
		o.Results = append(o.Results, part)
	}
	return hash(o)
}

// seal reckons the hash of the whole.
func (r *Report) seal() string {
	unsealed := *r
	unsealed.Seal = ""
	return hash(unsealed)
}

// hash is the SHA-256 of a value's JSON. Its form is fixed: fields in the order of the type, keys of maps sorted, no white space.
func hash(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic("report: " + err.Error()) // every type in here can be marshalled
	}
	return fmt.Sprintf("sha256:%x", sha256.Sum256(text))
}

// ErrAltered says that a report is not as it was written.
var ErrAltered = errors.New("the report is not as it was written")

// Verify recomputes everything in the report that follows from the rest of it: the verdict on each requirement from its specs and
// the statement, the totals, the verdict on the whole, the digest and the seal. Each difference is reported, joined, and
// satisfies errors.Is(err, ErrAltered). A report of the specification's version must also have each of its requirements.
func (r *Report) Verify(specification *requirement.Specification) error {
	var errs []error
	differs := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: %s", ErrAltered, fmt.Sprintf(format, args...)))
	}
	if r.Statement.Implementation != r.Implementation || r.Statement.Version != r.Version {
		differs("it is about %s %s, and has the statement of %s %s", r.Implementation, r.Version, r.Statement.Implementation, r.Statement.Version)
	}
	if r.Specification == specification.Version {
		r.verifyRequirements(specification, differs)
	}
	if want := r.overall(); r.Verdict != want {
		differs("the verdict on the whole is %q, and the results say %q", r.Verdict, want)
	}
	if !reflect.DeepEqual(r.Totals, r.totals()) {
		differs("the totals are not those of the results")
	}
	if r.Digest != r.digest() {
		differs("the digest is %s, and the results have %s", r.Digest, r.digest())
	}
	if r.Seal != r.seal() {
		differs("the seal is %s, and the document has %s", r.Seal, r.seal())
	}
	return errors.Join(errs...)
}

func (r *Report) verifyRequirements(specification *requirement.Specification, differs func(string, ...any)) {
	if len(r.Results) != len(specification.Requirements) {
		differs("it has %d requirements, and the specification %d", len(r.Results), len(specification.Requirements))
		return
	}
	for index, clause := range specification.Requirements {
		result := r.Results[index]
		if result.Requirement != clause.ID || result.Level != clause.Level || result.Chapter != clause.Chapter || result.Sentence != clause.Sentence {
			differs("requirement %d is not %s as the specification has it", index+1, clause.ID)
			continue
		}
		verdict, reason := judge(&r.Statement, r.Statement.Missing(clause), clause.ID, result.Specs, r.Environment.Began)
		if verdict != result.Verdict || reason != result.Reason {
			differs("%s has the verdict %q (%s), and its specs say %q (%s)", clause.ID, result.Verdict, result.Reason, verdict, reason)
		}
		for _, spec := range result.Specs {
			if spec.Failure == nil {
				continue
			}
			if spec.Failure.Observed != r.Statement.Normalise(spec.Failure.Message) {
				differs("spec %q observed what its message does not say", spec.Text)
			}
			excused := !spec.Failure.Broken && r.Statement.Excuses(clause.ID, spec.Text, spec.Failure.Message, r.Environment.Began)
			if (spec.Verdict == Fail && excused) || (spec.Verdict == KnownDeviation && !excused) {
				differs("spec %q has the verdict %q, and the statement says otherwise", spec.Text, spec.Verdict)
			}
		}
	}
}
