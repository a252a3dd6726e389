# SPDX-License-Identifier: GPL-2.0-only
# Expected: KVM_RUN of one vCPU fails once, with the error that was asked for; when its VMM calls again
# its guest goes on as if nothing had been. The other vCPU and the other VM take nothing.
# Groups: all override
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs run-errno

vm_start vm-a --vcpus 2
vm_start vm-b
fire_start run-errno vm-a --vcpu 1 --value ENOMEM
equal "exits of vm-b meanwhile" 50 "$(vm vm-b mmio 50 | field done)"
equal "exits of vCPU 0 meanwhile" 50 "$(vm vm-a mmio 50 vcpu=0 | field done)"
said=$(refused vm-a mmio 5 vcpu=1)
equal "what stops vCPU 1" "KVM_RUN: ENOMEM" "$(echo "$said" | sed 's/.*halted: \(.*\) (.*/\1/')"
fire_end 0
equal "shots" 1 "$(tally fired)"
equal "marks of shots at vCPU 1" 1 "$(shots '.vcpu == 1 and .value == -12 and .match == 1')"
vm vm-a cont vcpu=1 >/dev/null
vm vm-a wait vcpu=1 >"$T/done"
equal "exits of vCPU 1 when it went on" 5 "$(field done <"$T/done")"
equal "exceptions of vm-a" "0 0 0" "$(vm vm-a stats vcpu=all |
	sed 's/.* dabt=\([0-9]*\).* iabt=\([0-9]*\).* serror=\([0-9]*\).*/\1 \2 \3/')"
alive vm-a vm-b

# 0 cannot be forced where it is done by fmod_ret, and is no error anyway
seainject fire --vm vm-a --method run-errno --value 0 --unsafe 2>"$T/err"
equal "a value that is no error" 2 $?

# whoever does not call is not hit
fire_start run-errno vm-a --timeout 0.3
vm vm-b mmio 50 >/dev/null
fire_end 1
equal "shots without a call" 0 "$(tally fired)"
equal "matches without a call" 0 "$(tally matched)"
alive vm-a vm-b
finish
