#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The manuals say what the programs do. seatrace.8 and seainject.8 render, have the options of --help and
# no other, the exit codes of the source, files that are read, and examples that the program takes, of
# seatrace with recordings replayed and filters applied; seainject.8 has the methods of list. seainject.5 has the keys of the schema and no other, likewise the words of kinds and
# outcomes, and its examples are campaigns. vmtest.1 has the options, environment, words of results and files
# of the sources, and examples that it takes. TAP.
set -euo pipefail
cd "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
seatrace=$(realpath "${SEATRACE:-build/$(uname -m | sed s/aarch64/arm64/)/bin/seatrace}")
seainject=$(realpath "${SEAINJECT:-build/$(uname -m | sed s/aarch64/arm64/)/bin/seainject}")
format=$PWD/user/man/seainject.5.scd
recording=$PWD/tests/golden/three-errors-6.12.rec
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
. tests/tap.sh

vmtest=$PWD/vmtest/vmtest

# about PROGRAM COMMAND...: of which the next tests are
about() {
	tool=$1 program=${!1}
	page=$(echo "$PWD/user/man/$1".[18].scd)
	commands=("" "${@:2}")
}

section() { awk -v name="# $1" '/^```/ { code = !code } !code && /^# / { on = $0 == name; next } on' "$page"; }
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
		(.unsafe == false) and (.seed == 1) and (.budget == 1) and (.hugetlb_max == 16) and (.dead_man_ns == 2e9) and (.warm_up_ns == 0)
		and (.stop == {failures: 0, host_affected: true}) and (.targets[0].probe == null)
		and (.shots[0] | .place == "any" and .vcpu == null and .count == 1 and .timeout_ns == 1e10
			and .settle_ns == 1e9 and .if_available == false
			and .limits == {every: 1, after: 0, probability: 1, gap_ns: 0, delay_ns: 0, window_ns: 0, kinds: []})' >/dev/null
}

# --- vmtest -----------------------------------------------------------------------------------------
# What examples name is there, and a cache in which nothing is.
home() {
	export HOME=$scratch/home XDG_CACHE_HOME=$scratch/cache
	mkdir -p "$HOME"/{mine,linux/arch/arm64/boot,.cache/vmtest/peers}
	touch "$HOME"/mine/{10-funclatency.sh,data} "$HOME"/linux/arch/arm64/boot/Image \
		"$HOME"/{results.sh,linux-image-6.18.15+deb13-arm64_6.18.15-1_arm64.deb}
	ln -sfT "$PWD/tests" "$HOME/tests"
	cd "$HOME"
}

# takes WORD...: all words in front of "--" are looked at before --help is; what matrix has behind it is run's.
takes() {
	local word behind='' command=() options=()
	for word; do
		if [[ $word == -- ]]; then behind=1; elif [[ $behind ]]; then options+=("$word"); else command+=("$word"); fi
	done
	"$vmtest" "${command[@]}" --help >/dev/null &&
		{ [[ $1 != matrix ]] || "$vmtest" run "${options[@]}" --help >/dev/null; }
}

