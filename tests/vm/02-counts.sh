# SPDX-License-Identifier: GPL-2.0-only
# Expected: 23 SEAs in one VM, 7 in the other, none in the bystander; an independent probe on the
# injecting function counts the same; every guest took its SErrors and lives.
# Groups: all every
. /tests/vm/lib.sh

injector=kvm_inject_vabt
[ -n "$(symbol $injector)" ] || injector=kvm_inject_serror_esr

vm_start vm-a --vcpus 2
vm_start vm-b
vm_start vm-c
witness $injector memory_failure
trace_start
vm vm-a sea 12 vcpu=0 >/dev/null
vm vm-b sea 7 >/dev/null
vm vm-a sea 11 vcpu=1 >/dev/null
trace_stop

equal "SEAs of vm-a" 23 "$(row vm-a .seas)"
equal "SEAs of vm-b" 7 "$(row vm-b .seas)"
equal "SEAs of vm-c, a bystander" 0 "$(row vm-c .seas)"
equal "incidents of vm-a" 23 "$(row vm-a .incidents)"
equal "incidents of vm-b that ended in an SError" 7 "$(row vm-b '.outcomes["serror-injected"]')"
equal "SEAs of vm-a's vCPU 1" 11 "$(count '.vm == "vm-a" and .vcpu == 1')"
equal "phases timed" 30 "$(($(row vm-a .laps.phase1.count) + $(row vm-b .laps.phase1.count)))"
equal "the witness's count" 30 "$(witnessed $injector)"
equal "memory failures" 0 "$(witnessed memory_failure)"
equal "SErrors that vm-a took" 23 "$(vm vm-a stats vcpu=all | field serror)"
finish
