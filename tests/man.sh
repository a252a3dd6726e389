#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The manuals say what the programs do. seatrace.8 and seainject.8 render, have the options of --help and
# no other, the exit codes of the source, files that are read, and examples that the program takes, of
# seatrace with recordings replayed and filters applied; seainject.8 has the methods of list. seainject.5 has the keys of the schema and no other, likewise the words of kinds and
# outcomes, and its examples are campaigns. TAP.
set -euo pipefail
cd "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
seatrace=$(realpath "${SEATRACE:-build/$(uname -m | sed s/aarch64/arm64/)/bin/seatrace}")
seainject=$(realpath "${SEAINJECT:-build/$(uname -m | sed s/aarch64/arm64/)/bin/seainject}")
format=$PWD/user/man/seainject.5.scd
recording=$PWD/tests/golden/three-errors-6.12.rec
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
. tests/tap.sh

# about PROGRAM COMMAND...: of which the next tests are
about() {
	tool=$1 program=${!1} page=$PWD/user/man/$1.8.scd
	commands=("" "${@:2}")
}

section() { sed -n "/^# $1\$/,/^# /p" "$page" | sed '1d;/^# /d'; }
long_options() { grep -oE -- '--[a-z][a-z-]+' | sort -u; }
help_of() { # help_of COMMAND; "" is the program's own
	"$program" ${1:+"$1"} --help
}
helped() { for command in "${commands[@]}"; do help_of "$command" | sed '/^Examples/,$d'; done | long_options; }
examples() { section EXAMPLES | awk '/^```/ { inside = !inside; next } inside'; }
helped_examples() {
	for command in "${commands[@]}"; do help_of "$command"; done | sed -n "s/^  \\($tool .*\\)/\\1/p" | sed -E 's/  +.*//'
}

renders() {
	local said
	said=$(scdoc <"$1" | man --warnings -l - 2>&1 >/dev/null)
	[[ -z $said ]] || { echo "$said"; return 1; }
}
options_agree() { diff <(helped) <(section OPTIONS | long_options); }
has_sections() { # has_sections SECTION...: these among its own, in this order
	diff <(printf '%s\n' "$@") <(grep '^# ' "$page" | cut -c3- | grep -xFf <(printf '%s\n' "$@"))
}

# --- exit codes -------------------------------------------------------------------------------------
codes_agree() {
	diff <(sed -nE 's/^\tEXIT_[A-Z]+ = ([0-9]+),.*/\1/p' user/lib/exit.h) \
		<(section "EXIT STATUS" | grep -oE '\*[0-9]+\*' | tr -d '*')
}
ends_with() { # ends_with STATUS OPTION...
	local wanted=$1 status=0
	shift
	"$program" "$@" >/dev/null 2>&1 </dev/null || status=$?
	((status == wanted)) || { echo "$tool $*: $status"; return 1; }
}

