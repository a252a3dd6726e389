# SPDX-License-Identifier: GPL-2.0-only
# Expected: a CPER in the SEA source's error block, then the SEA: one incident with one claim, phase 1
# and phase 2 joined. The guest is sent back and hits the hole again, or is told by its VMM.
. /tests/vm/lib.sh
need_fentry

vm_start vm-a
vm_start vm-b
pa=$(page_pa vm-a 6)
witness apei_claim_sea ghes_do_proc memory_failure
trace_start
vmtest-firmware sea --pa "$pa" >"$T/firmware.txt" 2>&1 || fail "no record written"
vm vm-a hole >"$T/hole.txt"
trace_stop

equal "incidents" 1 "$(count true)"
equal "incidents of vm-a with one claim, one record, one page" 1 \
	"$(count '.vm == "vm-a" and .claimed == 1 and .records == 1 and .memory_failures == 1')"
equal "its SEAs" "$(witnessed apei_claim_sea)" "$(row vm-a .seas)"
equal "records" "$(witnessed ghes_do_proc)" "$(row vm-a .records)"
equal "memory failures" "$(witnessed memory_failure)" "$(row vm-a .memory_failures)"
equal "the guest's exceptions" 1 "$(field exceptions <"$T/hole.txt")"
for span in claim parse recovery; do
	equal "a $span span" 1 "$(count ".spans_ns.$span > 0")"
done
case $(uname -r) in
6.12.*) # the kworker takes the page away, the vCPU goes on: the hole answers with an SError
	equal "outcome" serror-injected "$(jq -r 'select(.type == "incident") | .outcome' "$T/out.jsonl")"
	equal "SEAs, the second unclaimed" 2 "$(row vm-a .seas)"
	;;
esac
finish
