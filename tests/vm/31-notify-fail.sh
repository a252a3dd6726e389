# SPDX-License-Identifier: GPL-2.0-only
# Expected: the VMM gets its SIGBUS, and cannot tell its guest, which stands still; when the VMM tries
# again the guest takes its data abort, once. The other VM is told at its first try.
# Groups: all override
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs notify-fail

vm_start vm-a
vm_start vm-b
vm vm-a poison page 3 >/dev/null
vm vm-b poison page 3 >/dev/null
fire_start notify-fail vm-a
vm vm-b load page 3 >"$T/b"
equal "vm-b's data aborts" 1 "$(field dabt <"$T/b")"
said=$(refused vm-a load page 3)
equal "what stops vm-a" "KVM_SET_VCPU_EVENTS: EINVAL" \
	"$(echo "$said" | sed 's/.*halted: \(.*\) (.*/\1/')"
fire_end 0
equal "shots" 1 "$(tally fired)"
equal "marks of shots" 1 "$(shots '.target == "events" and .value == -22')"
equal "SIGBUS AR by then" 1 "$(vm vm-a stats | field sigbus_ar)"
equal "data aborts by then" 0 "$(vm vm-a stats | field dabt)"
vm vm-a cont >/dev/null
vm vm-a wait >"$T/a"
equal "data aborts when told" 1 "$(field dabt <"$T/a")"
equal "their ESR" 0x96000010 "$(field dabt_esr <"$T/a")"
alive vm-a vm-b
finish
