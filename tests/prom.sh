#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Prometheus's own reader and linter (promtool) on the metrics that out/prom writes: what it reads is
# clean, and expositions that break the rules are noticed, so that its silence means something. TAP;
# skips where promtool is not installed. TEST_PROM names the binary.
set -euo pipefail
cd "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
program=${TEST_PROM:-build/$(uname -m | sed s/aarch64/arm64/)/tests/test_prom}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
. tests/tap.sh

# clean FILE: promtool reads all of it and has nothing to say
clean() {
	if ! promtool check metrics <"$1" >"$scratch/said" 2>&1 || [[ -s $scratch/said ]]; then
		cat "$scratch/said"
		return 1
	fi
}

# notices PATTERN SED_SCRIPT: the exposition as the script changes it is refused, for this reason
notices() {
	sed -E "$2" "$scratch/metrics" >"$scratch/spoilt"
	! cmp -s "$scratch/metrics" "$scratch/spoilt" || { echo "nothing was changed"; return 1; }
	! clean "$scratch/spoilt" >"$scratch/log" || { echo "nothing was said"; return 1; }
	grep -qE "$1" "$scratch/log" || { echo "for another reason:"; cat "$scratch/log"; return 1; }
}

main() {
	if ! type -P promtool >/dev/null; then
		skip "promtool check metrics" "promtool is not installed (Debian: prometheus)"
		done_testing
		return
	fi
	"$program" --print >"$scratch/metrics"
	ok "nothing to say" clean "$scratch/metrics"
	ok "notices a family announced twice" notices 'second TYPE' 's/^# TYPE seatrace_vms .*/&\n&/'
	ok "notices a family without help" notices 'no help text' '/^# HELP seatrace_vms /d'
	ok "notices a counter not called so" notices '"_total"' 's/seatrace_seas_total/seatrace_seas/'
	ok "notices a label that is not escaped" notices 'error while linting' 's/vm="a\\"b/vm="a"b/'
	ok "notices milliseconds" notices 'base unit' 's/phase_duration_seconds/phase_duration_milliseconds/'
	done_testing
}

main "$@"
