# SPDX-License-Identifier: GPL-2.0-only
# Expected: seatrace, attached by trampolines and by kprobes, stops in order; afterwards nothing of it is
# left on the functions, not even after SIGKILL.
# Groups: all every
. /tests/vm/lib.sh

equal "functions traced before" 0 "$(attached)"
trace_start --kprobe
grep -q kvm_handle_guest_abort /sys/kernel/debug/kprobes/list || fail "no kprobe with --kprobe"
trace_stop INT
equal "functions traced after" 0 "$(attached)"

# killed, it leaves nothing either: the kernel drops the links with the process
trace_start
[ "$(attached)" -gt 0 ] || fail "nothing is attached"
kill -9 "$trace_pid"
wait "$trace_pid"
while [ "$(attached)" -gt 0 ]; do usleep 10000; done
finish
