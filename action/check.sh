#!/usr/bin/env bash
# The step of the GitHub action: checks the testee, shows the verdict in the job's summary and as annotations, and gates on it.
# action.yml sets ACTION_PATH, TESTEE, STATEMENT, CHAPTERS, FAIL_ON and OUTPUT; GitHub sets GITHUB_STEP_SUMMARY and GITHUB_OUTPUT.
# It exits as plumbline does: 0 conforms, 1 does not, 2 could not run, 3 a mistake in an input or the statement.
set -euo pipefail

mistake() { echo "::error title=Plumbline::$1"; exit 3; }
[ -n "$TESTEE" ] || mistake 'the input testee is empty: it is the command line that starts the testee'
case $FAIL_ON in
  failure | deviation | never) ;;
  *) mistake "the input fail-on is $FAIL_ON; there are failure, deviation and never" ;;
esac

mkdir -p "$OUTPUT"
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
(cd "$ACTION_PATH" && CGO_ENABLED=0 go build -o "$tools/plumbline" ./cmd/plumbline) # the version of the action itself
plumbline=$tools/plumbline report=$OUTPUT/report.json
rm -f "$report"

arguments=(-testee "$TESTEE" -report "$report" -junit "$OUTPUT/report.xml")
[ -z "$STATEMENT" ] || arguments+=(-statement "$STATEMENT")
[ -z "$CHAPTERS" ] || arguments+=(-chapters "$CHAPTERS")
code=0
{ "$plumbline" run "${arguments[@]}" 2>&1 >&3 | tee "$tools/errors" >&2; } 3>&1 || code=$? # a pipe, because the shell waits for its end

if [ ! -f "$report" ]; then
  reason=$(cat "$tools/errors")
  reason=${reason//'%'/%25}
  echo "::error title=Plumbline has no verdict::${reason//$'\n'/%0A}"
  printf '## Plumbline: no verdict\n\n~~~~~~text\n%s\n~~~~~~\n' "$(cat "$tools/errors")" >> "$GITHUB_STEP_SUMMARY"
  exit "$code"
fi

"$plumbline" summary "$report" >> "$GITHUB_STEP_SUMMARY"
"$plumbline" summary -annotations ${STATEMENT:+-statement "$STATEMENT"} "$report"
"$plumbline" report -output "$OUTPUT/index.html" "$report"
"$plumbline" badge "$report" > "$OUTPUT/badge.svg"
"$plumbline" badge -json "$report" > "$OUTPUT/badge.json"
verdict=$(sed -n 's/^  "verdict": "\(.*\)",$/\1/p' "$report")
printf 'verdict=%s\nreport=%s\n' "$verdict" "$report" >> "$GITHUB_OUTPUT"

case $FAIL_ON/$code in
  never/1) code=0 ;;
  deviation/0)
    if grep -q '"verdict": "known deviation"' "$report"; then
      echo '::error title=Plumbline::there are known deviations, and fail-on says that there may be none'
      code=1
    fi
    ;;
esac
exit "$code"
