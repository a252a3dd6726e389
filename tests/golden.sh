#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Recordings made on real kernels, and exactly what has to come of them; damaged ones get one line and
# exit 3, never a crash. TAP. SEATRACE names the binary, best one built with sanitizers.
# `tests/golden.sh --update` writes the expected output anew: read the difference before you commit.
# `tests/golden.sh --record` makes the recordings anew, in the lab, as a new format or ABI asks for; then
# it updates. Build for arm64 before.
set -euo pipefail
cd "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
seatrace=${SEATRACE:-build/$(uname -m | sed s/aarch64/arm64/)/bin/seatrace}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export TZ=UTC
. tests/tap.sh

report() { "$seatrace" report "$@" </dev/null; }

same() { # same EXPECTED OPTION... : what report gives
	local expected=$1
	shift
	report "$@" >"$scratch/out" && diff "$expected" "$scratch/out"
}

metrics() { # metrics RECORDING: all but what changes with the version
	report -q --textfile "$scratch/metrics" "$1" >/dev/null
	grep -v '^seatrace_build_info' "$scratch/metrics"
}

same_metrics() { diff "${1%.rec}.prom" <(metrics "$1"); }

page() { # page RECORDING: as HTML
	report -q --html "$scratch/page" "$1" >/dev/null
	cat "$scratch/page"
}

same_page() { diff "${1%.rec}.html" <(page "$1"); }

retried() { report -j "$@" "$first" | jq -r 'select(.type == "retry") | "\(.vm) \(.seas)"'; }

# vm-b's vCPU 0 is sent back to the hole once.
retries_are_filtered() {
	local wanted took
	took=$(report -j "$first" | jq -r 'select(.type == "retry") | .total_ns')
	for wanted in --vm=vm-b --vcpu=0 --min-latency=$((took / 1000))us; do
		[[ $(retried "$wanted") == "vm-b 2" ]] || { echo "$wanted: not told"; return 1; }
	done
	for wanted in --vm=vm-a --vcpu=1 --min-latency=10s; do
		[[ -z $(retried "$wanted") ]] || { echo "$wanted: told"; return 1; }
	done
}

# In one line and with its own exit code, whatever is wrong with the file.
refuses() { # refuses FILE
	local status=0
	report -j "$1" >/dev/null 2>"$scratch/err" || status=$?
	[[ $status == 3 && $(wc -l <"$scratch/err") == 1 ]] ||
		{ echo "status $status"; cat "$scratch/err"; return 1; }
}

# Cut anywhere: all that can be said is that it is cut, unless it ends between two entries.
survives_cuts() {
	local size at status
	size=$(stat -c %s "$1")
	for ((at = 0; at < size; at += 211)); do
		head -c $at "$1" >"$scratch/cut"
		status=0
		report -j "$scratch/cut" >/dev/null 2>"$scratch/err" || status=$?
		[[ $status == 0 || $status == 3 ]] || { echo "cut at $at: $status"; cat "$scratch/err"; return 1; }
	done
}

survives_flips() {
	local size at status byte
	size=$(stat -c %s "$1")
	for ((at = 0; at < size; at += 131)); do
		cp "$1" "$scratch/flip"
		byte=$(od -An -tu1 -j $at -N 1 "$1")
		printf '%b' "\\x$(printf %x $((byte ^ 0x5a)))" |
			dd of="$scratch/flip" bs=1 seek=$at conv=notrunc status=none
		status=0
		report -j "$scratch/flip" >/dev/null 2>"$scratch/err" || status=$?
		[[ $status == 0 || $status == 3 ]] || { echo "byte $at: $status"; cat "$scratch/err"; return 1; }
	done
}

update() {
	local recording
	for recording in tests/golden/*.rec; do
		report -j "$recording" >"${recording%.rec}.jsonl"
		report -t "$recording" >"${recording%.rec}.txt"
		metrics "$recording" >"${recording%.rec}.prom"
		page "$recording" >"${recording%.rec}.html"
	done
}

record() {
	local recording series
	local -a options
	for recording in tests/golden/*.rec; do
		series=${recording##*-}
		options=()
		# one vCPU's aborts can be timed, those of the other cannot
		[[ $recording != */aborts-* ]] || options=(--aborts --abort-slots 1)
		vmtest/vmtest run --no-build -k "${series%.rec}" --add tests/golden/three-errors.sh:/root/ -- \
			sh /root/three-errors.sh "${options[@]}" | tr -d '\r' | base64 -d >"$scratch/rec"
		mv "$scratch/rec" "$recording"
	done
}

main() {
	local recording name first
	[[ ${1:-} != --record ]] || record
	if [[ ${1:-} == --record || ${1:-} == --update ]]; then
		update
		return
	fi
	for recording in tests/golden/*.rec; do
		name=$(basename "$recording" .rec)
		ok "$name: JSON" same "${recording%.rec}.jsonl" -j "$recording"
		ok "$name: text" same "${recording%.rec}.txt" -t "$recording"
		ok "$name: metrics" same_metrics "$recording"
		ok "$name: page" same_page "$recording"
	done
	first=tests/golden/three-errors-6.12.rec
	ok "of retries those that are wanted" retries_are_filtered
	ok "no recording at all" refuses README.md
	ok "a file that is not there" refuses "$scratch/none"
	head -c 3000 "$first" >"$scratch/short"
	ok "cut in the middle of an entry" refuses "$scratch/short"
	ok "cut anywhere" survives_cuts "$first"
	ok "a wrong byte anywhere" survives_flips "$first"
	done_testing
}

main "$@"
