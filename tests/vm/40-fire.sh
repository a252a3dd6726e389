# SPDX-License-Identifier: GPL-2.0-only
# Expected: one shot is observed to its end and judged: a page that goes without the guest's noticing is a
# pass only if the guest was asked; what never found its trigger is none; nothing is fired at a VM that was
# not named, nor without --unsafe, and a dry run does nothing. The neighbour notices nothing of it all.
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs page-poison

fire() { # fire STATUS [OPTION...]: results in $T/run
	status=$1
	shift
	seainject fire --json "$@" >"$T/run" 2>"$T/err.txt"
	ended=$?
	jq -r 'select(.type == "shot") | "\(.outcome): \(.reason)"' "$T/run" >"$T/said.txt"
	equal "exit status of $*" "$status" $ended
}

probe="vmtest-guest ctl $T/{vm} compute 1"
vm_start vm-a --vcpus 2
vm_start vm-b
vm vm-a touch 64 >/dev/null
vm vm-b touch 64 >/dev/null

fire 2 --vm vm-c --method page-poison --gpa 0x80003000 --unsafe
grep -q "there is no such VM; there are: vm-a (process $pid_vm_a), vm-b (process $pid_vm_b)" "$T/err.txt" ||
	fail "$(cat "$T/err.txt")"
fire 2 --vm 'vm-*' --method page-poison --gpa 0x80003000 --unsafe
fire 2 --vm vm-a --method page-poison --gpa 0x80003000
fire 2 --vm vm-a --method page-poison --unsafe

before=$(vm vm-a pa page 3 | field pa)
fire 0 --vm vm-a --method page-poison --gpa 0x80003000 --dry-run --probe "$probe"
equal "verdict of a dry run" dry "$(result 1 verdict)"
equal "what would have been" "0 1" "$(result 1 fired) $(result 1 would)"
equal "the page" "$before" "$(vm vm-a pa page 3 | field pa)"

# nobody asked: that nothing was seen is no evidence
fire 1 --vm vm-a --method page-poison --gpa 0x80003000 --unsafe
equal "outcome, unasked" "transparent fail" "$(result 1 outcome) $(result 1 verdict)"
fire 0 --vm "$pid_vm_a" --method page-poison --gpa 0x80004000 --unsafe --probe "$probe"
equal "outcome" "transparent pass" "$(result 1 outcome) $(result 1 verdict)"
equal "incidents" "1 1 1" \
	"$(result 1 evidence.incidents) $(result 1 evidence.counts.memory_failures) $(result 1 evidence.outcomes.recovered)"
equal "incidents elsewhere" 0 "$(result 1 evidence.elsewhere)"
equal "marks lost" 0 "$(result 1 evidence.lost)"
equal "recoveries that were timed" 1 "$(result 1 phase2.count)"

# it takes two outcomes to be right, and only one is
fire 1 --vm vm-a --method page-poison --gpa 0x80005000 --unsafe --probe "$probe" --expect guest-dead
equal "verdict against what was expected" fail "$(result 1 verdict)"
cat >"$T/answers-once" <<-PROBE
	#!/bin/sh
	[ ! -e $T/asked ] || exit 3
	echo >$T/asked
PROBE
chmod 755 "$T/answers-once"
fire 0 --vm vm-a --method page-poison --gpa 0x80006000 --unsafe --expect guest-dead --probe "$T/answers-once"
equal "outcome of a guest that does not answer" "guest-dead pass" "$(result 1 outcome) $(result 1 verdict)"

# no memory there, and none that comes
fire 1 --vm vm-a --method page-poison --gpa 0x70000000 --unsafe --probe "$probe"
equal "outcome of no memory" "not-activated fail" "$(result 1 outcome) $(result 1 verdict)"
fire 1 --vm vm-a --method page-poison --gpa 0x80100000 --unsafe --probe "$probe" --timeout 0.3
equal "outcome of a page that never came" "not-activated fail" "$(result 1 outcome) $(result 1 verdict)"
# a page that is touched meanwhile is there in time
seainject fire --json --vm vm-a --method page-poison --gpa 0x80100000 --unsafe --probe "$probe" \
	>"$T/run" 2>"$T/err.txt" &
pid=$!
while [ -d "/proc/$pid" ] && ! [ -e "/run/seainject/VM-$pid_vm_a-"* ]; do usleep 1000; done
vm vm-a touch 257 >/dev/null
wait $pid
equal "outcome of a page that came" "0 transparent pass" "$? $(result 1 outcome) $(result 1 verdict)"

# a VMM that has no handler dies of a touch
vm_start vm-c --sigbus none
vm vm-c touch 8 >/dev/null
while vmtest-guest ctl "$T/vm-c" load page 3 >"$T/c" 2>&1; do :; done &
JOBS="$JOBS $!"
# the loads keep its vCPU busy: whoever asks for another command may be told so
fire 0 --vm vm-c --method page-poison --gpa 0x80003000 --unsafe --probe "vmtest-guest ctl $T/{vm} info" \
	--expect vmm-killed
equal "outcome of a VMM that dies" "vmm-killed pass" "$(result 1 outcome) $(result 1 verdict)"
equal "how" "true SIGBUS 1" \
	"$(result 1 evidence.vmm_gone) $(result 1 evidence.vmm_signal) $(result 1 'evidence.outcomes["vmm-killed"]')"

# what was taken away is noticed when it is touched
vm vm-a load page 4 >"$T/a"
equal "data aborts of vm-a" 1 "$(field dabt <"$T/a")"
equal "exceptions of vm-b" 0 "$(vm vm-b stats | field exceptions)"
equal "SIGBUS of vm-b" 0 "$(vm vm-b stats | field sigbus_ar)"
unarmed
equal "locks" 0 "$(ls /run/seainject | wc -l)"
alive vm-a vm-b
finish
