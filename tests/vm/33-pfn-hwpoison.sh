# SPDX-License-Identifier: GPL-2.0-only
# Expected: a page that the guest touches for the first time is answered as poisoned: the VMM gets SIGBUS
# AR for its address and tells the guest, which takes a data abort there and lives. No page is lost: the
# next touch finds it. Pages beside it, reads, the other VM: nothing.
# Groups: override
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs pfn-hwpoison

vm_start vm-a --vcpus 2
vm_start vm-b
poisoned=$(sed -n 's/^HardwareCorrupted: *//p' /proc/meminfo)
fire_start pfn-hwpoison vm-a --gpa 0x80010000+64K --kind write --marks
vm vm-b touch 40 >"$T/b"
equal "vm-b's exceptions" 0 "$(field exceptions <"$T/b")"
vm vm-a touch 16 >"$T/a"
equal "exceptions below it" 0 "$(field exceptions <"$T/a")"
vm vm-a load 0x80011000 >"$T/a"
equal "exceptions by a load" 0 "$(field exceptions <"$T/a")"
vm vm-a touch 1 0x80014000 vcpu=1 >"$T/a"
fire_end 0
equal "data aborts of vCPU 1" 1 "$(field dabt <"$T/a")"
equal "their ESR" 0x96000010 "$(field dabt_esr <"$T/a")"
equal "their FAR" 0x80014000 "$(field dabt_far <"$T/a")"
equal "SIGBUS AR" 1 "$(field sigbus_ar <"$T/a")"
equal "shots" 1 "$(tally fired)"
equal "marks of shots" 1 \
	"$(shots '.vcpu == 1 and .addr == "0x80014000" and .value == 9218868437227405313')"
vm vm-a touch 1 0x80014000 vcpu=0 >"$T/a"
equal "exceptions at the next touch" 0 "$(field exceptions <"$T/a")"
equal "memory that was taken away" "$poisoned" "$(sed -n 's/^HardwareCorrupted: *//p' /proc/meminfo)"
alive vm-a vm-b
finish
