// Package reference is the place of the reference implementation; it has no
// code. Its README says what lives in the packages beneath, and what may not
// enter.
package reference
