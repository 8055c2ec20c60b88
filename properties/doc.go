// Package properties drives implementations by random scripts and holds what happens against a model, with
// pgregory.net/rapid. Its subject is that of the specs: whatever takes commands and reports events.
//
// Each file is one property with its model. One check is one fresh subject, and so one bubble: a bubble around many checks
// would stop rapid's own clock.
//
// What may not enter: specs of single requirements, and Gomega's global Expect, which defeats shrinking.
package properties
