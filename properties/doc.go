// Package properties drives implementations by random scripts and holds what happens against a model, with
// pgregory.net/rapid. Its subject is that of the specs: whatever takes commands and reports events.
//
// A Property has a model of its own: a pure one, of a few lines. Beside them stands the comparison of implementations: scripts are
// drawn on one (Script), and replayed on another (Difference). They are of several kinds, each with its layers and its
// actions, and ask for nothing that a requirement leaves open. ScriptFor draws for an Audience that does not have everything; what comes of
// that is the matter of properties/comparison.
//
// One check is one fresh subject, and so one bubble: a bubble around many checks would stop rapid's own clock. The draws of a
// check are made inside its bubble, so that a command costs no switch between goroutines.
//
// What may not enter: specs of single requirements, and Gomega's global Expect, which defeats shrinking.
package properties
