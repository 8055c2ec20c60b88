package service

import (
	"errors"

	"github.com/plumbline-spec/plumbline/reference/context"
)

// Shutdown shuts both down at the same time and returns when both are done,
// also if one of them panics. If both fail the errors are joined.
func (s *both[S]) Shutdown(ctx context.Context[S]) (err error) {
	second := startAside(func() error { return s.b.Shutdown(ctx) })
	defer func() { err = join(err, second.wait()) }()
	return s.a.Shutdown(ctx)
}

// join is errors.Join, except that one error alone stays itself.
func join(first, second error) error {
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	}
	return errors.Join(first, second)
}
