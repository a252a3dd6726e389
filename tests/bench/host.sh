# SPDX-License-Identifier: GPL-2.0-only
# Runs in the host, under -icount, where a nanosecond is an instruction: the same guest work bare, beside
# each row of `rows`, and in the end bare again. Prints what it measured, a line each; what it means is
# for result.jq:
#
#   release RELEASE
#   row    ROW [ROW]                          of a red one: in whose place it is
#   start  ROW NS                             what its processes ran for until they were attached
#   sample ROW REPEAT WORKLOAD EVENTS NS OWN  the vCPU's thread, the row's processes; ROW is `bare` before
#                                             the first row, `nothing` after the last
#   proof  ROW WORKLOADS EVENTS SEEN [least]  as many, or at least
#   skip   ROW REASON
#
# usage: host.sh REPEATS gated|full [ROW...]
set -u
HERE=$(dirname "$0")
PATH=/peers/bin:$PATH
T=/tmp/bench
REPEATS=$1 SET=$2
shift 2
only="$*"
# Of each batch, which takes two milliseconds at most: the timer comes every four.
ABORTS=150 FAULTS=150 SEAS=150
WORKLOADS="abort sea"
[ "$SET" = gated ] || WORKLOADS="abort fault sea record"
tasks='' # of the row that stands

die() {
	echo "bench: $*" >&2
	exit 1
}

guest() { # guest COMMAND...: the answer
	vmtest-guest ctl $T/vm "$@" || die "guest: $*"
}

value() { # value KEY <ANSWER
	sed -n "s/.* $1=\([^ ]*\).*/\1/p"
}

# --- time ----------------------------------------------------------------------------------------

ran() { # into $ran: nanoseconds for which the row's own processes have run so far
	ran=0
	for task in $tasks; do
		read -r ns rest 2>/dev/null <"$task" && ran=$((ran + ns))
	done
}

come_to_rest() {
	ran
	last=-1 tries=0
	while [ "$ran" != "$last" ]; do
		last=$ran tries=$((tries + 1))
		[ $tries -lt 100 ] || die "$name does not come to rest"
		usleep 60000 # more than seatrace waits for: 20 ms, or an incident's end
		ran
	done
}

# Two figures: what the vCPU's thread ran for, with every hook and interrupt in it, which is what the
# guest waits for; and the row's own processes. Not the time that passed: the kernel's own threads are
# in it, and of a tool that puts its work off nothing would be seen.
took() { # took COMMAND...: into $ns and $own; $passed is the time
	ran
	own=$ran
	answer=$(guest "$@") || exit 1
	[ -z "$tasks" ] || come_to_rest
	own=$((ran - own))
	set -- $(echo "$answer" | sed -n 's/.* done=\(.*\) ns=\(.*\) cpu_ns=\([0-9]*\) .*/\1 \2 \3/p')
	events=$1 passed=$2 ns=$3
}

# --- workloads: one batch each, its events counted -----------------------------------------------

batch_abort() { # the doorbell at the end is an abort too
	took mmio $ABORTS
	events=$((events + 1))
	saw_aborts=$((saw_aborts + events))
}

batch_fault() {
	guest drop $FAULTS >/dev/null
	took touch $FAULTS
	saw_aborts=$((saw_aborts + events + 1))
}

batch_sea() {
	took sea $SEAS
	saw_aborts=$((saw_aborts + events + 1)) saw_seas=$((saw_seas + events))
}

# A record that the next SEA claims, of a page that is then taken away, by a thread of the kernel's: so
# the time that passed counts if it is more. The load aborts once more, unless the SIGBUS is there first:
# then the VMM has its guest take an abort instead.
batch_record() {
	page=$(guest pa page 0) || exit 1
	vmtest-firmware sea --pa "$(echo "$page" | value pa)" >/dev/null || die "no record"
	took hole
	[ "$ns" -ge "$passed" ] || ns=$passed
	guest drop 1 >/dev/null
	again=$(echo "$answer" | value serror)
	saw_aborts=$((saw_aborts + 2 + again)) saw_seas=$((saw_seas + 1 + again))
	saw_records=$((saw_records + 1))
}

