// Package vocabulary is the words in which specs are written: layers, services, callers, operations, exchanges, and the
// matchers that say what became of them. A spec that uses them never sees a command, a process, or virtual time's
// machinery; each word is a thin name for one command of package script, and each matcher reads its events.
//
// What may not enter: specs, and decisions about what conforms.
package vocabulary
