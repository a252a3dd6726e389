# SPDX-License-Identifier: GPL-2.0-only
# Expected: a VMM without a handler dies of the touch; its neighbour does not notice.
. /tests/vm/lib.sh

corrupted() { sed -n 's/^HardwareCorrupted: *//p' /proc/meminfo; }

vm_start vm-bad --sigbus none
vm_start vm-b
pa=$(page_pa vm-bad 3)
trace_start
before=$(corrupted)
vmtest-firmware irq --pa "$pa" >"$T/firmware.txt" 2>&1 || fail "no record injected"
# no handler, no early signal: the kernel's own count tells when the page is gone
until [ "$(corrupted)" != "$before" ]; do :; done
vmtest-guest ctl "$T/vm-bad" load page 3 >"$T/load.txt" 2>&1
wait "$pid_vm_bad"
equal "the VMM's end (128 + SIGBUS)" 135 $?
vm vm-b touch 4 >/dev/null
trace_stop

equal "outcome" vmm-killed "$(jq -r 'select(.type == "incident") | .outcome' "$T/out.jsonl")"
equal "incidents of vm-bad" 1 "$(row vm-bad .incidents)"
equal "vm-bad is gone" true "$(row vm-bad .gone)"
equal "incidents of vm-b" 0 "$(row vm-b .incidents)"
finish
