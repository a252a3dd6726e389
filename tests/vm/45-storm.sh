# SPDX-License-Identifier: GPL-2.0-only
# Expected: 100,000 aborts of vm-a are sent back and 1,000 of its faults poisoned (tests/campaigns/storm.yaml),
# none of it lost; vm-b, under load all the time, computes what it computes without, in as many exits, takes no
# exception and no signal, and the host's processes get no SIGBUS.
# Groups: override
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs abort-retry pfn-hwpoison

FILE=/tests/campaigns/storm.yaml
STEPS=2000 # of vm-b, at a time

vm_start vm-a --vcpus 2
vm_start vm-b
ln -s "$T/vm-a" /run/vm-a

b_computes() { # exits that STEPS take; the VMM compares each value with what it has to be
	vm vm-b compute $STEPS >"$T/b"
	equal "steps of vm-b" $STEPS "$(field done <"$T/b")"
	exits=$(field exits <"$T/b")
}

memory_errors() { # in the kernel's log, since this test began
	dmesg | awk '/45-storm begins$/ { n = 0; begun = 1 } /Memory failure/ { n++ }
		END { print begun ? n : "no beginning" }'
}

echo "45-storm begins" >/dev/kmsg
b_computes
alone=$exits
run_start "$FILE"
run_armed 1
while [ -d "/proc/$run_pid" ]; do
	if grep -q 'armed: shot 2' "$T/run.txt"; then
		vm vm-a drop 1024 >/dev/null
		vm vm-a touch 1024 vcpu=1 >/dev/null
	else
		vm vm-a mmio 2000 vcpu=1 >/dev/null
	fi
	b_computes
	[ "$exits" = "$alone" ] || fail "vm-b took $exits exits, and $alone without a storm"
done >"$T/meanwhile.txt"
grep -c 'steps of vm-b' "$T/meanwhile.txt" | sed 's/$/ times vm-b computed meanwhile/'
run_end 0
equal "shots" "100000 1000" "$(result 1 fired) $(result 2 fired)"
equal "verdicts" "pass pass" "$(result 1 verdict) $(result 2 verdict)"
equal "outcomes" "transparent guest-notified" "$(result 1 outcome) $(result 2 outcome)"
equal "SIGBUS of vm-a's VMM" 1000 "$(result 2 evidence.counts.signals_ar)"
equal "data aborts of vm-a" 1000 "$(vm vm-a stats vcpu=1 | field dabt)"
equal "marks lost" 0 "$(jq 'select(.type == "campaign") | .lost' "$T/run")"
equal "incidents elsewhere" "0 0" "$(result 1 evidence.elsewhere) $(result 2 evidence.elsewhere)"
equal "exceptions of vm-b" 0 "$(vm vm-b stats | field exceptions)"
equal "SIGBUS of vm-b's VMM" "0 0" "$(vm vm-b stats | field sigbus_ao) $(vm vm-b stats | field sigbus_ar)"
equal "what the kernel says of memory errors" 0 "$(memory_errors)"
alive vm-a vm-b
rm /run/vm-a
finish
