# SPDX-License-Identifier: GPL-2.0-only
# What the tests in the host share: VMs, a running seatrace, an independent witness, assertions.
# Sourced, by busybox's shell. Waits for events, never for time.
set -u
T=$(mktemp -d /tmp/test.XXXXXX)
JOBS=
TRACEFS=/sys/kernel/tracing

fail() { # where it is called, what would be said on stdout may go into a file of the test
	exec >&2
	echo "FAIL: $*"
	for log in "$T"/*.txt; do
		[ -s "$log" ] && { echo "--- ${log##*/}"; tail -n 40 "$log"; }
	done
	finish
	exit 1
}

skip() {
	echo "SKIP: $*"
	finish
	exit 77
}

finish() {
	[ ! -d $TRACEFS/events/witness ] || witness_end
	for job in $JOBS; do
		kill -9 "$job" 2>/dev/null
	done
	rm -rf "$T"
}

equal() { # equal WHAT EXPECTED SEEN
	[ "$2" = "$3" ] || fail "$1: expected $2, seen $3"
	echo "$1: $3"
}

# --- a program in the background that says when it is ready ----------------------------------------

# Before it is started, with 2>&5 4<&- 5>&-
hear() {
	mkfifo "$T/stderr"
	# neither of these waits for its other end: a job that ends meanwhile would interrupt it
	exec 5<>"$T/stderr" 4<"$T/stderr"
	rm "$T/stderr"
}

# Then: all that it says goes to FILE, and this returns with the first $line that has TEXT in it. When it
# has ended without, that is a failure.
heard() { # heard TEXT FILE
	exec 5>&-
	while read -r line <&4; do
		echo "$line" >>"$2"
		case $line in
		*"$1"*) break ;;
		esac
	done
	cat <&4 >>"$2" &
	exec 4<&-
	[ -n "$line" ]
}

# --- VMs -----------------------------------------------------------------------------------------

vm_start() { # vm_start NAME [OPTION...]
	name=$1
	shift
	mkfifo "$T/$name.ready"
	vmtest-guest -name "guest=$name" --control "$T/$name" --ready-fd 3 --die-with-parent "$@" \
		3>"$T/$name.ready" >"$T/$name.txt" 2>&1 </dev/null &
	JOBS="$JOBS $!"
	eval "pid_$(echo "$name" | tr -c 'a-z0-9\n' _)=$!"
	read -r ready <"$T/$name.ready"
	[ "${ready:-}" = ready ] || fail "VM $name did not start"
}

vm() { # vm NAME COMMAND...: the answer, and a failure when it is not ok
	name=$1
	shift
	vmtest-guest ctl "$T/$name" "$@" >"$T/answer" 2>&1 || fail "$name: $*: $(cat "$T/answer")"
	cat "$T/answer"
}

field() { # field NAME <ANSWER: the value of NAME=
	sed -n "s/.* $1=\([^ ]*\).*/\1/p"
}

page_pa() { # page_pa NAME PAGE
	vm "$1" pa page "$2" | field pa
}

# --- seatrace ------------------------------------------------------------------------------------

trace_start() { # trace_start [OPTION...]
	rm -f "$T/rows"
	hear
	seatrace --timeout 5 -o "$T/out.jsonl" ${TRACE_TEXT--t} "$@" >"${TRACE_OUT:-$T/out.txt}" \
		2>&5 </dev/null 4<&- 5>&- &
	trace_pid=$!
	JOBS="$JOBS $trace_pid"
	heard "hooks attached" "$T/err.txt" || fail "seatrace did not start"
	attached=$line
}

trace_stop() { # trace_stop [SIGNAL]
	kill "-${1:-INT}" "$trace_pid"
	wait "$trace_pid"
	equal "seatrace's exit status" 0 $?
	check_incidents
}

attached() { # how many functions are traced by anybody, by trampolines or kprobes
	cat $TRACEFS/enabled_functions /sys/kernel/debug/kprobes/list | wc -l
}

