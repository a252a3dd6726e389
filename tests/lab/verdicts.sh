#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Each way in which a run can end has its own status and its own line.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

log_is_kept() { [[ -s $(kept_log "$1") ]] || { echo "no log: $(cat "$1")"; return 1; }; }

# shellcheck disable=SC2016 # nothing is to be expanded
readonly WORDS=("two words" "it's" '"q"' '$HOME `id`' $'new\nline\t' $'\xff\x01' '' '*' "\\" '#;&|')

queue_all() {
	printf '#!/bin/sh\necho qemu: cannot >&2\nexit 1\n' >"$SCRATCH/qemu"
	chmod +x "$SCRATCH/qemu"
	queue_host zero -- sh -c 'printf "<%s>" "$@"; echo complaint >&2; sleep 1000 &' name "${WORDS[@]}"
	queue_host seven -- sh -c 'seq 1 100000; exit 7'
	# shellcheck disable=SC2016 # the host's shell expands it
	queue_host segv -- sh -c 'kill -SEGV $$'
	queue_host timeout --timeout 1 -- sh -c 'echo before; exec sleep 1000'
	queue_host panic -- sh -c 'echo before; echo c >/proc/sysrq-trigger'
	queue_host hung --hang-timeout 3 -- sh -c \
		"printf '{\"execute\": \"stop\"}\n' >/dev/virtio-ports/sea.qmp; exec sleep 1000"
	queue_host splat -- sh -c 'echo "WARNING: made up by a test" >/dev/kmsg'
	queue_host off -- poweroff -f
	queue_host slow --boot-timeout 1 -- true
	queue_host broken -- true
	QUEUE[broken]="VMTEST_QEMU=$SCRATCH/qemu ${QUEUE[broken]}"
}

status_zero() {
	printf '<%s>' "${WORDS[@]}" >"$SCRATCH/wanted"
	ok "status 0 is 0, whatever the command left running" equal 0 "$(status_of zero)"
	ok "any byte of an argument survives" cmp "$SCRATCH/wanted" "$SCRATCH/zero.out"
	ok "stderr is kept apart, and nothing else is said" equal complaint "$(<"$SCRATCH/zero.err")"
}

status_seven() {
	ok "status 7 is 7" equal 7 "$(status_of seven)"
	ok "a long output arrives whole" cmp <(seq 1 100000) "$SCRATCH/seven.out"
}

killed_command() {
	ok "a command killed by a signal is told, as 123" equal 123 "$(status_of segv)"
	ok "and which" has "$SCRATCH/segv.err" "signal 11"
}

timed_out() {
	ok "a command that takes too long: 124" equal 124 "$(status_of timeout)"
	ok "it says TIMEOUT" has "$SCRATCH/timeout.err" "TIMEOUT"
	ok "what it had printed is there" equal before "$(<"$SCRATCH/timeout.out")"
	ok "the log is kept" log_is_kept "$SCRATCH/timeout.err"
}

panic() {
	ok "a panic: 126" equal 126 "$(status_of panic)"
	ok "it says PANIC and when" has "$SCRATCH/panic.err" "PANIC: while the command ran"
	ok "the panic's text is shown" has "$SCRATCH/panic.err" "sysrq triggered crash"
	ok "it is not called LOST" lacks "$SCRATCH/panic.err" LOST
	ok "the log is kept" log_is_kept "$SCRATCH/panic.err"
}

hung() {
	ok "a host in which nothing runs any more: 126" equal 126 "$(status_of hung)"
	ok "it says HUNG" has "$SCRATCH/hung.err" "HUNG: QEMU lives, and nothing has run in it for 3 s"
	ok "the log is kept" log_is_kept "$SCRATCH/hung.err"
}

splat() {
	ok "a splat: 126, though the command succeeded" equal 126 "$(status_of splat)"
	ok "it says SPLAT and which" has "$SCRATCH/splat.err" "WARNING: made up by a test"
	ok "and the command's own status" has "$SCRATCH/splat.err" "ended with status 0"
}

powered_off() {
	ok "a host that switches itself off: 126" equal 126 "$(status_of off)"
	ok "it says LOST, and how" has "$SCRATCH/off.err" "LOST: the host switched itself off"
}

no_boot() {
	ok "a host that is not up in time: 125" equal 125 "$(status_of slow)"
	ok "it says BOOT FAILED" has "$SCRATCH/slow.err" "BOOT FAILED: the host was not up after 1 s"
	ok "a QEMU that does not start: 125" equal 125 "$(status_of broken)"
	ok "with what it said" has "$SCRATCH/broken.err" "BOOT FAILED: QEMU ended with status 1: qemu: cannot"
}

lost() {
	start_host lost -- sh -c 'echo up; exec sleep 1000'
	kill -KILL "$QEMU"
	await_status "$RUNNER"
	ok "QEMU killed: 126" equal 126 "$STATUS"
	ok "it says LOST, and how" has "$SCRATCH/lost.err" "LOST: QEMU was killed by signal 9"
}

queue_all
run_queue
status_zero
status_seven
killed_command
timed_out
panic
hung
splat
powered_off
no_boot
lost
end_testing
