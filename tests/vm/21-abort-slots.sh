# SPDX-License-Identifier: GPL-2.0-only
# Expected: with two slots for three vCPUs the third one's aborts are counted as lost, all of them; a
# slot of a VM that has ended serves the next VM.
. /tests/vm/lib.sh

tables() { grep -c '"type":"table"' "$T/out.jsonl"; }

vm_start vm-a --vcpus 2
vm_start vm-b
trace_start --aborts --abort-slots 2 0.2
vm vm-a mmio 10 vcpu=0 >/dev/null
vm vm-a mmio 20 vcpu=1 >/dev/null
vm vm-b mmio 30 >/dev/null
vm vm-a quit >/dev/null
wait "$pid_vm_a"
# three looks: what is new, that there is nothing new, that its threads have ended
now=$(tables)
until [ "$(tables)" -ge $((now + 4)) ]; do usleep 10000; done
vm vm-b mmio 40 >/dev/null
kill -INT "$trace_pid"
wait "$trace_pid"
equal "seatrace's exit status" 0 $?

equal "aborts of vm-a: MMIO exits and doorbells" 32 "$(row vm-a .aborts.count)"
equal "aborts of vm-b when it had a slot" 41 "$(row vm-b .aborts.count)"
equal "untimed aborts" 31 "$(jq 'select(.type == "summary") | .lost.untimed' "$T/out.jsonl")"
equal "lost in all" 31 "$(jq 'select(.type == "summary") | .lost.total' "$T/out.jsonl")"
grep -q '^lost marks: 31 untimed aborts 31$' "$T/out.txt" || fail "the table does not say what is lost"
finish
