# SPDX-License-Identifier: GPL-2.0-only
# Expected: a CPER in the SEA source's error block, then the SEA: one incident with one claim, phase 1
# and phase 2 joined. The guest is told by its VMM, or sent back to hit the hole again.
# Groups: all every
. /tests/vm/lib.sh

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
for span in claim parse recovery; do
	equal "a $span span" 1 "$(count ".spans_ns.$span > 0")"
done
# Who runs memory_failure decides, up to 6.16 by a race: the vCPU's own task work (AR, the VMM tells
# the guest) or a kworker first (the guest goes back to the hole: an SError). Both are right; what
# the guest took must be what was reported.
equal "the guest's data aborts" "$(field dabt <"$T/hole.txt")" "$(row vm-a .notifications)"
equal "the guest's SErrors" "$(field serror <"$T/hole.txt")" "$(row vm-a .serrors)"
equal "SEAs: one claimed, one per SError" $((1 + $(row vm-a .serrors))) "$(row vm-a .seas)"
[ "$(field exceptions <"$T/hole.txt")" -ge 1 ] || fail "the guest noticed nothing"
finish
