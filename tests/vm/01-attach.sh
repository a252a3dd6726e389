# SPDX-License-Identifier: GPL-2.0-only
# Expected: seatrace stops in order on SIGINT, SIGTERM and -d, with trampolines and with kprobes;
# afterwards nothing of it is left on the functions, not even after SIGKILL.
# Groups: all every
. /tests/vm/lib.sh

equal "functions traced before" 0 "$(attached)"
trace_start
[ "$(attached)" -gt 0 ] || fail "nothing is attached"
trace_stop INT
trace_start
trace_stop TERM
trace_start --kprobe
grep -q kvm_handle_guest_abort /sys/kernel/debug/kprobes/list || fail "no kprobe with --kprobe"
trace_stop INT
seatrace -q -d 0.2 >"$T/out.txt" 2>"$T/err.txt"
equal "exit status of -d" 0 $?
seatrace 0.1 2 >"$T/out.txt" 2>"$T/err.txt"
equal "tables of 0.1 2, and the summary" 3 "$(grep -c '^VM ' "$T/out.txt")"
equal "functions traced after" 0 "$(attached)"

# killed, it leaves nothing either: the kernel drops the links with the process
trace_start
kill -9 "$trace_pid"
wait "$trace_pid"
while [ "$(attached)" -gt 0 ]; do usleep 10000; done
finish
