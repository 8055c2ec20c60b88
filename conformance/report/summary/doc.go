// Package summary writes a report for the pages of a CI system: as Markdown, and as annotations of GitHub's workflow commands.
//
// What may not enter: a verdict that is not in a report.
package summary
