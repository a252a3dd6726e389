# SPDX-License-Identifier: GPL-2.0-only
# Expected: whatever is wrong gets one line that says what, and its exit code.
. /tests/vm/lib.sh

wrong() { # wrong EXIT PATTERN COMMAND...
	expected=$1 pattern=$2
	shift 2
	"$@" >"$T/out.txt" 2>"$T/err.txt"
	equal "exit status of $*" "$expected" $?
	equal "lines" 1 "$(wc -l <"$T/err.txt")"
	grep -q -e "$pattern" "$T/err.txt" || fail "no '$pattern' in: $(cat "$T/err.txt")"
}

wrong 2 "--nonsense" seatrace --nonsense
wrong 2 "ring-size" seatrace --ring-size 7x
wrong 2 "power of two" seatrace --ring-size 3
wrong 2 "INTERVAL" seatrace never
wrong 2 "COUNT" seatrace 1 0
wrong 2 "drop-mark" seatrace --drop-mark nothing
wrong 3 "no-such" seatrace -o /no-such/file
wrong 3 "BTF" env SEA_BTF=/no-such seatrace
wrong 3 "privilege" start-stop-daemon -S -q -c nobody -x /usr/bin/seatrace

btf_without kvm_handle_guest_abort
wrong 3 "without KVM" env SEA_BTF="$T/btf" seatrace
btf_without memory_failure_event
env SEA_BTF="$T/btf" seatrace -q -d 0.1 >"$T/out.txt" 2>"$T/err.txt"
equal "exit status without memory_failure_event" 0 $?
equal "lines" 1 "$(wc -l <"$T/err.txt")"
grep -q "memory_failure_event: no such symbol.*not seen: how a recovery ends" "$T/err.txt" ||
	fail "it is not told what is lost"

mkdir "$T/full"
mount -t tmpfs -o size=64k tmpfs "$T/full"
dd if=/dev/zero of="$T/full/fill" bs=1k 2>/dev/null
wrong 3 "No space" seatrace -q -d 0.1 -o "$T/full/out"
umount "$T/full"
finish
