// Package layer holds what wraps a service: [Layer], and every layer of
// tower's ServiceBuilder, each in a file of its own.
//
// A layer is a value that can be applied to several services; each service
// built has state of its own. Constructors refuse what cannot work with a
// parameter.Error and never panic.
package layer
