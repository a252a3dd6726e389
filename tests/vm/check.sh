# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What tests of --check share: what is on a function, and whether a watch agrees. Sourced behind lib.sh.

on() { # on FUNCTION: how it is traced now
	grep -q -w "^$1" $TRACEFS/enabled_functions && echo trampoline
	grep -q " $1+0x0" /sys/kernel/debug/kprobes/list && echo kprobe
}

# One jq for all questions, as it takes longer to begin than to answer.
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
