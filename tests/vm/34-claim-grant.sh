# SPDX-License-Identifier: GPL-2.0-only
# Expected: an SEA for which there is no record is taken for claimed: the guest is sent back to its load
# and has the SEA again, until the rule has spent its shots; then it takes one SError. Its VMM hears
# nothing. The other VM's SEA is answered as ever.
# Groups: override
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs claim-grant

vm_start vm-a
vm_start vm-b
fire_start claim-grant vm-a --at-most 5 --marks
vm vm-b hole >"$T/b"
equal "SErrors of vm-b" 1 "$(field serror <"$T/b")"
vm vm-a hole >"$T/a"
fire_end 0
equal "SErrors of vm-a" 1 "$(field serror <"$T/a")"
equal "other exceptions of vm-a" 0 "$(($(field exceptions <"$T/a") - 1))"
equal "shots" 5 "$(tally fired)"
equal "marks of shots" 5 "$(shots '.value == 0 and .vcpu == 0')"
# the last may be on its way still: the hook of the guest's entry to the SEA is another
[ "$(jq -s 'map(select(.mark == "abort")) | length' "$T/shots")" -ge 6 ] ||
	fail "fewer SEAs than shots and vm-b's"
vm vm-a hole >"$T/a"
equal "SErrors when it is over" 1 "$(field serror <"$T/a")"
alive vm-a vm-b
finish
