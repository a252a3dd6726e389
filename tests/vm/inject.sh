# SPDX-License-Identifier: GPL-2.0-only
# What the tests of seainject share; sourced after lib.sh.

needs() { # needs METHOD...: or the test says nothing here
	for method in "$@"; do
		seainject list -j "$method" >"$T/method" 2>>"$T/err.txt"
		case $(jq .available "$T/method") in
		true) ;;
		false) skip "$method: $(jq -r .reason "$T/method")" ;;
		*) fail "seainject list $method said nothing" ;;
		esac
	done
}

# Returns when the rule is armed; what becomes of it is in $T/shots. Tests look at the guest rather than at
# the outcome: who asks for that waits longer until it settles.
fire_start() { # fire_start METHOD VM [OPTION...]
	method=$1
	at=$2
	shift 2
	hear
	seainject fire --method "$method" --vm "$at" --json --unsafe --any-end --settle 0.2 "$@" \
		>"$T/shots" 2>&5 </dev/null 4<&- 5>&- &
	fire_pid=$!
	JOBS="$JOBS $fire_pid"
	heard ": armed: " "$T/fire.txt" || fail "seainject did not arm $method"
}

fire_end() { # fire_end STATUS: of seainject, when it has ended by itself
	wait "$fire_pid"
	equal "seainject's exit status" "$1" $?
}

tally() { # tally FIELD: of the rule
	jq -r "select(.type == \"tally\") | .$1" "$T/shots"
}

shots() { # shots [CONDITION]: marks of shots for which it holds
	jq -s "[.[] | select(.type == \"mark\" and .mark == \"shot\") | select(${1:-true})] | length" \
		"$T/shots"
}

refused() { # refused NAME COMMAND...: the error that the VM answers with
	name=$1
	shift
	vmtest-guest ctl "$T/$name" "$@" >"$T/answer" 2>&1 && fail "$name: $*: $(cat "$T/answer")"
	cat "$T/answer"
}

alive() { # alive NAME...: the guest of each still computes what it should
	for name in "$@"; do
		equal "steps of $name's guest" 20 "$(vm "$name" compute 20 | field done)"
	done
}

now_ns() { # as marks are stamped, rounded up to the next hundredth of a second; a host is never suspended
	awk '{ printf "%d0000000\n", $1 * 100 + 1.5 }' /proc/uptime
}

# A method that may go on for ever and that nobody notices, every second time: $stream with $stream_options,
# and as $stream_shot in a campaign.
stream() {
	stream=abort-retry
	stream_options="--every 2"
	stream_shot="methods: [abort-retry], every: 2"
	seainject list -j abort-retry >"$T/method" 2>>"$T/err.txt"
	[ "$(jq .available "$T/method")" = false ] || return 0
	needs run-errno
	stream=run-errno
	stream_options="--value EINTR --every 2" # a VMM calls again
	stream_shot="methods: [run-errno], value: EINTR, every: 2"
}

# Of a campaign: returns when shot NUMBER is armed. What it says is in $T/run.txt, its results in $T/run.
run_start() { # run_start FILE [OPTION...]
	: >"$T/run.txt"
	seainject run -v -j "$@" >"$T/run" 2>"$T/run.txt" </dev/null &
	run_pid=$!
	JOBS="$JOBS $run_pid"
}

run_armed() { # run_armed NUMBER
	until grep -q "armed: shot $1, " "$T/run.txt"; do
		[ -d "/proc/$run_pid" ] || fail "the campaign has ended"
		usleep 10000
	done
}

run_end() { # run_end STATUS
	wait "$run_pid"
	equal "the campaign's exit status" "$1" $?
}

result() { # result NUMBER FIELD: of a shot
	jq -r "select(.type == \"shot\" and .number == $1) | .$2" "$T/run"
}

unarmed() { # nothing of seainject is attached to the kernel
	equal "functions that are traced or probed" 0 "$(attached)"
}
