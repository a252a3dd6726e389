# SPDX-License-Identifier: GPL-2.0-only
# Expected: what is reported of a recording is what was written live, to the byte, and makes a page; a
# recording that cannot be written is told.
. /tests/vm/lib.sh

vm_start vm-a
vm_start vm-b
mkfifo "$T/err"
seatrace record "$T/rec" --aborts -o "$T/live.jsonl" --timeout 2 -t >"$T/live.txt" 2>"$T/err" &
pid=$!
JOBS="$JOBS $pid"
read -r line <"$T/err" || fail "seatrace did not start"
vm vm-a sea 3 >/dev/null
vmtest-firmware irq --pa "$(page_pa vm-b 5)" >"$T/firmware.txt" 2>&1 || fail "no record injected"
until grep -q '"memory_failures":1' "$T/live.jsonl"; do usleep 10000; done
vm vm-b load page 5 >/dev/null
kill -INT $pid
wait $pid
equal "exit status" 0 $?

seatrace report -j "$T/rec" >"$T/report.jsonl"
equal "exit status of report" 0 $?
cmp "$T/live.jsonl" "$T/report.jsonl" || fail "report -j differs from the live JSON"
seatrace report -t "$T/rec" >"$T/report.txt"
cmp "$T/live.txt" "$T/report.txt" || fail "report differs from the live text"
equal "closes, the late one included" 5 "$(grep -c '"type":"incident"' "$T/report.jsonl")"
seatrace report -q --html "$T/page.html" "$T/rec"
equal "exit status of a page" 0 $?
equal "incidents on the page, a VM at a time" "$(jq -rs 'map(select(.type == "incident").vm) | unique | join(" ")' \
	"$T/report.jsonl")" "$(grep -o 'vm-[ab]' "$T/page.html" | sort -u | tr '\n' ' ' | sed 's/ $//')"
tail -n 1 "$T/page.html" | grep -q '</html>' || fail "the page has no end"
seatrace record /no-such/file >"$T/out.txt" 2>"$T/wrong.txt"
equal "exit status without a place" 3 $?
equal "lines" 1 "$(wc -l <"$T/wrong.txt")"
finish
