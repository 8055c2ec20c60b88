// Package sequence draws a trace as a sequence diagram: SVG that stands in a page of HTML and takes its colours from there.
//
// diagram.go says what is drawn: who takes part, and what goes from whom to whom. layout.go says where. What may not enter: a
// second idea of what a command or an event is in words, which is conformance/script.
package sequence
