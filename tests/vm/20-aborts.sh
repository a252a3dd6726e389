# SPDX-License-Identifier: GPL-2.0-only
# Expected: with --aborts every abort is timed once, for its VM: as many as kprobe events see of the
# VM's threads, the SEAs among them, with a median near theirs; the SEAs' incidents are there as ever. A
# VM that ended keeps its numbers. Likewise by kprobes.
. /tests/vm/lib.sh

# Both ends of the function, with time stamps and threads.
watch_aborts() {
	witness kvm_handle_guest_abort
	echo "r64:witness/abort_end kvm_handle_guest_abort" >>$TRACEFS/kprobe_events
	echo 1 >$TRACEFS/events/witness/abort_end/enable
	echo >$TRACEFS/trace
}

# What it saw: "TID MICROSECONDS", a line per abort in the order of their ends.
read_aborts() {
	grep -q 'entries-in-buffer/entries-written: \([0-9]*\)/\1 ' $TRACEFS/trace ||
		fail "the witness lost events"
	awk '/^#/ { next }
		match($0, /-[0-9]+ +\[/) { tid = substr($0, RSTART + 1) + 0 }
		match($0, / [0-9]+\.[0-9]+: /) { at = substr($0, RSTART + 1) * 1e6 }
		/ kvm_handle_guest_abort: / { since[tid] = at }
		/ abort_end: / { print tid, at - since[tid] }' $TRACEFS/trace >"$T/witness.txt"
}

of_vm() { # of_vm TASKS: the durations of its threads
	awk 'NR == FNR { is[$1] = 1; next } is[$1] { print $2 }' "$1" "$T/witness.txt"
}

median() { sort -n | awk '{ v[NR] = $1 } END { printf "%d\n", v[int((NR + 1) / 2)] }'; }

threads() { # threads NAME: of a VM, into a file for of_vm
	eval "ls /proc/\$pid_$(echo "$1" | tr - _)/task" >"$T/$1.tasks"
}

check_vm() { # check_vm NAME
	of_vm "$T/$1.tasks" >"$T/$1.durations"
	equal "aborts of $1" "$(wc -l <"$T/$1.durations")" "$(row "$1" .aborts.count)"
}

# Each is within the other, or beside it, and costs something; a bucket adds up to 1/16.
check_median() { # check_median NAME: within 5 % + 50 us of the witness's
	seen=$(($(row "$1" .aborts.p50_ns) / 1000))
	true=$(median <"$T/$1.durations")
	echo "median abort of $1: witness $true us, seatrace $seen us"
	[ $seen -gt 0 ] && [ $seen -le $((true + true / 20 + true / 16 + 50)) ] &&
		[ $seen -ge $((true - true / 20 - 50)) ] || fail "median of $1: $seen us, not $true us"
}

check_aborts() { # check_aborts [OPTION...]
	vm_start vm-a --vcpus 2
	vm_start vm-b
	vm_start vm-c
	threads vm-a && threads vm-b && threads vm-c
	watch_aborts
	trace_start --aborts "$@"
	vm vm-a mmio 1000 >/dev/null
	vm vm-b touch 300 >/dev/null
	vm vm-a touch 200 vcpu=1 >/dev/null
	vm vm-b sea 5 >/dev/null
	vm vm-c mmio 9 >/dev/null
	vm vm-c quit >/dev/null
	wait "$pid_vm_c"
	trace_stop
	read_aborts

	check_vm vm-a
	check_vm vm-b
	check_vm vm-c
	check_median vm-b
	equal "aborts of vm-c: MMIO exits and a doorbell" 10 "$(row vm-c .aborts.count)"
	equal "vm-c is gone" true "$(row vm-c .gone)"
	equal "all aborts" "$(witnessed kvm_handle_guest_abort)" "$(wc -l <"$T/witness.txt")"
	equal "untimed aborts" 0 "$(jq 'select(.type == "summary") | .lost.untimed' "$T/out.jsonl")"
	equal "SEAs of vm-b" 5 "$(row vm-b .seas)"
	equal "incidents of vm-b that ended in an SError" 5 \
		"$(row vm-b '.outcomes["serror-injected"]')"
	witness_end
	vm vm-a quit >/dev/null
	vm vm-b quit >/dev/null
	rm -r "$T"/*
}

check_aborts
check_aborts --kprobe
finish
