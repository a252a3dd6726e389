# SPDX-License-Identifier: GPL-2.0-only
# Run in the host by `tests/golden.sh --record`: two SEAs that nobody claims, a page reported by
# interrupt and touched after its incident is closed, a claimed SEA. The recording goes to stdout, as
# base64; what else there is to say to stderr. Arguments are more options for seatrace.
. /tests/vm/lib.sh
exec 4>&1 >&2

vm_start vm-a
vm_start vm-b
a=$(page_pa vm-a 5)
b=$(page_pa vm-b 6)
mkfifo "$T/err"
seatrace record "$T/rec" -o "$T/live.jsonl" --timeout 1 "$@" >"$T/live.txt" 2>"$T/err" &
pid=$!
JOBS="$JOBS $pid"
read -r line <"$T/err" || fail "seatrace did not start"
vm vm-a sea 2 >/dev/null
vmtest-firmware irq --pa "$a" >"$T/firmware.txt" 2>&1 || fail "no record injected"
until grep -q '"memory_failures":1' "$T/live.jsonl"; do usleep 10000; done
vm vm-a load page 5 >/dev/null
vmtest-firmware sea --pa "$b" >"$T/firmware.txt" 2>&1 || fail "no record written"
vm vm-b hole >/dev/null
kill -INT $pid
wait $pid || fail "seatrace ended with $?"
base64 "$T/rec" >&4
finish
