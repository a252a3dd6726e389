#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Whoever ends the runner, and however: nothing of it stays behind. Two runs do not meet.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

ended_by() {	# ended_by SIGNAL STATUS
	start_host "$1" -- sh -c 'echo up; exec sleep 1000'
	ok "$1: the files of the boot are gone while it runs" no_folder_of $RUNNER
	kill "-$1" $RUNNER
	await_status $RUNNER
	ok "$1: status $2" equal "$2" "$STATUS"
	ok "$1: no QEMU stays" gone "$QEMU"
}

side_by_side() {
	start_host one -- sh -c 'echo up; read -r line; echo one'
	local one=$RUNNER fd=$UP
	start_host two -- sh -c 'echo up; echo two; exit 2'
	await_status "$RUNNER"
	ok "of two at once, the second ends with its own status" equal 2 "$STATUS"
	ok "and its own output" equal two "$(cat <&"$UP")"
	await_status "$one"
	ok "and the first with its own" equal 0 "$STATUS"
	ok "and its own output, too" equal one "$(cat <&"$fd")"
}

# In a loop over kernels the runner is a child of the loop.
loop_ended() {
	local loop child
	"$VMTEST" run --no-build -k all -- sleep 1000 >"$SCRATCH/loop.out" 2>"$SCRATCH/loop.err" &
	loop=$!
	until grep -q '^vmtest: == ' "$SCRATCH/loop.err" && child=$(<"/proc/$loop/task/$loop/children") &&
	      [[ -n $child ]]; do
		[[ -d /proc/$loop ]] || break
	done
	kill -KILL $loop
	await_status $loop
	ok "a loop over kernels that is killed takes its run along" gone "${child%% *}"
}

ended_by INT 130
ended_by TERM 143
ended_by KILL 137
side_by_side
loop_ended
done_testing
