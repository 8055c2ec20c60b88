// Package layer holds what wraps a service: [Layer], every layer of tower's
// ServiceBuilder and those of ntex-util that it does not have, each in a file of
// its own. [Builder] and [Stack] make one layer of several.
//
// A layer is a value that can be applied to several services; each service
// built has state of its own, unless the layer says that it is shared.
// Constructors refuse what cannot work with a parameter.Error and never panic.
// The Layer method of a zero value refuses in the same way what its constructor
// would have been given, so that a layer made without it fails where the stack
// is built. The zero value of anything else has no use unless it says so.
//
// What makes a service out of other services is a combinator, and lives in
// package service, with the contract of a service and what calls one.
package layer
