package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/plumbline-spec/plumbline/properties/comparison"
)

// differences compares every implementation with the reference, and returns the exit code: mismatch if there is a difference that no
// deviation explains, noVerdict if there is an implementation that could not be compared.
func differences(h how, modules []module, o options) (int, error) {
	var rows []comparison.Row
	code := 0
	for _, m := range modules {
		*m.tested = true // that is the matter of the check
		for _, i := range m.implementations {
			if !i.within(o.only) {
				continue
			}
			begun := time.Now()
			var said bytes.Buffer
			row, err := h.compare(m, i, o.compare, &said)
			if err != nil {
				fmt.Printf("%s: not compared: %v\n%s\n", i.name, err, said.Bytes())
				row.Name, row.Left, code = i.name, err.Error(), noVerdict
			}
			rows = append(rows, row)
			if row.Unexplained() {
				code = max(code, mismatch)
			}
			slowed := ""
			if row.Slowed {
				slowed = fmt.Sprintf(", with a scale of %v in the end, because the machine is so busy", row.Scale)
			}
			fmt.Printf("%s: %.1f s%s\n", i.name, time.Since(begun).Seconds(), slowed)
		}
	}
	if len(rows) == 0 {
		return 0, fmt.Errorf("there is no implementation in a folder %q", o.only)
	}
	comparison.Print(os.Stdout, rows)
	return code, nil
}

// compare builds one implementation and compares it.
func (h how) compare(m module, i implementation, o comparison.Options, out *bytes.Buffer) (comparison.Row, error) {
	if m.toolchain == nil {
		return comparison.Row{}, fmt.Errorf("it has no build file that is known here")
	}
	if err := m.toolchain.available(); err != nil {
		return comparison.Row{}, err
	}
	s, err := m.toolchain.prepare(m, i, filepath.Join(h.build, "bin"), out)
	if err != nil {
		return comparison.Row{}, err
	}
	// Scripts ask for panics, and their stacks are no news.
	return comparison.Testee("env RUST_BACKTRACE=0 "+s.testee, filepath.Join(i.directory, statementFile), o, out)
}
