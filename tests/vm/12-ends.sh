# SPDX-License-Identifier: GPL-2.0-only
# Expected: what the VMM's own threads consume is that VM's and ends as host-consumed: a page that a
# record took away, an SEA that APEI claims, one that nobody does; an SEA that the VMM wants for itself
# ends with it (from 6.19); a record of what is no memory and a page of the kernel's own are the host's, and
# nothing is taken away.
. /tests/vm/lib.sh

vm_start vm-a
vm_start vm-killed --sigbus none
for page in 5 6; do
	eval "pa_$page=$(page_pa vm-a $page)"
done
trace_start

vmtest-firmware irq --pa "$pa_5" >"$T/firmware.txt" 2>&1 || fail "no record injected"
until [ "$(vm vm-a stats | field sigbus_ao)" -ge 1 ]; do :; done
equal "a page that was taken away (BUS_MCEERR_AR)" 4 "$(vm vm-a consume page 5 | field sigbus)"
equal "an SEA that nobody claims (BUS_OBJERR)" 3 "$(vm vm-a consume hole | field sigbus)"
vmtest-firmware sea --pa "$pa_6" >"$T/firmware.txt" 2>&1 || fail "no record written"
vm vm-a consume hole >"$T/claimed.txt"
vmtest-guest ctl "$T/vm-killed" consume hole >"$T/killed.txt" 2>&1
wait "$pid_vm_killed"
equal "the end of a VMM without a handler (128 + SIGBUS)" 135 $?

to_vmm=0
if [ -n "$(symbol kvm_handle_guest_sea)" ] && vmtest-guest --sea-exit </dev/null >"$T/sea-exit.txt" 2>&1; then
	to_vmm=3
	vm_start vm-exit --sea-exit
	vm vm-exit sea $to_vmm >/dev/null
fi

vmtest-firmware irq --pa 0x7fff00000000 >"$T/firmware.txt" 2>&1 || fail "no record injected"
code=$(sed -n 's/^ *\([0-9a-f]*\)-.* : Kernel code$/\1/p' /proc/iomem)
echo "0x$code" >/sys/devices/system/memory/hard_offline_page 2>"$T/offline.txt"
trace_stop

equal "consumed by vm-a's VMM: a page of a record" 1 "$(count '.vm == "vm-a" and
	.outcome == "host-consumed" and .pa == "'"$pa_5"'" and .claimed == 0 and .records == 1')"
equal "a claimed SEA, its record and page" 1 "$(count '.vm == "vm-a" and
	.outcome == "host-consumed" and .pa == "'"$pa_6"'" and .claimed == 1 and .records == 1')"
equal "SEAs of guests" 0 "$(row vm-a .seas)"
equal "vm-a's ends" "$(row vm-a .incidents)" "$(row vm-a '.outcomes["host-consumed"]')"
[ "$(row vm-a .incidents)" -ge 3 ] || fail "an SEA of the host is missing"
equal "vm-killed's end" vmm-killed "$(jq -r 'select(.vm == "vm-killed") | .outcome' "$T/out.jsonl")"
[ $to_vmm = 0 ] || equal "exits to vm-exit's VMM" $to_vmm "$(row vm-exit .exits_to_vmm)"
# later kernels ask memory_failure about any address
equal "what no memory is at" 1 "$(count '.vm == null and .pa == "0x7fff00000000" and
	.outcome == if .memory_failures == 0 then "dropped" else "ignored" end')"
kept=ignored
case $(uname -r) in
5.*) kept=failed ;; # says so of a kernel page
esac
equal "a page of the kernel's" $kept \
	"$(jq -r --arg pa "0x$(echo "$code" | sed 's/^0*//')" 'select(.pa == $pa) | .outcome' "$T/out.jsonl")"
finish
