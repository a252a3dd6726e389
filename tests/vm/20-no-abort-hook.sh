# SPDX-License-Identifier: GPL-2.0-only
# Expected: with --no-abort-hook nothing is on kvm_handle_guest_abort, and yet SEAs of two VMs, and a
# claimed one with its record, come out as they do without; with kprobes too. Kernels that do not
# tell which vCPU runs (5.10, 6.1) refuse it with 4, and attach nothing.
. /tests/vm/lib.sh

touched() { # touched FUNCTION: traces of anything on it
	cat $TRACEFS/enabled_functions /sys/kernel/debug/kprobes/list | grep -c -w "$1"
}

# What every mode has to give: of each incident what the provoked errors decide, no times.
provoke() { # provoke OPTION...
	rm -f "$T/out.jsonl"
	trace_start "$@"
	equal "programs on kvm_handle_guest_abort with '$*'" "$on_abort" \
		"$(touched kvm_handle_guest_abort)"
	[ "$(touched apei_claim_sea)" -gt 0 ] || fail "nothing is on apei_claim_sea"
	vm vm-a sea 5 vcpu=1 >/dev/null
	vm vm-b sea 3 >/dev/null
	vmtest-firmware sea --pa "$pa" >"$T/firmware.txt" 2>&1 || fail "no record written"
	vm vm-b hole >/dev/null
	trace_stop
	equal "SEAs of vm-a" 5 "$(row vm-a .seas)"
	equal "those that are whole" 5 "$(count '.vm == "vm-a" and .vcpu == 1 and .seas == 1 and
		.serrors == 1 and .esr != null and .spans_ns.phase1 > 0')"
	equal "phases timed" 5 "$(row vm-a .laps.phase1.count)"
	equal "incidents of vm-b" 4 "$(count '.vm == "vm-b"')"
	equal "claimed ones of vm-b, with record and page" 1 \
		"$(count '.vm == "vm-b" and .claimed == 1 and .records == 1 and .memory_failures == 1')"
	equal "incidents in all" 9 "$(count true)"
}

if ! symbols ' d kvm_running_vcpu' | grep -q 'vcpu$'; then
	seatrace --no-abort-hook -d 1 >"$T/out.txt" 2>"$T/err.txt"
	equal "exit status where it cannot be had" 4 $?
	equal "lines" 1 "$(wc -l <"$T/err.txt")"
	grep -q "kvm_running_vcpu" "$T/err.txt" || fail "it does not say why"
	finish
	exit 0
fi

vm_start vm-a --vcpus 2
vm_start vm-b
pa=$(page_pa vm-b 6)
on_abort=1
provoke
on_abort=0
pa=$(page_pa vm-b 7)
provoke --no-abort-hook
pa=$(page_pa vm-b 8)
provoke --no-abort-hook --kprobe
finish
