# SPDX-License-Identifier: GPL-2.0-only
# Expected: an SEA whose record firmware has written is not claimed: its guest takes an SError, and no page
# is taken away. The record that was left unread is cleared before the rule goes: the next SEA of the other
# VM has none to claim. One that is written for it, while the rule is armed, it claims: it is none of the
# rule's, and neither is a record by interrupt.
# Groups: override
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs claim-deny

vm_start vm-a
vm_start vm-b
a=$(page_pa vm-a 5)
witness memory_failure
vmtest-firmware sea --pa "$a" >"$T/firmware.txt" 2>&1 || fail "no record written"
fire_start claim-deny vm-a --marks
vm vm-a hole >"$T/a"
fire_end 0
equal "SErrors of vm-a" 1 "$(field serror <"$T/a")"
equal "pages taken away" 0 "$(witnessed memory_failure)"
equal "shots" 1 "$(tally fired)"
equal "marks of shots" 1 "$(shots '.target == "claim" and .value == -2 and .vcpu == 0')"
equal "SEAs of vm-a" 1 "$(jq -s 'map(select(.mark == "abort")) | length' "$T/shots")"

# nothing is left of it
equal "what is left to undo" 0 "$(seainject undo --list --json | grep -c '"undone":false')"
vm vm-b hole >"$T/b"
equal "SErrors of vm-b" 1 "$(field serror <"$T/b")"
equal "pages taken away by a record that was cleared" 0 "$(witnessed memory_failure)"

# the rule is about vm-a alone
vmtest-firmware sea --pa "$a" >"$T/firmware.txt" 2>&1 || fail "no record written"
fire_start claim-deny vm-a --timeout 0
vmtest-firmware irq --pa "$(page_pa vm-b 5)" >"$T/firmware.txt" 2>&1 || fail "no record injected"
until [ "$(vm vm-b stats | field sigbus_ao)" = 1 ]; do usleep 10000; done
vm vm-b hole >"$T/b"
kill -INT "$fire_pid"
fire_end 0
equal "shots at vm-b's SEAs" 0 "$(tally matched)"
until [ "$(witnessed memory_failure)" -gt 1 ]; do usleep 10000; done
equal "pages taken away by vm-b's record and its claim" 2 "$(witnessed memory_failure)"
alive vm-a vm-b
finish