# --- files ------------------------------------------------------------------------------------------
# The part of a path that the sources have as it stands; what stands for a name is in capitals.
files_are_read() {
	local path fixed n=0
	while read -r path; do
		fixed=${path%%[A-Z]*}
		fixed=${fixed%/} fixed=${fixed#/etc/}
		grep -rqF --include='*.[ch]' -- "$fixed\"" user/ || { echo "nothing reads $path"; return 1; }
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
		[[ ${words[0]} == "$tool" ]] || { echo "not of $tool: $line"; return 1; }
		"$program" "${words[@]:1}" --version >/dev/null || { echo "$line"; return 1; }
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

# --- campaign files ---------------------------------------------------------------------------------
# What begins an item of a section, and the keys of the table of which the section is.
documented() { # documented SECTION
	sed -n "/^# $1\$/,/^# /p" "$format" | sed -nE 's/^\*([a-z-]+)\* [_a-z].*/\1/p' | sort
}
in_schema() { # in_schema TABLE
	sed -n "/ $1\[\] = {/,/^};/p" user/inject/campaign_schema.c |
		sed -nE 's/^\t(TEXT|TEXTS|LIST|CYAML_FIELD_[A-Z_]+)\("([a-z-]+)".*/\2/p' | sort
}
keys_agree() { # keys_agree N SECTION TABLE: N keys, the same ones
	local keys
	keys=$(in_schema "$3")
	diff <(echo "$keys") <(documented "$2") && (($(wc -l <<<"$keys") == $1))
}
sections_are_tables() {
	diff <(grep -oE '^(static )?const cyaml_schema_field_t [a-z_]+' user/inject/campaign_schema.c | sed 's/.* //' | sort) \
		<(printf '%s\n' schema_campaign_keys schema_group_keys schema_probe_keys schema_stop_keys target_keys)
}
# Strings of an array, in order, and the words in bold of a part of the manual.
array() { sed -n "/$2\[.*\] = {/,/};/p" "$1" | grep -oE '"[a-z-]+"' | tr -d '"'; }
kinds_agree() {
	diff <(array user/inject/scope.c scope_kinds) \
		<(sed -n '/^\*kinds\*/,/^$/p' "$format" | sed 1d | grep -oE '\*[a-z]+\*' | tr -d '*')
}
# What begins the rows of the tables of a section.
rows() { # rows FILE SECTION
	sed -n "/^# $2\$/,/^# /p" "$1" | sed -nE 's/^(\[\[|\|) +\*([a-z-]+)\*$/\2/p'
}
outcomes_agree() { diff <(array user/inject/outcome.c shot_outcomes) <(rows "$1" OUTCOMES); }
methods_agree() { diff <("$seainject" list -j | jq -r .name) <(rows "$page" METHODS); }

# Each block of the examples into a file of its own.
campaigns_are_right() {
	local file n=0
	sed -n '/^# EXAMPLES/,/^# SEE/p' "$format" |
		awk -v to="$scratch/campaign" '/^```/ { inside = !inside; n += inside; next } inside { print > (to n ".yaml") }'
	for file in "$scratch"/campaign*.yaml; do
		"$seainject" check --offline "$file" >/dev/null || return
		n=$((n + 1))
	done
	((n == 2))
}
defaults_are_said() { # what check shows of a file that says nothing
	printf 'name: n\ntargets: [{vm: a}]\nshots: [{methods: [pfn-hwpoison]}]\n' >"$scratch/least.yaml"
	"$seainject" check --offline -j "$scratch/least.yaml" | jq -e '
		(.unsafe == false) and (.seed == 1) and (.budget == 1) and (.dead_man_ns == 2e9) and (.warm_up_ns == 0)
		and (.stop == {failures: 0, host_affected: true}) and (.targets[0].probe == null)
		and (.shots[0] | .place == "any" and .vcpu == null and .count == 1 and .timeout_ns == 1e10
			and .settle_ns == 1e9 and .if_available == false
			and .limits == {every: 1, after: 0, probability: 1, gap_ns: 0, delay_ns: 0, window_ns: 0, kinds: []})' >/dev/null
}

manual() { # manual SECTION...: what holds of the manual of either program
	ok "$tool.8 renders without a warning" renders "$page"
	ok "it has the sections, in order" has_sections "$@"
	ok "it has the options of --help" options_agree
	ok "it has the exit codes of lib/exit.h" codes_agree
	ok "2, usage" ends_with 2 --no-such-option
	ok "its files are read" files_are_read
	ok "its examples parse" parses examples
	ok "those of --help parse" parses helped_examples
}

about seatrace record report
manual NAME SYNOPSIS DESCRIPTION OPTIONS OVERHEAD "EXIT STATUS" FILES EXAMPLES
ok "0, done" ends_with 0 report "$recording"
ok "3, the environment" ends_with 3 report "$scratch/none"
ok "its examples of report run" replays examples
ok "those of --help run" replays helped_examples
ok "its filters find something" filters
about seainject list fire check run undo
manual NAME SYNOPSIS DESCRIPTION OPTIONS METHODS OUTCOMES SAFETY "EXIT STATUS" FILES EXAMPLES
ok "0, done" ends_with 0 check --offline tests/campaigns/smoke.yaml
ok "2, a mistake in a file" ends_with 2 check --offline /dev/null
ok "3, the environment" ends_with 3 check --offline "$scratch/none"
ok "the methods of list" methods_agree
ok "the outcomes, in order" outcomes_agree "$page"
ok "seainject.5 renders without a warning" renders "$format"
ok "a section for each table of the schema" sections_are_tables
ok "the keys of a campaign" keys_agree 10 CAMPAIGN schema_campaign_keys
ok "the keys of stop" keys_agree 2 STOP schema_stop_keys
ok "the keys of a probe" keys_agree 2 PROBE schema_probe_keys
ok "the keys of a target" keys_agree 2 TARGETS target_keys
ok "the keys of shots" keys_agree 17 SHOTS schema_group_keys
ok "kinds of faults" kinds_agree
ok "outcomes" outcomes_agree "$format"
ok "defaults" defaults_are_said
ok "both examples are campaigns" campaigns_are_right
done_testing
