# SPDX-License-Identifier: GPL-2.0-only
# Expected: a lost mark shows: in the count, in the summary, and with --strict in the exit status.
. /tests/vm/lib.sh

vm_start vm-a
trace_start --drop-mark abort:2 --strict
vm vm-a sea 5 >/dev/null
kill -INT "$trace_pid"
wait "$trace_pid"
equal "exit status of --strict" 1 $?
equal "SEAs counted of 5" 4 "$(row vm-a .seas)"
equal "lost marks" 1 "$(lost total)"
equal "incomplete incidents" 1 "$(count .incomplete)"
equal "incidents whose spans do not add up" 0 "$(count '(.spans_ns | add) != .total_ns')"
finish