is_kernel() {
	local name
	[[ $1 != */* && $1 != deb:* && $1 != all ]] || return 0
	for name in $("$vmtest" list | cut -d ' ' -f 1); do
		# shellcheck disable=SC2053 # a pattern is one, too
		[[ $name != $1 ]] || return 0
	done
	echo "no kernel $1"
	return 1
}

examples_are_taken() { # examples_are_taken COMMAND-THAT-PRINTS-THEM
	local line i n=0 words=()
	home
	while read -r line; do
		[[ $line == "vmtest "* ]] || continue
		eval "words=($line)"
		takes "${words[@]:1}" || { echo "$line"; return 1; }
		for ((i = 0; i < ${#words[@]} - 1; i++)); do
			[[ ${words[i]} != -k ]] || is_kernel "${words[i + 1]}" || return
		done
		n=$((n + 1))
	done < <("$1")
	((n > 3)) && [[ ! -e $XDG_CACHE_HOME ]]
}

# What is in the manual beside commands: its test is a script that counts, its filter finds what is no pass.
example_test() { examples | sed -n "/<<'END'\$/,/^END/p" | sed '1d;$d'; }
example_test_counts() {
	local counts seen=$scratch/seen
	example_test >"$scratch/test.sh"
	sh -n "$scratch/test.sh" || return
	counts=$(grep ^awk "$scratch/test.sh" | sed "s,/tmp/seen,$seen,")
	printf '     4096 -> 8191       : 300      |** |\n     8192 -> 16383      : 41       |   |\n' >"$seen"
	[[ $(eval "$counts") == "result: 341 reads" ]] || return
	: >"$seen"
	if eval "$counts"; then echo "it has seen nothing, and passes"; return 1; fi
}
example_filter_finds() {
	local filter
	filter=$(examples | grep ^jq)
	printf '{"kernels": [{"series": "6.1", "tests": [{"test": "boot", "status": "pass", "reason": null},
		{"test": "01-a", "status": "fail", "reason": "status 1"}]}]}' >"$scratch/matrix.json"
	[[ $(cd "$scratch" && eval "$filter") == "6.1 01-a fail: status 1" ]]
}

words_of_results_agree() {
	diff <(array vmtest/matrix/matrix.c cell_words | grep -vxE 'waiting|running') <(rows "$page" RESULTS)
}
columns_of_kernels_agree() {
	diff <(sed -nE 's/^# *(SERIES +GATE .*)/\1/p' vmtest/KERNELS) <(section KERNELS | grep '^SERIES') &&
		diff <(sed -nE 's/^# *(SERIES .*)\.\.\..*/\1/p' vmtest/KERNELS | xargs -n 1) \
			<(section KERNELS | sed -nE 's/^(\[\[|\|) +\*([A-Z]+)\*$/\2/p')
}
statuses_of_run_agree() {
	diff <(sed -nE 's/^\tSTATUS_[A-Z]+ = ([0-9]+),.*/\1/p' vmtest/boot/verdict.h) \
		<(section "EXIT STATUS" | sed -n '1,/^Of the others/p' | grep -oE '\*1[0-9]{2}\*' | tr -d '*')
}
environment_agrees() {
	diff <(grep -rhoE '\$\{VMTEST_[A-Z]+:-' vmtest | grep -oE 'VMTEST_[A-Z]+' | grep -vx VMTEST_PARENT | sort -u) \
		<(section ENVIRONMENT | grep -oE '\*VMTEST_[A-Z]+\*' | tr -d '*' | sort -u)
}
files_are_there() {
	local path n=0
	while read -r path; do
		n=$((n + 1))
		case $path in
		vmtest/*) [[ -e $path ]] || { echo "no $path"; return 1; } ;;
		\~/.cache/vmtest) ;;
		\~/.cache/vmtest/*)
			grep -qE "^readonly CACHE_KINDS='(.* )?${path##*/}( .*)?'" vmtest/lib/cache.sh ||
				{ echo "nothing is kept in $path"; return 1; }
			;;
		*) echo "whose is $path?"; return 1 ;;
		esac
	done < <(section FILES | grep -oE '^_.*_$' | tr ',' '\n' | tr -d '_ ')
	((n == 9))
}
unwritable_cache() {
	local status=0
	XDG_CACHE_HOME=/dev/null "$vmtest" cache >/dev/null 2>&1 || status=$?
	((status == 3)) || { echo "status $status"; return 1; }
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
ok "the keys of a campaign" keys_agree 11 CAMPAIGN schema_campaign_keys
ok "the keys of stop" keys_agree 2 STOP schema_stop_keys
ok "the keys of a probe" keys_agree 2 PROBE schema_probe_keys
ok "the keys of a target" keys_agree 2 TARGETS target_keys
ok "the keys of shots" keys_agree 17 SHOTS schema_group_keys
ok "kinds of faults" kinds_agree
ok "outcomes" outcomes_agree "$format"
ok "defaults" defaults_are_said
ok "both examples are campaigns" campaigns_are_right
about vmtest matrix cache bench
ok "vmtest.1 renders without a warning" renders "$page"
ok "it has the sections, in order" has_sections NAME SYNOPSIS DESCRIPTION OPTIONS TESTS RESULTS KERNELS "EXIT STATUS" \
	ENVIRONMENT FILES EXAMPLES NOTES "SEE ALSO"
ok "it has the options of --help" options_agree
ok "it has the statuses of run" statuses_of_run_agree
ok "0, done" ends_with 0 list
ok "2, usage" ends_with 2
for command in run shell matrix bench fetch cache list; do
	ok "2, usage of $command" ends_with 2 $command --no-such-option
done
ok "3, the environment" unwritable_cache
ok "the words of results" words_of_results_agree
ok "the columns of KERNELS" columns_of_kernels_agree
ok "the environment" environment_agrees
ok "its files are there" files_are_there
ok "its examples are taken" examples_are_taken examples
ok "those of --help are taken" examples_are_taken helped_examples
ok "the test of its example counts" example_test_counts
ok "the filter of its example finds what is no pass" example_filter_finds
done_testing
