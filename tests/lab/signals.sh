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

# In a loop over kernels the runner is a child of the loop. The table has one kernel under two names.
loop_ended() {
	local loop child name
	for name in one two; do
		sed -n "s/^$KERNEL /$name /p" "$TOP/vmtest/KERNELS"
	done >"$SCRATCH/KERNELS"
	mkfifo "$SCRATCH/loop.fifo"
	VMTEST_KERNELS=$SCRATCH/KERNELS "$VMTEST" run --no-build -k all -- sh -c 'echo up; exec sleep 1000' \
		</dev/null >"$SCRATCH/loop.fifo" 2>"$SCRATCH/loop.err" &
	loop=$!
	read -r -t 120 _ <"$SCRATCH/loop.fifo" || cat "$SCRATCH/loop.err"
	child=$(tr -d ' ' <"/proc/$loop/task/$loop/children")
	kill -KILL $loop
	await_status $loop
	ok "a loop over kernels that is killed takes its run along" gone "$child"
}

# The same when the run has only just begun: it must not miss that its parent is gone.
loop_ended_early() {
	local loop child
	VMTEST_KERNELS=$SCRATCH/KERNELS "$VMTEST" run --no-build -k all -- sleep 1000 \
		</dev/null >"$SCRATCH/early.out" 2>"$SCRATCH/early.err" &
	loop=$!
	until child=$(tr -d ' ' 2>/dev/null <"/proc/$loop/task/$loop/children") && [[ -n $child ]]; do
		[[ -d /proc/$loop ]] || return 1
	done
	kill -KILL $loop
	await_status $loop
	gone "$child"
}

loop_ended_early_often() {
	for _ in 1 2 3 4 5; do
		loop_ended_early || return 1
	done
}

ended_by INT 130
ended_by TERM 143
ended_by KILL 137
side_by_side
loop_ended
ok "also when it is killed just as it starts one" loop_ended_early_often
end_testing