# The least of several batches: one into which no tick of the timer fell, and nothing else.
sample() { # sample WORKLOAD: into $least and $least_own
	least= least_own= batches=16
	while [ $batches -gt 0 ]; do
		batch_$1
		[ "$ns" -gt 0 ] && [ "$events" -gt 0 ] || die "$1: nothing was done"
		[ -n "$least" ] && [ "$least" -le "$ns" ] || least=$ns
		[ -n "$least_own" ] && [ "$least_own" -le "$own" ] || least_own=$own
		batches=$((batches - 1))
	done
}

samples() {
	repeat=1
	while [ $repeat -le "$REPEATS" ]; do
		for work in $WORKLOADS; do
			sample "$work"
			echo "sample $name $repeat $work $events $least $least_own"
		done
		repeat=$((repeat + 1))
	done
}

# Right after boot the kernel has much else to do: half of the time goes by.
settle() {
	calm=0 tries=0
	while [ $calm -lt 40 ]; do
		tries=$((tries + 1)) calm=$((calm + 1))
		[ $tries -lt 1000 ] || die "the host does not settle"
		batch_abort
		[ $((passed - ns)) -lt $((ns / 4)) ] || calm=0
	done
}

# --- a row ---------------------------------------------------------------------------------------

tasks_of() { # tasks_of SESSION: where it is told how long they ran
	session=$1
	for stat in /proc/[0-9]*/stat; do
		read -r line 2>/dev/null <"$stat" || continue
		set -- ${line##*) } # behind the name: state, parent, group, session
		[ "$4" != "$session" ] || echo "${stat%/stat}"/task/*/schedstat
	done
}

begin() { # begin READY COMMAND...: false when it ends before it is ready
	ready=$1
	shift
	rm -f $T/err
	mkfifo $T/err
	: >$T/log
	saw_aborts=0 saw_seas=0 saw_records=0
	setsid "$@" >$T/out 2>$T/err </dev/null &
	pid=$!
	exec 4<$T/err
	while read -r line <&4; do
		echo "$line" >>$T/log
		case $line in
		*"$ready"*)
			cat <&4 >>$T/log &
			exec 4<&-
			tasks=$(tasks_of $pid)
			return
			;;
		esac
	done
	exec 4<&-
	wait $pid
	return 1
}

end() {
	kill -TERM $pid
	wait $pid
	tasks=
}

# How often a program ran while each of these workloads came by once.
prove_runs() { # prove_runs WORKLOADS PROGRAM [least]
	for work in $(echo "$1" | tr , ' '); do
		echo " $WORKLOADS " | grep -q " $work " || continue
		rm -f $T/err
		mkfifo $T/err
		bench-probe --count >$T/runs 2>$T/err &
		counter=$!
		read -r line <$T/err || die "no counts of runs"
		already=$saw_aborts
		batch_"$work"
		kill -TERM $counter
		wait $counter
		echo "proof $name $work $((saw_aborts - already)) $(awk -v program="$2" '
			{ all = all "," $1 } index($1, program) == 1 { print $2; found = 1; exit }
			END { if (!found) print "none-of" all }' $T/runs)${3:+ $3}"
	done
}

of_summary() { # of_summary FIELD
	jq -r "select(.type == \"summary\") | [.rows[].$1] | add" $T/out
}

# What it says at its end; without records there is nothing to say of them.
prove_count() { # prove_count WORKLOADS HOW
	case $2 in
	aborts=*) echo "proof $name $1 $saw_aborts $(sed -n "s/^ *${2#*=} *//p" $T/out)" ;;
	exits=*) echo "proof $name $1 $saw_aborts $(sed -n "s/^ *${2#*=} *//p" $T/out) least" ;;
	summary)
		echo "proof $name sea $saw_seas $(of_summary seas)"
		[ $saw_records = 0 ] || echo "proof $name record $saw_records $(of_summary records)"
		;;
	lines=*)
		[ $saw_records = 0 ] || echo "proof $name $1 $saw_records $(grep -c "${2#*=}" $T/out)"
		;;
	*) die "$name: no such proof: $2" ;;
	esac
}

