#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The manual says what the program does: it renders, has the options of --help and no other, the exit
# codes of the source, files that are read, and examples that the program takes, recordings replayed
# and filters applied. TAP.
set -euo pipefail
cd "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
seatrace=$(realpath "${SEATRACE:-build/$(uname -m | sed s/aarch64/arm64/)/bin/seatrace}")
page=$PWD/user/man/seatrace.8.scd
recording=$PWD/tests/golden/three-errors-6.12.rec
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
. tests/tap.sh

section() { sed -n "/^# $1\$/,/^# /p" "$page" | sed '1d;/^# /d'; }
long_options() { grep -oE -- '--[a-z][a-z-]+' | sort -u; }
helped() { for sub in "" record report; do "$seatrace" $sub --help | sed '/^Examples/,$d'; done | long_options; }
examples() { section EXAMPLES | awk '/^```/ { inside = !inside; next } inside'; }
helped_examples() { for sub in "" record report; do "$seatrace" $sub --help; done | sed -n 's/^  \(seatrace .*\)/\1/p' | sed -E 's/  +.*//'; }

renders() {
	local said
	said=$(scdoc <"$page" | man --warnings -l - 2>&1 >/dev/null)
	[[ -z $said ]] || { echo "$said"; return 1; }
}
options_agree() { diff <(helped) <(sed -n '/^# OPTIONS/,/^# OUTCOMES/p' "$page" | long_options); }
has_sections() {
	diff <(printf '%s\n' NAME SYNOPSIS DESCRIPTION OPTIONS OVERHEAD "EXIT STATUS" FILES EXAMPLES) \
		<(grep -xE '# (NAME|SYNOPSIS|DESCRIPTION|OPTIONS|OVERHEAD|EXIT STATUS|FILES|EXAMPLES)' "$page" | cut -c3-)
}

# --- exit codes -------------------------------------------------------------------------------------
codes_agree() {
	diff <(sed -nE 's/^\tEXIT_[A-Z]+ = ([0-9]+),.*/\1/p' user/lib/exit.h) \
		<(section "EXIT STATUS" | grep -oE '\*[0-9]+\*' | tr -d '*')
}
ends_with() { # ends_with STATUS OPTION...
	local wanted=$1 status=0
	shift
	"$seatrace" "$@" >/dev/null 2>&1 </dev/null || status=$?
	((status == wanted)) || { echo "seatrace $*: $status"; return 1; }
}

# --- files ------------------------------------------------------------------------------------------
# The part of a path that the sources have as it stands; what stands for a name is in capitals.
files_are_read() {
	local path fixed n=0
	while read -r path; do
		fixed=${path%%[A-Z]*}
		fixed=${fixed%/} fixed=${fixed#/etc/}
		grep -rqF --include='*.c' -- "$fixed\"" user/ || { echo "nothing reads $path"; return 1; }
		n=$((n + 1))
	done < <(section FILES | grep -oE '_/[^_]+_' | tr -d _)
	((n > 3))
}

# --- examples ---------------------------------------------------------------------------------------
# Every word is taken, and nothing is watched: --version is looked at last.
parses() {
	local line n=0 words=()
	while read -r line; do
		eval "words=(${line%%|*})"
		[[ ${words[0]} == seatrace ]] || { echo "not of seatrace: $line"; return 1; }
		"$seatrace" "${words[@]:1}" --version >/dev/null || { echo "$line"; return 1; }
		n=$((n + 1))
	done < <("$1")
	((n > 3))
}

# A report of whatever recording the example names, with its own filter.
replays() {
	local line n=0
	cd "$scratch"
	while read -r line; do
		[[ $line == "seatrace report"* && $line != *--tui* ]] || continue
		cp "$recording" "$(grep -oE '[a-z]+\.rec' <<<"$line")"
		bash -euo pipefail -c "seatrace() { '$seatrace' \"\$@\"; }; $line" >/dev/null || { echo "$line"; return 1; }
		n=$((n + 1))
	done < <("$1")
	((n > 0))
}

# What is filtered live must have something to find in what a replay gives.
filters() {
	local line said n=0
	while read -r line; do
		[[ $line == *"| jq "* && $line != *" report "* ]] || continue
		said=$(bash -euo pipefail -c "seatrace() { '$seatrace' report -j '$recording' | sed s/vm-a/web-1/; }; $line") ||
			{ echo "$line"; return 1; }
		[[ $said == *'"0x'* ]] || { echo "$line finds: $said"; return 1; }
		n=$((n + 1))
	done < <(examples)
	((n > 0))
}

ok "seatrace.8 renders without a warning" renders
ok "it has the sections, in order" has_sections
ok "it has the options of --help" options_agree
ok "it has the exit codes of lib/exit.h" codes_agree
ok "0, done" ends_with 0 report "$recording"
ok "2, usage" ends_with 2 --no-such-option
ok "3, the environment" ends_with 3 report "$scratch/none"
ok "its files are read" files_are_read
ok "its examples parse" parses examples
ok "those of --help parse" parses helped_examples
ok "its examples of report run" replays examples
ok "those of --help run" replays helped_examples
ok "its filters find something" filters
done_testing