# Of every incident: ordered, and the parts are the whole.
check_incidents() {
	set -- $(jq -rs '[.[] | select(.type == "incident")] as $incidents
		| (.[] | select(.type == "summary") | .lost.total),
		($incidents | map(select((.spans_ns | add) != .total_ns)) | length),
		($incidents | map(select([.timeline[].at_ns] | . != sort)) | length),
		($incidents | map(select(.incomplete)) | length)' "$T/out.jsonl")
	equal "lost marks" 0 "${1:-no summary}"
	equal "incidents whose spans do not add up" 0 "$2"
	equal "incidents out of order" 0 "$3"
	equal "incomplete incidents" 0 "$4"
}

count() { # count CONDITION: incidents for which it holds
	jq -s "[.[] | select(.type == \"incident\") | select($1)] | length" "$T/out.jsonl"
}

# The summary as lines of VM, path and value. jq takes longer to begin than to answer, so the rows are
# taken out at once, and what is no path costs a jq of its own.
rows() {
	[ -s "$T/rows" ] || jq -r 'select(.type == "summary") | .rows[] | (.vm // "") as $vm
		| paths(type | . != "object" and . != "array") as $path
		| [$vm, "." + ($path | map(tostring) | join(".")), getpath($path)] | map(tostring) | @tsv' \
		"$T/out.jsonl" >"$T/rows"
	cat "$T/rows"
}

row() { # row VM FIELD: of the summary; "" is the host
	case $2 in
	*[!]a-z0-9_.\"[-]*)
		jq -r "select(.type == \"summary\") | .rows[] | select((.vm // \"\") == \"$1\") | $2" \
			"$T/out.jsonl"
		;;
	*)
		rows | awk -F '\t' -v vm="$1" -v path="$2" '
			BEGIN { gsub(/\["/, ".", path); gsub(/"\]/, "", path) }
			$1 == vm { value = value == "" ? "null" : value; if ($2 == path) value = $3 }
			END { if (value != "") print value }'
		;;
	esac
}

host_row() { # host_row FIELD
	row "" "$1"
}

lost() { # lost MARK|total: of the summary
	jq -r "select(.type == \"summary\") | .lost.$1" "$T/out.jsonl"
}

accounted() { # accounted WHAT SEEN LOST WITNESSED: each was seen, or is among the lost
	echo "result: $1: $2 seen, $3 lost, $4 witnessed"
	[ "$2" -le "$4" ] && [ "$4" -le $(($2 + $3)) ] || fail "$1: not all accounted for"
}

# --- the kernel's own names -----------------------------------------------------------------------

# 200,000 lines: to make them takes half a second, which is good for the whole boot, and a pattern looked for
# in all of them takes seconds, so text goes first.
symbols() { # symbols TEXT: those that have it
	[ -s /tmp/symbols ] || cat /proc/kallsyms >/tmp/symbols
	grep -F "$1" /tmp/symbols
}

symbol() { # symbol FUNCTION: what the compiler named it, nothing when it is not there
	symbols " $1" | sed -n "s/.* [tT] \($1\(\.isra\.0\)\?\)\$/\1/p" | head -n 1
}

# btf_without NAME: into $T/btf, the kernel's BTF in which all that has the name in it has another.
btf_without() {
	cat /sys/kernel/btf/vmlinux >"$T/btf"
	strings -t d "$T/btf" | grep -F "$1" >"$T/names"
	[ -s "$T/names" ] || fail "no $1 in this kernel's BTF"
	while read -r at name; do
		name=${name%%"$1"*}
		printf X | dd of="$T/btf" bs=1 seek=$((at + ${#name})) conv=notrunc 2>/dev/null
	done <"$T/names"
	equal "size of the BTF without $1" "$(wc -c </sys/kernel/btf/vmlinux)" "$(wc -c <"$T/btf")"
	! strings "$T/btf" | grep -F "$1" || fail "$1 is still in the BTF"
}

# --- an independent witness: kprobes of tracefs on the same functions -----------------------------

witness() { # witness FUNCTION...
	for function in "$@"; do
		echo "p:witness/$function $(symbol "$function")" >>$TRACEFS/kprobe_events ||
			fail "no kprobe on $function"
		echo 1 >"$TRACEFS/events/witness/$function/enable"
	done
}

# Both ends of a function, with its result, into the trace buffer, stamped with seatrace's clock.
witness_spans() { # witness_spans FUNCTION...
	echo mono >$TRACEFS/trace_clock
	echo >$TRACEFS/trace
	for function in "$@"; do
		probe="r:witness/${function}_out $(symbol "$function")"
		# from 6.17 on ghes_do_proc returns nothing, and 7.3 knows
		echo "$probe ret=\$retval:s32" >>$TRACEFS/kprobe_events ||
			echo "$probe" >>$TRACEFS/kprobe_events || fail "no kretprobe on $function"
		echo 1 >"$TRACEFS/events/witness/${function}_out/enable"
	done
	witness "$@"
}

witnessed() { # witnessed FUNCTION: its hits; a missed one makes the witness worthless
	set -- "$1" $(sed -n "s/^ *$1  *//p" $TRACEFS/kprobe_profile)
	[ "$3" = 0 ] || fail "the witness on $1 missed $3"
	echo "$2"
}

witness_end() {
	echo 0 >$TRACEFS/events/witness/enable
	echo >$TRACEFS/kprobe_events
}
