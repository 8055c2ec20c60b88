package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// Write writes the report as JSON.
func (r *Report) Write(file string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the report: %w", err)
	}
	if err := os.WriteFile(file, append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// Read reads the report in that file.
func Read(file string) (*Report, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the report: %w", err)
	}
	r, err := Parse(text)
	if err != nil {
		var located *Error
		if errors.As(err, &located) {
			located.File = file
		}
		return nil, err
	}
	return r, nil
}

// Error is a place where a report is wrong. Line and Column count from 1.
type Error struct {
	File   string
	Line   int
	Column int
	Cause  error
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d:%d: %v", e.File, e.Line, e.Column, e.Cause) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// ErrFormat says that a document is no report of the form that this package reads.
var ErrFormat = errors.New("no report of format 1")

// Parse reads a report, strictly: an unknown field, a second document and another format are errors, each an *Error. Whether the
// report is true to itself is for Verify to say.
func Parse(text []byte) (*Report, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var r Report
	if err := decoder.Decode(&r); err != nil {
		return nil, place(text, offset(err, decoder.InputOffset()), fmt.Errorf("%w: %w", ErrFormat, err))
	}
	if rest := bytes.TrimSpace(text[decoder.InputOffset():]); len(rest) > 0 {
		return nil, place(text, decoder.InputOffset(), fmt.Errorf("%w: after the document the file goes on: %.40q", ErrFormat, rest))
	}
	if r.Format != Format {
		return nil, place(text, 0, fmt.Errorf("%w: its format is %d", ErrFormat, r.Format))
	}
	return &r, nil
}

// offset is where the error is, as far as it knows.
func offset(err error, otherwise int64) int64 {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return syntax.Offset
	case errors.As(err, &kind):
		return kind.Offset
	default:
		return otherwise
	}
}

func place(text []byte, offset int64, cause error) *Error {
	before := text[:min(offset, int64(len(text)))]
	line := bytes.Count(before, []byte("\n"))
	return &Error{File: "report", Line: line + 1, Column: len(before) - bytes.LastIndexByte(before, '\n'), Cause: cause}
}
