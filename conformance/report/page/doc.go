// Package page shows reports as one page of HTML that needs nothing else: no network, no other file, no build. It is a table of
// requirements by implementations; a verdict leads to the clause, the failure, and the trace as a sequence diagram. Without
// JavaScript it is that table, with links into the text below it. page.js adds filters, a dialog, and the arrow keys, and makes elements
// of that text only when it is opened.
//
// matrix.go turns reports into what page.html.tmpl shows. What may not enter: a verdict that is not in a report.
package page
