# SPDX-License-Identifier: GPL-2.0-only
# Expected: a guest's abort at one address ends in an error of KVM_RUN; the guest stands at the same
# instruction, and when its VMM calls again it goes on. Addresses beside it and the other VM are served.
# Groups: override
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs abort-errno

vm_start vm-a
vm_start vm-b
fire_start abort-errno vm-a --gpa 0x80004000 --kind write --value EIO
vm vm-b touch 8 >/dev/null
vm vm-a touch 4 >"$T/a"
equal "pages below it" 4 "$(field done <"$T/a")"
said=$(refused vm-a touch 4 0x80004000)
equal "what stops vm-a" "KVM_RUN: EIO" "$(echo "$said" | sed 's/.*halted: \(.*\) (.*/\1/')"
fire_end 0
equal "shots" 1 "$(tally fired)"
equal "matches" 1 "$(tally matched)"
equal "marks of shots there" 1 "$(shots '.addr == "0x80004000" and .value == -5 and .vcpu == 0')"
vm vm-a cont >/dev/null
vm vm-a wait >"$T/a"
equal "pages when it went on" 4 "$(field done <"$T/a")"
equal "exceptions of the guest" 0 "$(field exceptions <"$T/a")"
alive vm-a vm-b

# a load of a device's register is an abort too
fire_start abort-errno vm-a --gpa 0x09001000 --value EFAULT
said=$(refused vm-a mmio 3)
equal "what stops it at a device" "KVM_RUN: EFAULT" \
	"$(echo "$said" | sed 's/.*halted: \(.*\) (.*/\1/')"
fire_end 0
vm vm-a cont >/dev/null
vm vm-a wait >"$T/a"
equal "exits when it went on" 3 "$(field done <"$T/a")"
alive vm-a vm-b
finish
