# SPDX-License-Identifier: GPL-2.0-only
# Expected: a page of one VM is taken away, and its VMM is not told (no AO); when the guest touches it, the
# next signals are dropped too: the guest is sent back to its load, until the shots are spent and the VMM
# gets its AR, tells the guest, which takes one data abort and lives. The other VM is told each time.
# Groups: override
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs sigbus-drop

vm_start vm-a
vm_start vm-b
a=$(page_pa vm-a 5)
b=$(page_pa vm-b 5)
witness memory_failure
fire_start sigbus-drop vm-a --at-most 4 --timeout 30
vmtest-firmware irq --pa "$a" >"$T/firmware.txt" 2>&1 || fail "no record injected"
until [ "$(jq -s 'map(select(.mark == "shot")) | length' "$T/shots")" = 1 ]; do usleep 10000; done
equal "SIGBUS AO of vm-a" 0 "$(vm vm-a stats | field sigbus_ao)"
vmtest-firmware irq --pa "$b" >"$T/firmware.txt" 2>&1 || fail "no record injected"
until [ "$(vm vm-b stats | field sigbus_ao)" = 1 ]; do usleep 10000; done
vm vm-a load page 5 >"$T/a"
fire_end 0
equal "shots" 4 "$(tally fired)"
equal "marks of shots" 4 "$(shots '.target == "signal" and .value == 0')"
equal "SIGBUS AR of vm-a, after that" 1 "$(field sigbus_ar <"$T/a")"
equal "data aborts of vm-a" 1 "$(field dabt <"$T/a")"
equal "their FAR" 0x80005000 "$(field dabt_far <"$T/a")"
vm vm-b load page 5 >"$T/b"
equal "SIGBUS AR of vm-b" 1 "$(field sigbus_ar <"$T/b")"

# only for one page
page_pa vm-a 7 >/dev/null
fire_start sigbus-drop vm-a --gpa 0x80007000 --timeout 0
vm vm-a load page 5 >"$T/a"
equal "SIGBUS AR for another page" 1 "$(field sigbus_ar <"$T/a")"
kill -INT "$fire_pid"
fire_end 0
equal "matches for another page" 0 "$(tally matched)"
alive vm-a vm-b
finish
