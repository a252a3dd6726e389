# SPDX-License-Identifier: GPL-2.0-only
# Groups: soak
# Expected: 1,000 records by interrupt as fast as the kernel acknowledges them, every tenth of six
# sections, 1,500 pages in all: every record, page and signal is seen or counted as lost, what the
# kernel had no room for is told as dropped, and of the
# signals that were generated the VMM took those that the kernel did not fold into a pending one.
. /tests/vm/lib.sh

RECORDS=${RECORDS:-1000}
SECTIONS=6

pages=$((RECORDS + RECORDS / 10 * (SECTIONS - 1)))
vm_start vm-a --mem 16
vm_start vm-b
seq "$pages" | sed 's/^/pa page /' | vm vm-a - | field pa |
	awk -v most=$SECTIONS '{
		printf "%s", $1
		if (++n < (records % 10 ? 1 : most)) { printf " "; next }
		print ""
		n = 0
		records++
	}' >"$T/records"
equal "records" "$RECORDS" "$(wc -l <"$T/records")"
witness ghes_do_proc memory_failure_queue memory_failure send_sig_mceerr
TRACE_TEXT="" trace_start --timeout 2
vmtest-firmware irq --records "$T/records" --wait --json >"$T/firmware.txt" 2>&1 ||
	fail "not all records were taken"
equal "records sent" "$RECORDS" "$(jq .records "$T/firmware.txt")"
echo "result: 1 record in $(($(jq .elapsed_ns "$T/firmware.txt") / RECORDS / 1000)) us"
# what the kernel queued is done when nothing more has happened for a while
settled=
until [ "$settled" = "$(witnessed memory_failure)" ]; do
	settled=$(witnessed memory_failure)
	sleep 2
done
taken=$(vm vm-a stats | field sigbus_ao)
trace_stop

# Its queue for each CPU has 16 places: on a busy machine the kernel drops a page now and then, whose VM
# then nobody knows.
full=$(($(witnessed memory_failure_queue) - $(witnessed memory_failure)))
echo "result: pages that the kernel dropped: $full"
equal "told as dropped, the host's" $full "$(host_row .outcomes.dropped)"
accounted "records" $(($(row vm-a .laps.parse.count) + $(host_row '.laps.parse.count // 0'))) \
	"$(lost record)" "$(witnessed ghes_do_proc)"
accounted "pages" "$(row vm-a .memory_failures)" "$(lost failure)" "$(witnessed memory_failure)"
accounted "signals" "$(row vm-a .signals_ao)" "$(lost signal)" "$(witnessed send_sig_mceerr)"
accounted "signals taken" "$(row vm-a .signals_delivered)" "$(lost deliver)" "$taken"
echo "result: signals folded: $(($(row vm-a .signals_ao) - taken))"
[ "$(row vm-a .signals_ao)" -ge "$taken" ] || fail "more signals were taken than sent"
equal "incidents of vm-b" 0 "$(row vm-b .incidents)"
finish
