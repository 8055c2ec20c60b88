package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// withoutLayers is a testee that has nothing of what it is asked for.
const withoutLayers = `id=0
while read -r line; do
	id=$((id + 1))
	case $line in
	*'"hello"'*) echo '{"id":'$id',"hello":{"protocol":1,"implementation":"none","version":"1","clock":"virtual","features":[]}}' ;;
	*'"open"'*) echo '{"id":'$id',"events":[{"event":"unsupported","at":0,"what":"concurrency-limit"}]}' ;;
	*) echo '{"id":'$id',"events":[]}' ;;
	esac
done
`

func TestReplayTellsWhetherATesteeDoesWhatWasExpected(t *testing.T) {
	const fault = "concurrency-limit-keeps-permit-on-cancel"
	recorded, err := filepath.Abs(filepath.Join(checkout, "fixtures", "traces", "faults", fault+".json"))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, conforms, "observed on     breakable "+fault, "replay", recorded)
	expect(t, doesNot, "\ndiffers\n", "replay", "-testee", serving(fault), recorded)
	expect(t, conforms, "\nas expected\n", "replay", "-testee", serving("reserving"), recorded)
	expect(t, couldNotRun, "exit status 5", "replay", "-testee", "sh "+file(t, "unwilling.sh", "exit 5"), recorded)
	expect(t, couldNotRun, "\nnot applicable\n", "replay", "-testee", "sh "+file(t, "without.sh", withoutLayers), recorded)
	expect(t, couldNotRun, "line 1, column", "replay", "-testee", "true", file(t, "trace.json", `{"trace":7}`))
	expect(t, notUnderstood, "usage: plumbline replay", "replay")
}

// TestOnTheMachinesClockATraceOfVirtualTimeIsReplayedWhereItMovesNone replays two traces that were made in virtual time.
func TestOnTheMachinesClockATraceOfVirtualTimeIsReplayedWhereItMovesNone(t *testing.T) {
	const timeless, timely = "concurrency-limit-keeps-permit-on-cancel", "timeout-fires-late"
	of := func(fault string) string {
		recorded, err := filepath.Abs(filepath.Join(checkout, "fixtures", "traces", "faults", fault+".json"))
		if err != nil {
			t.Fatal(err)
		}
		return recorded
	}
	expect(t, conforms, "\nas expected\n", "replay", "-testee", serving("reserving")+" -live", of(timeless))
	expect(t, doesNot, "\ndiffers\n", "replay", "-testee", serving(timeless)+" -live", of(timeless))
	expect(t, couldNotRun, "the trace moves virtual time", "replay", "-testee", serving("reserving")+" -live", of(timely))
}

// TestTheTraceOfAFailureIsReplayed follows what a run says of a failure.
func TestTheTraceOfAFailureIsReplayed(t *testing.T) {
	directory := t.TempDir()
	r := useIn(t, directory, "run", "-testee", serving(faulty), "-labels", deviant)
	_, command, named := strings.Cut(r.out, "Replay exactly these commands:\n    plumbline replay ")
	command, _, _ = strings.Cut(command, "\n")
	flags, file, _ := strings.Cut(command, "' ")
	if !named || flags != "-testee='"+serving(faulty) || !strings.HasPrefix(file, filepath.Join("build", "traces", deviant)) {
		t.Fatalf("the command is %q: %v", command, r)
	}
	for fixture, wanted := range map[string]result{
		faulty:      {out: "the same events as when it failed\n", code: doesNot},
		"reserving": {out: "other events than when it failed", code: couldNotRun},
	} {
		again := useIn(t, directory, "replay", "-testee", serving(fixture), file)
		if again.code != wanted.code || !strings.Contains(again.out, wanted.out) || !strings.Contains(again.out, "What was expected is said here in words.") {
			t.Errorf("%s: wanted %v, got %v", fixture, wanted, again)
		}
	}
	if r := useIn(t, directory, "replay", file); r.code != conforms || !strings.Contains(r.out, "requirement     "+deviant) {
		t.Errorf("it is not shown: %v", r)
	}
}
