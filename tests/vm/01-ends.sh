# SPDX-License-Identifier: GPL-2.0-only
# Expected: seatrace ends by itself when the time of -d is over, and after so many tables; on SIGTERM as on
# SIGINT in order, with nothing left on the functions.
. /tests/vm/lib.sh

seatrace -q -d 0.2 >"$T/out.txt" 2>"$T/err.txt"
equal "exit status of -d" 0 $?
seatrace 0.1 2 >"$T/out.txt" 2>"$T/err.txt"
equal "tables of 0.1 2, and the summary" 3 "$(grep -c '^VM ' "$T/out.txt")"
trace_start
trace_stop TERM
equal "functions traced after" 0 "$(attached)"
finish
