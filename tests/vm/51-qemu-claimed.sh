# SPDX-License-Identifier: GPL-2.0-only
# Expected: a real SEA that APEI claims, in a Linux guest under QEMU. The guest's device (ivshmem) has a
# hole of the host's physical addresses for memory; a program that loads from it takes an SEA to the
# host, where a CPER lies ready that names the page which the program holds. Four places tell one story:
# the lab's firmware, the host's kernel, seatrace (phase 1, claim, record, recovery, AR, notification,
# one incident) and the guest, whose kernel claims a record of its own from QEMU and kills the program.
# Where the kernel sends the vCPU back before it is done, the story is another, and it is told as well.
# Needs: vmm
. /tests/vm/lib.sh
. /tests/vm/vmm.sh

HOLE=0x0b000000 # nothing answers there, see vmtest-guest --hole

# What becomes of the page is task work of the vCPU's thread, and up to 6.16 also that of a kworker, which
# makes an AO of it: QEMU tells its guest nothing, and the guest goes back to the hole. So it is said who
# goes first: the vCPU, as it does in real-time guests; on 5.10, where its task work waits for an exit to the
# VMM, the kworker. The next SEA of the hole is nobody's then, and an SError the end of a Linux guest.
case $(uname -r) in
5.*) policy='-i 0' expected=serror-injected ;;
*) policy='-f 50' expected=guest-notified ;;
esac

vmm_start vm-q -device ivshmem-plain,memdev=hole \
	-object memory-backend-file,id=hole,mem-path=/dev/mem,offset=$HOLE,size=64K,share=on
hold
vcpu_policy $policy
witness apei_claim_sea ghes_do_proc memory_failure send_sig_mceerr
trace_start --timeout 60
vmtest-firmware sea --pa "$pa" --json >"$T/firmware.txt" 2>&1 || fail "no record written"
if [ $expected = guest-notified ]; then
	ask window >"$T/window.txt"
	ask alive >"$T/alive.txt"
	ask hold >"$T/again.txt"
	ask load >>"$T/again.txt"
else
	ask_last window
fi
vmtest-firmware list --json >"$T/sources.txt"
trace_stop
dmesg >"$T/dmesg.txt"

# 1. the lab
equal "records written, sections" "1 1" "$(jq -r '"\(.records) \(.sections)"' "$T/firmware.txt")"
equal "acknowledged by the kernel" true "$(jq -r '.[] | select(.notify == "sea").acked' "$T/sources.txt")"

# 2. the host's kernel
logged "the host's record" "Hardware Error.*physical_address: 0x0*${pa#0x}\$" <"$T/dmesg.txt"
logged "the host's recovery" "Memory failure: $(page_number "$pa"): recovery action for .*: Recovered" \
	<"$T/dmesg.txt"

# 3. seatrace
equal "incidents" 1 "$(count true)"
equal "the incident" "vm-q $expected $pa $window 1 1 1" "$(jq -r 'select(.type == "incident") |
	"\(.vm) \(.outcome) \(.pa) \(.far) \(.claimed) \(.records) \(.memory_failures)"' "$T/out.jsonl")"
for span in phase1 claim parse recovery; do
	equal "a $span span" 1 "$(count ".spans_ns.$span > 0")"
done
equal "SEAs witnessed" "$(witnessed apei_claim_sea)" "$(row vm-q .seas)"
equal "records witnessed" "$(witnessed ghes_do_proc)" "$(row vm-q .records)"
equal "memory failures witnessed" "$(witnessed memory_failure)" "$(row vm-q .memory_failures)"
equal "signals witnessed" "$(witnessed send_sig_mceerr)" "$(row vm-q .signals_ao)"
equal "the host's own incidents" 0 "$(host_row .incidents)"

# 4. the guest
if [ $expected = guest-notified ]; then
	equal "SEAs, AO, AR, notified" "1 0 1 inferred" "$(jq -r 'select(.type == "incident") |
		"\(.seas) \(.signals_ao) \(.signals_ar) \(.notified)"' "$T/out.jsonl")"
	equal "the program's end: SIGBUS, BUS_MCEERR_AR, its page" "7 4 $va" \
		"$(field killed <"$T/window.txt") $(field code <"$T/window.txt") $(field addr <"$T/window.txt")"
	logged "the guest's record" "Hardware Error.*physical_address: 0x0*${gpa#0x}" <"$T/console.txt"
	logged "the guest's signal" "Memory failure: $(page_number "$gpa"): Sending SIGBUS to init:$pid " \
		<"$T/console.txt"
	equal "the guest's poisoned memory, in KiB" 4 "$(field hwpoisoned <"$T/alive.txt")"
	equal "what the next program loads" 5714 "$(field value <"$T/again.txt")"
else
	equal "SEAs, AR, SErrors" "2 0 1" "$(jq -r 'select(.type == "incident") |
		"\(.seas) \(.signals_ar) \(.serrors)"' "$T/out.jsonl")"
	logged "the guest's end" "Kernel panic.*SError" <"$T/console.txt"
fi
finish
