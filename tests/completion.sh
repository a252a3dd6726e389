#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What bash completes after `PROGRAM --completion bash`: each command's own options, files where a file
# belongs, nothing where nobody can know. A bash of its own is asked, as its line editor would. TAP.
set -euo pipefail
cd "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
bin=build/$(uname -m | sed s/aarch64/arm64/)/bin
declare -A programs=([seatrace]=$(realpath "${SEATRACE:-$bin/seatrace}") [seainject]=$(realpath "${SEAINJECT:-$bin/seainject}"))
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
. tests/tap.sh

# offered WORD...: what there is for the last word, sorted, in one line
offered() {
	(cd "$scratch/here" && bash -euc '
		. "$0"
		[[ $(complete -p "$1") == "complete -F "*" $1" ]]
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		"$(complete -p "$1" | cut -d" " -f3)" || :
		printf "%s\n" "${COMPREPLY[@]}"' "$scratch/$tool" "$tool" "$@") | sort | xargs
}

completes() { # completes WANTED WORD...
	local wanted=$1 got
	shift
	got=$(offered "$@")
	[[ $got == "$wanted" ]] || { echo "'$*' gives '$got'"; return 1; }
}

# As --help has them, with those of another command absent.
options_of() { "${programs[$tool]}" ${1:+"$1"} --help | grep -oE '^.{6}--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort | xargs; }
same_options() { completes "$(options_of "$1")" ${1:+"$1"} --; }

main() {
	mkdir "$scratch/here"
	touch "$scratch/here/sea.rec" "$scratch/here/sea two.rec"
	of_seatrace
	of_seainject
	done_testing
}

of() { # of PROGRAM: of which the next tests are
	tool=$1
	"${programs[$1]}" --completion bash >"$scratch/$1"
	ok "$1: it is bash, without a remark" shellcheck -s bash "$scratch/$1"
}

of_seatrace() {
	of seatrace
	ok "commands" completes "record report" re
	ok "commands, with nothing typed" completes "record report" ""
	ok "no command behind another word" completes "" 5 re
	ok "options" same_options ""
	ok "options of record" same_options record
	ok "options of report, which has no --kprobe" same_options report
	ok "the beginning of an option" completes "--textfile" --textf
	ok "hidden ones stay hidden" completes "" --drop
	ok "files, for record" completes "sea two.rec sea.rec" record s
	ok "files, for report" completes "sea two.rec sea.rec" report s
	ok "files, for an option" completes "sea.rec" -o sea.
	ok "files, behind =" completes "sea.rec" report --output = sea.
	ok "no file for a number" completes "" --timeout s
	ok "no file for an address" completes "" report --prom s
}

of_seainject() {
	of seainject
	ok "commands" completes "check fire list run undo" ""
	for command in "" check fire list run undo; do
		ok "options of ${command:-no command}" same_options "$command"
	done
	ok "files, for run" completes "sea two.rec sea.rec" run s
	ok "files, for an option" completes "sea.rec" run --junit sea.
	ok "no file for a VM" completes "" fire --vm s
}

main "$@"
