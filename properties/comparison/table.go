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
	Kinds         []Kind  // of the scripts by which it was compared
	Held          []Kind  // of each property against which it was held
	Left          string  // why it was not compared; empty if it was
	Testee        string  // the command line that starts it; empty if it is not a program
	Scale         float64 // of the machine's clock, if it is on that
	Slowed        bool    // that scale is larger than it was in the beginning
}

// Unexplained tells whether there is a difference that no deviation explains, or a property that does not hold without one.
func (r Row) Unexplained() bool { return Sum(r.Kinds).Unexplained+Sum(r.Held).Unexplained > 0 }

// Keep writes the traces of what is unexplained into a directory, and notes where they are.
func (r Row) Keep(directory string) error {
	for _, kind := range slices.Concat(pointers(r.Kinds), pointers(r.Held)) {
		if kind.Trace == nil || directory == "" {
			continue
		}
		file := filepath.Join(directory, "difference-"+plain.ReplaceAllString(r.Name+"-"+kind.Name, "-")+".json")
		if err := kind.Trace.WriteFile(file); err != nil {
			return err
		}
		kind.File = file
	}
	return nil
}

func pointers(kinds []Kind) []*Kind {
	all := make([]*Kind, len(kinds))
	for index := range kinds {
		all[index] = &kinds[index]
	}
	return all
}

// plain matches what does not stand in the name of a file.
var plain = regexp.MustCompile(`[^\w.]+`)

func (r Row) cells() []string {
	if r.Left != "" {
		return []string{r.Name, r.Version, "", "", "", "", "", "NOT COMPARED: " + strings.ReplaceAll(r.Left, "\n", "; ")}
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
		for _, kind := range slices.Concat(row.Kinds, row.Held) {
			if kind.Trace == nil {
				continue
			}
			how := "shrunk"
			if !kind.Shrunk {
				how = "as it was drawn: it is not the same each time, or those who are right do not agree, or nobody has asked for it to be shrunk"
			}
			fmt.Fprintf(out, "%s, %s: %d scripts that go wrong, and no deviation explains why, the shortest, %s:\n%s\n", row.Name, kind.Name, kind.Unexplained, how, kind.Trace)
			if kind.File != "" {
				fmt.Fprintf(out, "To replay it, from the root of the repository:\n    %s\n\n", properties.ReplayCommand(row.Testee, row.Scale, kind.File))
			}
		}
	}
	cells := [][]string{{"implementation", "version", "scripts", "equal", "explained", "unexplained", "not applicable", "explained by"}}
	held := [][]string{{"implementation", "properties", "checks", "held", "explained", "unexplained", "not applicable", "which do not hold or apply, and why"}}
	for _, row := range rows {
		cells = append(cells, row.cells())
		if len(row.Held) > 0 {
			held = append(held, row.heldCells())
		}
	}
	printCells(out, cells)
	if len(held) > 1 {
		fmt.Fprintln(out)
		printCells(out, held)
	}
}

// heldCells is the row of the properties. One that does not hold is named, with the deviation that it contradicts or as unexplained.
func (r Row) heldCells() []string {
	sum := Sum(r.Held)
	applied, explained, contradicted := 0, 0, []string{}
	for _, property := range r.Held {
		if property.Left == "" {
			applied++
		}
		for _, requirement := range slices.Sorted(maps.Keys(property.Explained)) {
			explained += property.Explained[requirement]
			contradicted = append(contradicted, fmt.Sprintf("%s: %s %d", property.Name, requirement, property.Explained[requirement]))
		}
		if property.NotApplicable > 0 {
			contradicted = append(contradicted, fmt.Sprintf("%s: not applicable %d", property.Name, property.NotApplicable))
		}
		if property.Left != "" {
			contradicted = append(contradicted, fmt.Sprintf("%s: left out, %s", property.Name, property.Left))
		}
		if property.Unexplained > 0 {
			contradicted = append(contradicted, fmt.Sprintf("%s: UNEXPLAINED %d", property.Name, property.Unexplained))
		}
	}
	number := func(n int) string { return fmt.Sprint(n) }
	return []string{
		r.Name, number(applied), number(sum.Equal + explained + sum.Unexplained), number(sum.Equal), number(explained), number(sum.Unexplained),
		number(sum.NotApplicable), strings.Join(contradicted, "; "),
	}
}

// printCells prints a table, the last column of which is as wide as it is.
func printCells(out io.Writer, cells [][]string) {
	widths := make([]int, len(cells[0])-1)
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
