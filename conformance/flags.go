package conformance

import "flag"

// Flags of every test binary that checks an implementation. With the ginkgo command they go after "--".
var reportFile = flag.String("report", "", "write the verdicts to this file, as JSON")
