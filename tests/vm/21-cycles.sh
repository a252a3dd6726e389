# SPDX-License-Identifier: GPL-2.0-only
# Expected: seatrace attaches and detaches CYCLES times (6), two of it at the same time, while one guest
# computes, each step checked by its VMM at an MMIO exit, and another takes SEAs: both go on, no step or
# SError is missing, nothing of seatrace stays in the kernel.
# Groups: all every
. /tests/vm/lib.sh

CGROUPS=/sys/fs/cgroup

progress() { # progress VM FIELD: what its guest has done by now
	vm "$1" stats | field "$2"
}

aborts() { # SEAs, each of a command of its own, whose answer is a line
	yes "sea 1" | head -n 10 | vmtest-guest ctl "$T/vm-b" - >>"$T/aborts"
}

vm_start vm-a
vm_start vm-b
equal "traced before" 0 "$(attached)"
# a fifth of a processor is enough to be noticed in, and leaves the rest to what is tested
[ -e $CGROUPS/cgroup.procs ] || mount -t cgroup2 cgroup2 $CGROUPS || fail "no cgroups"
mkdir -p $CGROUPS/vm-a && echo +cpu >$CGROUPS/cgroup.subtree_control &&
	echo "20000 100000" >$CGROUPS/vm-a/cpu.max && echo "$pid_vm_a" >$CGROUPS/vm-a/cgroup.procs ||
	fail "vm-a cannot be slowed down"
vm vm-a compute 4000000000 async=1 >/dev/null
computed=0 aborted=0
rounds=$((${CYCLES:-6} / 2))
for cycle in $(seq $rounds); do
	aborts &
	aborts=$!
	# lost marks are exit status 1
	seatrace -d 1000 --timeout 1 --strict >"$T/other.txt" 2>&1 </dev/null &
	other=$!
	JOBS="$JOBS $other"
	TRACE_TEXT="" trace_start --timeout 1 --strict
	while ! grep -q "hooks attached" "$T/other.txt"; do
		kill -0 $other 2>/dev/null || fail "cycle $cycle: the other seatrace did not start"
		usleep 10000
	done
	[ "$(attached)" -gt 0 ] || fail "cycle $cycle: nothing is attached"
	wait $aborts || fail "cycle $cycle: vm-b does not answer"
	aborts &
	aborts=$!
	kill -INT "$trace_pid" $other
	wait "$trace_pid" || fail "cycle $cycle: seatrace ended with $?"
	wait $other || fail "cycle $cycle: the other seatrace ended with $?"
	equal "cycle $cycle: traced after" 0 "$(attached)"
	wait $aborts || fail "cycle $cycle: vm-b does not answer"
	before="$computed $aborted"
	computed=$(progress vm-a mmio) aborted=$(progress vm-b serror)
	[ "$computed" -gt "${before% *}" ] || fail "cycle $cycle: vm-a stands still at $computed steps"
	[ "$aborted" -gt "${before#* }" ] || fail "cycle $cycle: vm-b stands still at $aborted SEAs"
done

vm vm-a stop >/dev/null
vm vm-a wait >"$T/computed.txt"
equal "steps, each seen by the VMM" "$(field done <"$T/computed.txt")" "$(field mmio <"$T/computed.txt")"
equal "exceptions in vm-a" 0 "$(field exceptions <"$T/computed.txt")"
equal "SEAs of vm-b" $((rounds * 20)) "$(wc -l <"$T/aborts")"
equal "SEAs of vm-b not answered by one SError" "" "$(grep -v ' done=1 .* exceptions=1 .* serror=1 ' "$T/aborts")"
# the kernel frees programs when RCU lets it
while grep -F bpf_prog_ /proc/kallsyms | grep -q _sea_; do usleep 10000; done
finish
