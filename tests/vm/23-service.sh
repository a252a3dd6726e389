# SPDX-License-Identifier: GPL-2.0-only
# Expected: a service manager hears READY=1 once, after the last hook is on and all is given up that is
# not needed; how it goes; STOPPING=1 before the first hook comes off. It hears nothing of a watch that
# cannot start. The unit's capabilities are those that --check names, and enough.
. /tests/vm/lib.sh

# busybox's syslogd receives datagrams at /dev/log and writes each as a line, behind 15 characters of
# time; the first is its own.
manager_start() {
	mkfifo "$T/heard"
	exec 6<>"$T/heard"
	syslogd -n -S -O "$T/heard" &
	JOBS="$JOBS $!"
	next_word
	export NOTIFY_SOCKET=/dev/log
}

next_word() { # into $heard
	read -r heard <&6
	heard=$(echo "$heard" | cut -c 17-)
}

hears_nothing() { # hears_nothing OF
	logger "nothing more"
	next_word
	equal "heard of $1" "root: nothing more" "$heard"
}

# --- in which order, as the kernel sees it --------------------------------------------------------

# A hook comes off as a link that is released, or as a perf event's program that leaves its array.
record_order() {
	echo >$TRACEFS/trace
	witness unix_dgram_sendmsg bpf_link_release bpf_prog_array_copy
	for call in bpf perf_event_open ioctl capset; do
		echo 1 >$TRACEFS/events/syscalls/sys_enter_$call/enable
	done
}

# Lines of seatrace as: say, attach, detach, give-up.
order() {
	for call in bpf perf_event_open ioctl capset; do
		echo 0 >$TRACEFS/events/syscalls/sys_enter_$call/enable
	done
	sed -n "/^ *seatrace-$trace_pid /{
		s/.* unix_dgram_sendmsg: .*/say/p
		s/.* sys_bpf(cmd: \(0x\)\?\(11\|1c\), .*/attach/p
		s/.* sys_ioctl(fd: [^,]*, cmd: \(0x\)\?40042408, .*/attach/p
		s/.* sys_perf_event_open(.*/attach/p
		s/.* sys_capset(.*/give-up/p
		s/.* \(bpf_link_release\|bpf_prog_array_copy\): .*/detach/p
	}" $TRACEFS/trace >"$T/order"
	witness_end
}

between() { # between WHAT FROM TO: how often, between two of what was said; 0 the beginning, - the end
	awk -v what="$1" -v from="$2" -v to="$3" '
		$1 == "say" { said++ }
		END { print n + 0 }
		$1 == what && said >= from && (to == "-" || said < to) { n++ }' "$T/order"
}

some() { # some WHAT NUMBER
	[ "$2" -gt 0 ] || fail "$1: none in $(sort "$T/order" | uniq -c | xargs)"
	echo "$1: some"
}

follows() {
	record_order
	trace_start
	next_word
	hooks=$(echo "$attached" | sed 's/.*: \(.* attached\), .*/\1/')
	equal "first" "READY=1 STATUS=$hooks, 0 VMs, 0 incidents, 0 marks lost" "$heard"
	vm_start vm-a
	next_word
	equal "second" "STATUS=$hooks, 1 VMs, 0 incidents, 0 marks lost" "$heard"
	trace_stop TERM
	next_word
	equal "last" "STOPPING=1" "$heard"
	hears_nothing "what has ended"
	order
	equal "said" 3 "$(grep -c say "$T/order")"
	some "attached before READY" "$(between attach 0 1)"
	equal "attached later" 0 "$(between attach 1 -)"
	some "given up before READY" "$(between give-up 0 1)"
	equal "given up later" 0 "$(between give-up 1 -)"
	equal "detached between READY and STOPPING" 0 "$(between detach 1 3)"
	some "detached after STOPPING" "$(between detach 3 -)"
}

manager_start
follows

# --- a watch that cannot start, and a manager that cannot be reached -------------------------------

without() { # without NOTIFY_SOCKET: a watch without capabilities
	NOTIFY_SOCKET=$1 /usr/bin/setpriv --bounding-set -all seatrace -d 1 >"$T/out.txt" 2>"$T/err.txt"
	equal "exit status without capabilities" 3 $?
}

warned() { # warned WORDS: once
	equal "warnings" 1 "$(grep -c "warning: .*$1" "$T/err.txt")"
}

without /dev/log
without notify
warned "'notify': EINVAL"
NOTIFY_SOCKET=$T/nobody seatrace -q -d 0.1 >"$T/out.txt" 2>"$T/err.txt"
equal "exit status when the manager is not there" 0 $?
warned "$T/nobody.*ENOENT"
hears_nothing "these"

# --- the unit's capabilities ----------------------------------------------------------------------

unit() { # unit KEY
	sed -n "s/^$1=//p" /tests/vm/seatrace.service.in
}

as_service() { # as_service COMMAND...: with the unit's capabilities, and nothing to be gained
	/usr/bin/setpriv --no-new-privs \
		--bounding-set "-all$(unit CapabilityBoundingSet | sed 's/\(^\| \)CAP_/,+/g' | tr 'A-Z' 'a-z')" "$@"
}

named() { # by --check, for what the unit may have to do
	for options in "" --kprobe; do
		seatrace --check --json $options 2>/dev/null | jq -r '.capabilities.to_start[]'
	done | sort -u | xargs
}

equal "LimitMEMLOCK" infinity "$(unit LimitMEMLOCK)"
ulimit -l unlimited
equal "perf_event_paranoid" 3 "$(cat /proc/sys/kernel/perf_event_paranoid)"
equal "capabilities, CAP_SETPCAP aside" "$(named)" \
	"$(unit CapabilityBoundingSet | tr ' ' '\n' | grep -v -x CAP_SETPCAP | sort | xargs)"
for options in "" --kprobe; do
	as_service seatrace -q -d 0.1 $options >"$T/out.txt" 2>"$T/err.txt"
	equal "exit status as the service, '$options'" 0 $?
	equal "complaints" "" "$(cat "$T/err.txt")"
	next_word
	equal "heard" "READY=1" "${heard%% *}"
	next_word
	equal "heard at the end" "STOPPING=1" "$heard"
done
finish
