package comparison

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Row is what there is to say of one implementation.
type Row struct {
	Name, Version string
	Kinds         []Kind
	Left          string // why it was not compared; empty if it was
}

// Unexplained tells whether there is a difference that no deviation explains.
func (r Row) Unexplained() bool { return Sum(r.Kinds).Unexplained > 0 }

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

// Print prints the shortest unexplained difference of each kind as a timeline, and then a table with a line for each implementation.
func Print(out io.Writer, rows []Row) {
	for _, row := range rows {
		for _, kind := range row.Kinds {
			if kind.Shortest != nil {
				fmt.Fprintf(out, "%s, %s: %d differences that no deviation explains, the shortest being\n%s\n", row.Name, kind.Name, kind.Unexplained, kind.Shortest.Timeline())
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
