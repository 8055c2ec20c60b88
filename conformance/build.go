package conformance

import "runtime/debug"

const modulePath = "github.com/plumbline-spec/plumbline"

// SuiteVersion is the version of this module in the running program, which is "(devel)" where the build does not know it.
func SuiteVersion() string {
	const unknown = "(devel)"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return unknown
	}
	for _, module := range append(info.Deps, &info.Main) {
		if module.Path == modulePath && module.Version != "" {
			return module.Version
		}
	}
	return unknown
}

// Revision is the revision of the checkout that the running program was built from, and whether that had changes besides. It is empty
// where there was no checkout, or it was another module's.
func Revision() (revision string, modified bool) {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Path != modulePath {
		return "", false
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			revision = setting.Value
		case "vcs.modified":
			modified = setting.Value == "true"
		}
	}
	return revision, modified
}
