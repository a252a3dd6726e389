# SPDX-License-Identifier: GPL-2.0-only
# Expected: a GHES record for a page that a program of a Linux guest under QEMU holds, and that
# program's later load, are one story in four places: the lab's firmware says what it injected; the
# host's kernel logs the record and takes the page away; seatrace has one incident with record,
# recovery, AO, AR and notification; the guest's kernel gets a record of its own from QEMU and kills the
# program, and the guest goes on.
# Needs: vmm
. /tests/vm/lib.sh
. /tests/vm/vmm.sh

vmm_start vm-q
hold
witness ghes_do_proc memory_failure send_sig_mceerr
trace_start --timeout 60
vmtest-firmware irq --pa "$pa" --wait --json >"$T/firmware.txt" 2>&1 || fail "no record injected"
# the page is taken away in a kworker: a load before that is no load of a poisoned page
until dmesg | grep -q "Memory failure: $(page_number "$pa"): recovery action"; do usleep 10000; done
ask load >"$T/load.txt"
ask alive >"$T/alive.txt"
ask hold >"$T/again.txt"
ask load >>"$T/again.txt"
trace_stop
dmesg >"$T/dmesg.txt"

# 1. the lab
equal "records injected, sections, acknowledged" "1 1 true" \
	"$(jq -r '"\(.records) \(.sections) \(.acked)"' "$T/firmware.txt")"

# 2. the host's kernel
logged "the host's record" "Hardware Error.*physical_address: 0x0*${pa#0x}\$" <"$T/dmesg.txt"
logged "the host's recovery" "Memory failure: $(page_number "$pa"): recovery action for .*: Recovered" \
	<"$T/dmesg.txt"
logged "the host's signal" "Memory failure: $(page_number "$pa"): Sending SIGBUS to .*:$vmm_pid " \
	<"$T/dmesg.txt"

# 3. seatrace
case $(uname -r) in
5.*) known_gpa=null ;; # unmaps by the VMM's addresses, before it looks up the memslot
*) known_gpa=$gpa ;;
esac
equal "incidents" 1 "$(count true)"
equal "the incident" "vm-q guest-notified inferred $pa $known_gpa" "$(jq -r 'select(.type == "incident") |
	"\(.vm) \(.outcome) \(.notified) \(.pa) \(.gpa)"' "$T/out.jsonl")"
equal "records, failures, AO, AR, SEAs" "1 1 1 1 0" "$(jq -r 'select(.type == "incident") |
	"\(.records) \(.memory_failures) \(.signals_ao) \(.signals_ar) \(.seas)"' "$T/out.jsonl")"
equal "records witnessed" "$(witnessed ghes_do_proc)" "$(row vm-q .records)"
equal "memory failures witnessed" "$(witnessed memory_failure)" "$(row vm-q .memory_failures)"
equal "signals witnessed" "$(witnessed send_sig_mceerr)" "$(row vm-q '.signals_ao + .signals_ar')"
equal "the host's own incidents" 0 "$(host_row .incidents)"

# 4. the guest
equal "the program's end: SIGBUS, BUS_MCEERR_AR, its page" "7 4 $va" \
	"$(field killed <"$T/load.txt") $(field code <"$T/load.txt") $(field addr <"$T/load.txt")"
logged "the guest's record" "Hardware Error.*physical_address: 0x0*${gpa#0x}" <"$T/console.txt"
logged "the guest's recovery" "Memory failure: $(page_number "$gpa"): recovery action for .*: Recovered" \
	<"$T/console.txt"
logged "the guest's signal" "Memory failure: $(page_number "$gpa"): Sending SIGBUS to init:$pid " \
	<"$T/console.txt"
equal "the guest's poisoned memory, in KiB" 4 "$(field hwpoisoned <"$T/alive.txt")"
equal "what the next program loads" 5714 "$(field value <"$T/again.txt")"
[ -d "/proc/$vmm_pid" ] || fail "QEMU has ended"
finish
