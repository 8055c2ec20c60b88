// Package reference puts the reference implementation under check: the adapter that translates scripts into services and
// layers of package reference, and its statement.
//
// What may not enter: behaviour. What a trace shows is the reference's own.
package reference
