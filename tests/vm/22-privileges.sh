# SPDX-License-Identifier: GPL-2.0-only
# Expected: a running seatrace holds nothing but what looking at processes and --exec take; nobody
# without capabilities is told which are missing; with exactly those that --check names it starts,
# sees a VM of another user, and what it sees is whole.
. /tests/vm/lib.sh

look=0000000000080004   # CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE
become=00000000000000e0 # CAP_KILL, CAP_SETGID, CAP_SETUID
plus() { printf '%016x' $((0x$1 | 0x$2)); }

status() { # status FIELD: of the seatrace that runs
	sed -n "s/^$1:[ 	]*//p" "/proc/$trace_pid/status"
}

holds() { # holds SET: in these sets, and no others
	equal "CapEff" "$1" "$(status CapEff)"
	equal "CapPrm" "$1" "$(status CapPrm)"
	equal "CapInh" 0000000000000000 "$(status CapInh)"
	equal "CapAmb" 0000000000000000 "$(status CapAmb)"
}

with() { # with CAPABILITIES COMMAND...: as nobody, with these and no others; "" none
	caps=-all$(echo "$1" | sed 's/CAP_/,+/g' | tr 'A-Z' 'a-z')
	shift
	/usr/bin/setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set "$caps" \
		--inh-caps "$caps" --ambient-caps "$caps" "$@"
}

wanted() { # wanted OPTION...: CAP_ACAP_B..., as --check says
	with "" seatrace --check --json "$@" 2>/dev/null | jq -r '.capabilities.to_start | join("")'
}

all=$(sed -n 's/^CapBnd:[ 	]*//p' /proc/self/status)
trace_start
holds $look
equal "CapBnd" $look "$(status CapBnd)"
equal "NoNewPrivs" 1 "$(status NoNewPrivs)"
trace_stop
trace_start --exec /bin/true
holds "$(plus $look $become)"
trace_stop
trace_start --exec /bin/true --exec-user root
holds "$(plus $look $become)"
equal "CapBnd, for the command's user" "$all" "$(status CapBnd)"
equal "NoNewPrivs" 0 "$(status NoNewPrivs)"
trace_stop

chmod 777 "$T"
for options in "" --kprobe; do
	with "" seatrace -d 1 $options >"$T/out.txt" 2>"$T/err.txt"
	equal "exit status without any, '$options'" 3 $?
	equal "lines" 1 "$(grep -vc 'warning' "$T/err.txt")"
	needs=$(wanted $options)
	echo "needs '$options': $needs"
	named=$(sed -n 's/.*missing \(.*\) (run.*/\1/p' "$T/err.txt" | tr -d ', ')
	equal "named as missing" "$needs" "$named"
	with "" seatrace --check $options >"$T/out.txt" 2>"$T/err.txt"
	equal "exit status of --check without any" 3 $?
	# one less is too few
	with "$(echo "$needs" | sed 's/CAP_[A-Z_]*$//')" seatrace -d 1 $options >"$T/out.txt" 2>"$T/err.txt"
	equal "exit status with all but the last" 3 $?
	with "$needs" seatrace -q -d 0.1 $options >"$T/out.txt" 2>"$T/err.txt"
	equal "exit status with exactly these" 0 $?
done

# a VM of root, seen and counted by nobody
vm_start vm-a
mkfifo "$T/nobody"
with "$needs" seatrace -o "$T/nobody.jsonl" --timeout 1 >"$T/out.txt" 2>"$T/nobody" </dev/null &
job=$!
exec 5<"$T/nobody"
until read -r line <&5 && [ "${line#*hooks attached}" != "$line" ]; do :; done
trace_pid=$(pidof seatrace)
JOBS="$JOBS $trace_pid"
equal "VMs seen" 1 "$(echo "$line" | sed -n 's/.* \([0-9]*\) VMs.*/\1/p')"
equal "Uid" 65534 "$(status Uid | cut -f 1)"
holds $look
vm vm-a sea 3 >/dev/null
kill -INT "$trace_pid"
wait $job
equal "exit status" 0 $?
cp "$T/nobody.jsonl" "$T/out.jsonl"
equal "SEAs" 3 "$(row vm-a .seas)"
check_incidents
finish
