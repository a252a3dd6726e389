# SPDX-License-Identifier: GPL-2.0-only
# Expected: a record for a page of one VM comes, and memory_failure answers an error for that page alone:
# it is not taken away, its VMM gets no SIGBUS, the guest goes on with it. A record for the other VM's
# page takes its normal course, and so does an SEA there. Who holds a reference on the page (madvise) is let by.
# Groups: override
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs recovery-fail

vm_start vm-a
vm_start vm-b
a=$(page_pa vm-a 5)
b=$(page_pa vm-b 5)
# what is overridden is invisible to whoever attached before: kprobes are called the newest first
witness memory_failure ghes_do_proc
fire_start recovery-fail vm-a --gpa 0x80005000 --value EIO --marks --timeout 30
vmtest-firmware irq --pa "$b" >"$T/firmware.txt" 2>&1 || fail "no record injected"
until [ "$(vm vm-b stats | field sigbus_ao)" = 1 ]; do usleep 10000; done
vm vm-b hole >"$T/b-sea"
vmtest-firmware irq --pa "$a" >"$T/firmware.txt" 2>&1 || fail "no record injected"
fire_end 0
equal "shots" 1 "$(tally fired)"
equal "marks of shots" 1 "$(shots ".target == \"failure\" and .value == -5 and
	.addr == \"$(printf '0x%x' $((a >> 12)))\"")"
equal "records" 2 "$(witnessed ghes_do_proc)"
equal "recoveries that took place" 1 "$(witnessed memory_failure)"
equal "SErrors of vm-b at an SEA of its own" 1 "$(field serror <"$T/b-sea")"
equal "SIGBUS AO of vm-a" 0 "$(vm vm-a stats | field sigbus_ao)"
vm vm-a load page 5 >"$T/a"
equal "vm-a's exceptions at that page" 0 "$(field exceptions <"$T/a")"
vm vm-b load page 5 >"$T/b"
equal "vm-b's data aborts at its own" 1 "$(field dabt <"$T/b")"

# madvise() gives memory_failure a reference to give back
fire_start recovery-fail vm-a --gpa 0x80005000 --timeout 0
vm vm-a poison page 5 >/dev/null
kill -INT "$fire_pid"
fire_end 0
equal "shots where a reference would leak" 0 "$(tally fired)"
equal "calls that were let by for that" 1 "$(tally unsafe)"
vm vm-a load page 5 >"$T/a"
equal "vm-a's data aborts at that page" 1 "$(field dabt <"$T/a")"
alive vm-a vm-b

seainject fire --vm vm-a --method recovery-fail --unsafe 2>"$T/err"
equal "without a place" 2 $?
finish
