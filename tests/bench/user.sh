#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What user space costs, measured natively: `KEY VALUE UNIT` per line, the same as JSON in a file, and
# TAP of the gates. Instructions are counted by callgrind and judged: they repeat on a busy machine.
# Rates are of this machine and this moment: they are shown.
set -euo pipefail
cd "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.."
. tests/tap.sh

usage() {
	cat <<-USAGE
	usage: tests/bench/user.sh [BENCH-USER]
	Measures; BENCH-USER is the program that does the work, built by \`make bench-user\`.
	Ends with 0 when all gates of tests/bench/user.gates hold, 1 when one does not.
	USAGE
}

# WORK, what it is measured by, how many marks: at full speed, and under callgrind.
readonly WORKS='
mix		mark	1000000	200000
storm		mark	1000000	300000
report		mark	1000000	50000
json-incident	line	100000	10000
json-mark	line	100000	5000
'
readonly GATES=tests/bench/user.gates

# Callgrind counts each byte of a `rep stosb` or `rep movsb` as an instruction.
readonly HONEST=glibc.cpu.x86_rep_stosb_threshold=100000000:glibc.cpu.x86_rep_movsb_threshold=100000000

# instructions WORK MARKS: per mark or line.
instructions() {
	local units counted
	units=$(GLIBC_TUNABLES=$HONEST valgrind --tool=callgrind --callgrind-out-file="$scratch/callgrind" \
		--toggle-collect='measured_*' "$bench" "$1" "$2" 2>"$scratch/valgrind" | awk 'END { print $1 }') ||
		{ cat "$scratch/valgrind" >&2; return 1; }
	counted=$(awk '$1 == "totals:" { print $2 }' "$scratch/callgrind")
	awk -v n="$counted" -v units="$units" 'BEGIN { printf "%.0f\n", n / units }'
}

# rate WORK MARKS: marks or lines per second of one processor.
rate() { "$bench" "$1" "$2" | awk 'END { printf "%.0f\n", $1 * 1e9 / $2 }'; }

figures() {
	local work unit marks few value
	while read -r work unit marks few; do
		[[ -n $work ]] || continue
		value=$(instructions "$work" "$few")
		printf '%s.instructions %s per %s\n' "$work" "$value" "$unit"
		value=$(rate "$work" "$marks")
		printf '%s.rate %s %ss per second and processor\n' "$work" "$value" "$unit"
	done <<<"$WORKS"
	"$bench" memory 1
}

# within KEY MOST FIGURES: the figure is there, is no 0, and no higher.
within() {
	awk -v key="$1" -v most="$2" '
		$1 == key { found = 1; print $0 ", at most " most; ok = $2 > 0 && $2 <= most }
		END { if (!found) print "no figure " key; exit !ok }' "$3"
}

# judged GATES FIGURES: a test per gate.
judged() {
	local key most
	while read -r key most; do
		ok "$key at most $most" within "$key" "$most" "$2"
	done < <(grep -v '^\(#\|$\)' "$1")
}

# Each gate, were it only a little below what was measured.
notices() {
	local key most value
	while read -r key most; do
		value=$(awk -v key="$key" '$1 == key { print $2 - 1 }' "$1")
		! within "$key" "${value:-0}" "$1" || return 1
	done < <(grep -v '^\(#\|$\)' "$GATES")
	! within no.such.figure 1 "$1"
}

main() {
	case ${1:-} in
	-h | --help) usage && return ;;
	esac
	bench=${1:-build/$(uname -m | sed s/aarch64/arm64/)/bin/bench-user}
	scratch=$(mktemp -d)
	trap 'rm -rf "$scratch"' EXIT
	figures >"$scratch/figures"
	cat "$scratch/figures"
	jq -Rn '[inputs | capture("^(?<key>\\S+) (?<value>\\S+) (?<unit>.*)") | {(.key): {value: (.value | tonumber), unit}}] | add' \
		<"$scratch/figures" >"$bench.json"
	judged "$GATES" "$scratch/figures"
	ok "a gate notices one more, and a figure that is missing" notices "$scratch/figures"
	done_testing
}

main "$@"
