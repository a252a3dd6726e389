# SPDX-License-Identifier: GPL-2.0-only
# Expected: a touch after the incident was closed reopens the same incident, and changes how it ended.
. /tests/vm/lib.sh

vm_start vm-a
pa=$(page_pa vm-a 7)
trace_start --timeout 2
vmtest-firmware irq --pa "$pa" >"$T/firmware.txt" 2>&1 || fail "no record injected"
until grep -q '"type":"incident"' "$T/out.jsonl"; do usleep 10000; done
vm vm-a load page 7 >/dev/null
trace_stop

equal "closes" 2 "$(count true)"
equal "incidents" 1 "$(row vm-a .incidents)"
equal "ids" 1 "$(jq -s '[.[] | select(.type == "incident") | .id] | unique | length' "$T/out.jsonl")"
equal "first recovered, then the guest was told" "recovered guest-notified" \
	"$(jq -rs '[.[] | select(.type == "incident") | .outcome] | join(" ")' "$T/out.jsonl")"
equal "outcomes" 1 "$(row vm-a '.outcomes | add')"
finish