prove() { # prove PROOF: while it stands, then afterwards
	for one in $1; do
		case $one in
		*:runs=*) prove_runs "${one%%:*}" "${one#*:runs=}" ;;
		*:most=*) prove_runs "${one%%:*}" "${one#*:most=}" least ;;
		esac
	done
	end
	for one in $1; do
		case $one in
		*:runs=* | *:most=*) ;;
		*) prove_count "${one%%:*}" "${one#*:}" ;;
		esac
	done
}

wanted() { # wanted NEEDS
	[ -z "$only" ] || echo " $only " | grep -qF " $name " || return 1
	for need in $(echo "$1" | tr , ' '); do
		case $need in
		full) [ "$SET" = full ] || return 1 ;;
		kprobe) [ -z "$trampolines" ] || return 1 ;;
		fentry) [ -n "$trampolines" ] || unfit "this kernel has no BPF trampolines" || return ;;
		guard) has_guard || unfit "this kernel has no kvm_running_vcpu" || return ;;
		override) can_inject abort-retry kprobe || unfit "no override on this kernel" || return ;;
		modify) can_inject run-errno fmod_ret || unfit "no fmod_ret of ioctl, or no need for it" || return ;;
		esac
	done
}

unfit() {
	[ -n "$instead" ] || echo "skip $name $1"
	return 1
}

has_guard() {
	seatrace --no-abort-hook --check >$T/out 2>&1
}

# A VM that stands still, for rules to be armed at.
neighbour() {
	[ -z "$neighbour" ] || return 0
	neighbour=yes
	mkfifo $T/neighbour.ready
	vmtest-guest -name guest=neighbour --control $T/neighbour --ready-fd 3 --mem 64 \
		3>$T/neighbour.ready >$T/neighbour.log 2>&1 </dev/null &
	read -r line <$T/neighbour.ready || die "the neighbour does not start"
}

can_inject() { # can_inject METHOD MECHANISM
	neighbour
	seainject list -j "$1" | jq -e "(.mechanism // \"\") | startswith(\"$2\")" >$T/out 2>&1
}

row() { # row NAME NEEDS READY PROOF COMMAND...
	name=$1 ready=$3 proof=$4
	wanted "$2" || return 0
	shift 4
	if ! begin "$ready" "$@"; then
		echo "skip $name $(tail -n 1 $T/log)"
		return
	fi
	echo "row $name $instead"
	ran
	echo "start $name $ran"
	samples
	prove "$proof"
}

red() { # red NAME ROW NEEDS READY PROOF COMMAND...: only aborts, the gates are about them
	instead=$2
	all=$WORKLOADS WORKLOADS=abort
	name=$1
	shift 2
	row "$name" "$@"
	WORKLOADS=$all instead=
}

instead='' name='the host' neighbour=''
echo 1 >/proc/sys/kernel/printk # printing to a serial line costs more than all else
mkdir -p $T
mkfifo $T/ready
vmtest-guest -name guest=bench --control $T/vm --ready-fd 3 --mem 64 3>$T/ready >$T/guest 2>&1 </dev/null &
read -r line <$T/ready || die "the VM does not start"
saw_aborts=0 saw_seas=0 saw_records=0
guest hole >$T/holes
# all its pages, so that an SEA is one abort from now on
awk 'BEGIN { for (page = 0; page < 256; page++) printf "load %d\n", 536870912 + page * 4096 }' | guest - >$T/holes
trampolines=
begin ready bench-probe kvm_handle_guest_abort fentry_empty && trampolines=yes && end
settle
echo "release $(uname -r)"
name=bare
samples
. "$HERE/rows"
name=nothing
echo "row nothing "
samples
