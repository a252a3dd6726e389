#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What bash completes after `seatrace --completion bash`: each command's own options, files where a file
# belongs, nothing where nobody can know. A bash of its own is asked, as its line editor would. TAP.
set -euo pipefail
cd "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
seatrace=$(realpath "${SEATRACE:-build/$(uname -m | sed s/aarch64/arm64/)/bin/seatrace}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
. tests/tap.sh

# offered WORD...: what there is for the last word, sorted, in one line
offered() {
	(cd "$scratch/here" && bash -euc '
		. "$0"
		[[ $(complete -p seatrace) == "complete -F "*" seatrace" ]]
		COMP_WORDS=(seatrace "$@") COMP_CWORD=$#
		"$(complete -p seatrace | cut -d" " -f3)" || :
		printf "%s\n" "${COMPREPLY[@]}"' "$scratch/completion" "$@") | sort | xargs
}

completes() { # completes WANTED WORD...
	local wanted=$1 got
	shift
	got=$(offered "$@")
	[[ $got == "$wanted" ]] || { echo "'$*' gives '$got'"; return 1; }
}

# As --help has them, with those of another command absent.
options_of() { "$seatrace" ${1:+"$1"} --help | grep -oE '^.{6}--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort | xargs; }
same_options() { completes "$(options_of "$1")" ${1:+"$1"} --; }

main() {
	mkdir "$scratch/here"
	touch "$scratch/here/sea.rec" "$scratch/here/sea two.rec"
	"$seatrace" --completion bash >"$scratch/completion"
	ok "it is bash, without a remark" shellcheck -s bash "$scratch/completion"
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
	done_testing
}

main "$@"
