# SPDX-License-Identifier: GPL-2.0-only
# Expected: a GHES record by interrupt for a page of vm-a and the guest's later touch are one
# incident of vm-a: record, recovery, AO, AR, explicit notification; vm-b has nothing.
# Groups: all every
. /tests/vm/lib.sh

vm_start vm-a
vm_start vm-b
gpa=$(vm vm-a pa page 5 | field gpa)
pa=$(page_pa vm-a 5)
witness ghes_do_proc memory_failure send_sig_mceerr
trace_start --timeout 60
vmtest-firmware irq --pa "$pa" >"$T/firmware.txt" 2>&1 || fail "no record injected"
# the page is taken away in a kworker: a touch before that is no touch of a poisoned page
until [ "$(vm vm-a stats | field sigbus_ao)" -ge 1 ]; do :; done
vm vm-a load page 5 >"$T/load.txt"
trace_stop

equal "the guest's abort" 0x96000010 "$(field dabt_esr <"$T/load.txt")"
equal "incidents" 1 "$(count true)"
equal "incidents of vm-a that ended in an explicit notification" 1 \
	"$(count '.vm == "vm-a" and .outcome == "guest-notified" and .notified == "explicit"')"
case $(uname -r) in
5.*) gpa=null ;; # unmaps by the VMM's addresses, before it looks up the memslot
esac
equal "guest physical address" "$gpa" "$(jq -r 'select(.type == "incident") | .gpa' "$T/out.jsonl")"
equal "physical address" "$pa" "$(jq -r 'select(.type == "incident") | .pa' "$T/out.jsonl")"
equal "signals early, late" "1 1" "$(row vm-a '"\(.signals_ao) \(.signals_ar)"')"
equal "records" "$(witnessed ghes_do_proc)" "$(row vm-a .records)"
equal "memory failures" "$(witnessed memory_failure)" "$(row vm-a .memory_failures)"
equal "signals" "$(witnessed send_sig_mceerr)" "$(row vm-a '.signals_ao + .signals_ar')"
equal "the host's own incidents" 0 "$(host_row .incidents)"
equal "incidents of vm-b" 0 "$(row vm-b .incidents)"
finish
