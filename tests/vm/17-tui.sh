# SPDX-License-Identifier: GPL-2.0-only
# Expected: on a terminal of the host the live view shows the VM, its incident when that has closed, and
# one that a guest is sent back to again and again while it is open; q ends it in order, the terminal
# gets back what it was, and JSON Lines beside it have the same.
. /tests/vm/lib.sh

# What the terminal got: text as it is drawn first, in one piece.
await_drawn() { until grep -q "$1" "$T/typed"; do usleep 10000; done; }
: >"$T/typed"

vm_start vm-a --mask-serror
pa=$(page_pa vm-a 7)
mkfifo "$T/keys"
cat >"$T/inside" <<-INSIDE
	stty rows 24 cols 80
	stty -a >"$T/before"
	seatrace --tui --timeout 1 -o "$T/out.jsonl"
	echo \$? >"$T/status"
	stty -a >"$T/after"
INSIDE
TERM=xterm script -q -f -c "sh $T/inside" "$T/typed" <"$T/keys" >"$T/script.txt" 2>&1 &
script=$!
JOBS="$JOBS $script"
exec 3>"$T/keys"
await_drawn 'lost marks: 0'
await_drawn 'vm-a'
vmtest-firmware irq --pa "$pa" >"$T/firmware.txt" 2>&1 || fail "no record injected"
printf a >&3
await_drawn 'recovered'
printf '\r' >&3
await_drawn 'recovery'
vm vm-a hole async=1 >/dev/null
printf a >&3
# only what differs from the line before is drawn
await_drawn 'tried, open'
vm vm-a stop >/dev/null
printf q >&3
until [ -s "$T/after" ]; do usleep 10000; done
exec 3>&-
wait "$script"

equal "seatrace's exit status" 0 "$(cat "$T/status")"
equal "the terminal's modes" "$(cat "$T/before")" "$(cat "$T/after")"
equal "the ordinary screen, at the end" 1 "$(grep -c "$(printf '\033\\[?1049l')" "$T/typed")"
equal "the last word" 1 "$(grep -c 'incidents in .* marks, 0 lost' "$T/typed")"
check_incidents
equal "recovered, in JSON" 1 "$(count '.outcome == "recovered"')"
finish
