#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Prometheus's own reader and linter (promtool) on the metrics that out/prom writes: what it reads is
# clean, and expositions that break the rules are noticed, so that its silence means something.
# Prints TAP; skips where promtool is not installed (Debian: prometheus).
set -euo pipefail
shopt -s inherit_errexit

cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tests=0
failed=0

# ok|"not ok" DESCRIPTION [FILE with the reason]
tap() {
  tests=$((tests + 1))
  printf '%s %d - %s\n' "$1" "$tests" "$2"
  if [[ $1 == ok ]]; then
    return
  fi
  failed=$((failed + 1))
  if [[ -n ${3:-} ]]; then
    sed 's/^/# /' "$3"
  fi
}

# accepted FILE: promtool has nothing to say about it
accepted() {
  promtool check metrics < "$1" > "$work/log" 2>&1 && [[ ! -s $work/log ]]
}

# noticed DESCRIPTION PATTERN SED_SCRIPT: the exposition changed by the script is refused, for the
# reason expected
noticed() {
  sed -E "$3" "$work/metrics" > "$work/spoilt"
  if cmp -s "$work/metrics" "$work/spoilt"; then
    tap "not ok" "notices $1 (nothing was changed)"
  elif accepted "$work/spoilt"; then
    tap "not ok" "notices $1"
  elif grep -qE "$2" "$work/log"; then
    tap ok "notices $1"
  else
    tap "not ok" "notices $1 (failed for another reason)" "$work/log"
  fi
}

if ! type -P promtool > "$work/log"; then
  echo "ok 1 - promtool check metrics # SKIP promtool is not installed (Debian package prometheus)"
  echo "1..1"
  exit 0
fi

machine=$(uname -m)
program=build/${machine/aarch64/arm64}/tests/test_prom
if ! make "$program" > "$work/log" 2>&1 || ! "$program" --print > "$work/metrics" 2> "$work/log"; then
  tap "not ok" "an exposition to look at" "$work/log"
  echo "1..$tests"
  exit 1
fi

if accepted "$work/metrics"; then
  tap ok "promtool reads all of it and finds nothing to say"
else
  tap "not ok" "promtool reads all of it and finds nothing to say" "$work/log"
fi
noticed "a family announced twice" 'TYPE' 's/^# TYPE seatrace_vms .*/&\n&/'
noticed "a family without help" 'no help text' '/^# HELP seatrace_vms /d'
noticed "a counter not called so" '_total' 's/seatrace_seas_total/seatrace_seas/'
noticed "a label that is not escaped" 'error while linting|expected' 's/vm="a\\"b/vm="a"b/'
noticed "milliseconds" 'base unit|seconds' 's/phase_duration_seconds/phase_duration_milliseconds/'

echo "1..$tests"
((failed == 0))
