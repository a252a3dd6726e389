# SPDX-License-Identifier: GPL-2.0-only
# Expected: --check lists each hook once; what it calls attached was attached: seen in the kernel
# while a watch with the same options runs, trampolines from 6.4 on and kprobes before; afterwards
# nothing is left. What it says is missing, or not needed, is not on.
# Groups: all every
. /tests/vm/lib.sh

on() { # on FUNCTION: how it is traced now
	grep -q -w "^$1" $TRACEFS/enabled_functions && echo trampoline
	grep -q " $1+0x0" /sys/kernel/debug/kprobes/list && echo kprobe
}

# One jq for all questions, as it takes a quarter of a second to begin.
check() { # check OPTION...: into $T/check.json
	seatrace --check --json "$@" >"$T/check.json" 2>"$T/err.txt"
	equal "exit status of --check $*" 0 $?
	equal "listed twice, proven, missing, neither attached nor told why" "0 true 0 0" \
		"$(jq -r '[(.hooks | length - (unique_by(.hook) | length)), .proven,
			([.hooks[] | select(.not_seen)] | length),
			([.hooks[] | select((.attached == null) == (.why == null))] | length)]
			| map(tostring) | join(" ")' "$T/check.json")"
	equal "left on" "" "$(on kvm_handle_guest_abort)$(on memory_failure)"
}

# What a watch puts on each function is what --check said.
agrees() { # agrees OPTION...
	check "$@"
	trace_start "$@"
	jq -r '.hooks | map(select(.attached != "tracepoint")) | group_by(.target)[]
		| "\(.[0].target) \(map(.attached | values) | unique | join(" "))"' "$T/check.json" >"$T/said"
	while read -r target how; do
		equal "on $target" "$how" "$(on "$target" | tr '\n' ' ' | sed 's/ $//')"
	done <"$T/said"
	equal "hooks of the watch" "$(jq '[.hooks[] | select(.attached)] | length' "$T/check.json")" \
		"$(echo "$attached" | sed -n 's/.* \([0-9]*\) of .* hooks.*/\1/p')"
	trace_stop
}

trampoline=kprobe
grep -q ' T register_ftrace_direct$' /proc/kallsyms && trampoline=trampoline
agrees
equal "on the abort function" $trampoline \
	"$(jq -r '.hooks[] | select(.hook == "sea_abort") | .attached' "$T/check.json")"
equal "tracepoints" 2 "$(jq '[.hooks[] | select(.attached == "tracepoint")] | length' "$T/check.json")"
agrees --kprobe
equal "trampolines with --kprobe" 0 \
	"$(jq '[.hooks[] | select(.attached == "trampoline")] | length' "$T/check.json")"
[ "$(jq '.gaps | length' "$T/check.json")" -gt 0 ] || fail "kprobes without a gap"

seatrace --check >"$T/out.txt" 2>"$T/err.txt"
equal "hooks in the text" "$(jq '.hooks | length' "$T/check.json")" "$(grep -c '^sea_' "$T/out.txt")"
equal "lockdown" none "$(sed -n 's/^lockdown *//p' "$T/out.txt")"

# a kernel in whose BTF a tracepoint has another name
sed "s/memory_failure_event/XXXXXXXXXXXXXXXXXXXX/g" /sys/kernel/btf/vmlinux >"$T/btf"
SEA_BTF="$T/btf" seatrace --check --json >"$T/check.json" 2>"$T/err.txt"
equal "exit status without a tracepoint" 0 $?
equal "what is not seen then" "how a recovery ends" \
	"$(jq -r '.hooks[] | select(.not_seen) | .not_seen' "$T/check.json")"
finish
