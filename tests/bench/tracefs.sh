# SPDX-License-Identifier: GPL-2.0-only
# A peer: kprobe and kretprobe events of tracefs, a histogram of latencies by thread, until SIGTERM.
# usage: tracefs.sh FUNCTION
T=/sys/kernel/tracing
echo "p:bench/in $1" >>$T/kprobe_events
echo "r:bench/out $1" >>$T/kprobe_events
echo 'took int pid; u64 us' >>$T/synthetic_events
echo 'hist:keys=common_pid:start=common_timestamp.usecs' >$T/events/bench/in/trigger
echo 'hist:keys=common_pid:us=common_timestamp.usecs-$start:onmatch(bench.in).trace(took,common_pid,$us)' \
	>$T/events/bench/out/trigger
echo 'hist:keys=pid,us.log2' >$T/events/synthetic/took/trigger

# The last one first: each refers to those before it.
end() {
	cat $T/events/synthetic/took/hist
	for event in synthetic/took bench/out bench/in; do
		trigger=$(sed -n 's/^\(hist:.*\) \[active\]$/\1/p' $T/events/$event/trigger)
		echo "!$trigger" >$T/events/$event/trigger
	done
	echo >$T/synthetic_events
	echo >$T/kprobe_events
	kill $!
	exit
}
trap end TERM
echo ready >&2
mkfifo /tmp/never
cat /tmp/never &
wait $!
