# SPDX-License-Identifier: GPL-2.0-only
# Expected: a fault of the guest is answered by KVM with an SEA: an instruction abort for the guest, also
# for data, which takes it and lives. Its VMM hears nothing of it. The next touch finds the page.
# Groups: override
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs guest-sea

vm_start vm-a
vm_start vm-b
fire_start guest-sea vm-a --gpa 0x80003000
vm vm-b touch 8 >"$T/b"
equal "vm-b's exceptions" 0 "$(field exceptions <"$T/b")"
vm vm-a touch 8 >"$T/a"
fire_end 0
equal "instruction aborts" 1 "$(field iabt <"$T/a")"
equal "their ESR" 0x86000010 "$(field iabt_esr <"$T/a")"
equal "their FAR" 0x80003000 "$(field iabt_far <"$T/a")"
equal "other exceptions" 0 "$(($(field exceptions <"$T/a") - 1))"
equal "SIGBUS AR" 0 "$(field sigbus_ar <"$T/a")"
equal "shots" 1 "$(tally fired)"
equal "marks of shots" 1 "$(shots '.target == "fault" and .addr == "0x80003000" and .value == -8')"
vm vm-a touch 8 >"$T/a"
equal "exceptions at the next touch" 0 "$(field exceptions <"$T/a")"
alive vm-a vm-b
finish
