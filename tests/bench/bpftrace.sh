# SPDX-License-Identifier: GPL-2.0-only
# A peer: a bpftrace script with a histogram of latencies by process. BEGIN runs when all is attached.
# usage: bpftrace.sh FUNCTION ENTRY-KIND RETURN-KIND
exec bpftrace -e "
$2:$1 { @start[tid] = nsecs; }
$3:$1 /@start[tid]/ { @ns[pid] = hist(nsecs - @start[tid]); delete(@start[tid]); }
BEGIN { printf(\"ready\n\"); }" >&2
