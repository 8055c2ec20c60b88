package comparison

import (
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/plumbline-spec/plumbline/properties"
)

// Row is what there is to say of one implementation.
type Row struct {
	Name, Version string
	Kinds         []Kind
	Left          string // why it was not compared; empty if it was
	Testee        string // the command line that starts it; empty if it is not a program
}

// Unexplained tells whether there is a difference that no deviation explains.
func (r Row) Unexplained() bool { return Sum(r.Kinds).Unexplained > 0 }

// Keep writes the traces of what is unexplained into a directory, and notes where they are.
func (r Row) Keep(directory string) error {
	for index := range r.Kinds {
		kind := &r.Kinds[index]
		if kind.Trace == nil || directory == "" {
			continue
		}
		file := filepath.Join(directory, "difference-"+plain.ReplaceAllString(r.Name+"-"+kind.Name, "-")+".json")
		if err := properties.Keep(kind.Trace, file); err != nil {
			return err
		}
		kind.File = file
	}
	return nil
}

// plain matches what does not stand in the name of a file.
var plain = regexp.MustCompile(`[^\w.]+`)

func (r Row) cells() []string {
	if r.Left != "" {
		return []string{r.Name, r.Version, "", "", "", "", "", r.Left}
	}
	sum := Sum(r.Kinds)
	explained, by := 0, []string{}
	for _, requirement := range slices.Sorted(maps.Keys(sum.Explained)) {
		explained += sum.Explained[requirement]
		by = append(by, fmt.Sprintf("%s %d", requirement, sum.Explained[requirement]))
	}
	number := func(n int) string { return fmt.Sprint(n) }
	return []string{
		r.Name, r.Version, number(sum.Equal + explained + sum.Unexplained), number(sum.Equal), number(explained), number(sum.Unexplained), number(sum.NotApplicable),
		strings.Join(by, ", "),
	}
}

// Print prints the shortest unexplained difference of each kind as a timeline, with the command that replays it, and then a table with a
// line for each implementation.
func Print(out io.Writer, rows []Row) {
	for _, row := range rows {
		for _, kind := range row.Kinds {
			if kind.Trace == nil {
				continue
			}
			how := "shrunk"
			if !kind.Shrunk {
				how = "as it was drawn: it is not the same each time, or those who are right do not agree, or nobody has asked for it to be shrunk"
			}
			fmt.Fprintf(out, "%s, %s: %d differences that no deviation explains, the shortest, %s:\n%s\n", row.Name, kind.Name, kind.Unexplained, how, kind.Trace)
			if kind.File != "" {
				fmt.Fprintf(out, "To replay it, from the root of the repository:\n    %s\n\n", properties.ReplayCommand(row.Testee, kind.File))
			}
		}
	}
	cells := [][]string{{"implementation", "version", "scripts", "equal", "explained", "unexplained", "not applicable", "explained by"}}
	for _, row := range rows {
		cells = append(cells, row.cells())
	}
	widths := make([]int, len(cells[0])-1) // the last column is as wide as it is
	for _, row := range cells {
		for column := range widths {
			widths[column] = max(widths[column], utf8.RuneCountInString(row[column]))
		}
	}
	for _, row := range cells {
		for column, width := range widths {
			fmt.Fprintf(out, "%-*s  ", width, row[column])
		}
		fmt.Fprintln(out, row[len(row)-1])
	}
}
