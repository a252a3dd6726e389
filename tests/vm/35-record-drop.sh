# SPDX-License-Identifier: GPL-2.0-only
# Expected: a record for a page of one VM is read, and nothing is done: memory_failure is not asked, the
# VMM gets no SIGBUS, the guest goes on with the page. A record for the other VM takes its normal course,
# and so does an SEA there.
# Groups: override
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs record-drop

vm_start vm-a
vm_start vm-b
a=$(page_pa vm-a 5)
b=$(page_pa vm-b 5)
witness memory_failure ghes_do_proc
fire_start record-drop vm-a --gpa 0x80005000 --timeout 30
vmtest-firmware irq --pa "$b" >"$T/firmware.txt" 2>&1 || fail "no record injected"
until [ "$(vm vm-b stats | field sigbus_ao)" = 1 ]; do usleep 10000; done
vm vm-b hole >"$T/b-sea"
vmtest-firmware irq --pa "$a" >"$T/firmware.txt" 2>&1 || fail "no record injected"
fire_end 0
equal "shots" 1 "$(tally fired)"
equal "marks of shots" 1 "$(shots ".target == \"record\" and .value == 0 and
	.addr == \"$(printf '0x%x' $((a >> 12)))\"")"
equal "records" 2 "$(witnessed ghes_do_proc)"
equal "recoveries asked for" 1 "$(witnessed memory_failure)"
equal "SErrors of vm-b at an SEA of its own" 1 "$(field serror <"$T/b-sea")"
equal "SIGBUS AO of vm-a" 0 "$(vm vm-a stats | field sigbus_ao)"
vm vm-a load page 5 >"$T/a"
equal "vm-a's exceptions at that page" 0 "$(field exceptions <"$T/a")"
vm vm-b load page 5 >"$T/b"
equal "vm-b's data aborts at its own" 1 "$(field dabt <"$T/b")"
alive vm-a vm-b
finish
