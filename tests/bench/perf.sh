# SPDX-License-Identifier: GPL-2.0-only
# A peer: perf record of KVM's exits, as perf kvm stat does it, until SIGTERM. The command that it runs
# begins when the events are on.
mkfifo /tmp/perf.end
trap 'echo >/tmp/perf.end' TERM
perf record -q -a -m 4M -o /tmp/perf.data -e kvm:kvm_exit -e kvm:kvm_entry -- \
	sh -c 'echo ready >&2; read -r end </tmp/perf.end' &
perf=$!
wait $perf # until the signal
wait $perf
# An exit is two samples. perf script shows none of them: they are of a guest that it does not know.
perf report -i /tmp/perf.data --stats 2>/dev/null |
	awk '/SAMPLE events/ { print "exits: " int($3 / 2); exit }'
