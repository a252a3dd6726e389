# SPDX-License-Identifier: GPL-2.0-only
# Expected: with --kprobe --check has no trampoline, and says which gaps that leaves; its text has the same
# hooks as its JSON; and a kernel in whose BTF a tracepoint has another name is told what is not seen.
. /tests/vm/lib.sh
. /tests/vm/check.sh

agrees --kprobe
equal "trampolines with --kprobe" 0 \
	"$(jq '[.hooks[] | select(.attached == "trampoline")] | length' "$T/check.json")"
[ "$(jq '.gaps | length' "$T/check.json")" -gt 0 ] || fail "kprobes without a gap"

seatrace --check >"$T/out.txt" 2>"$T/err.txt"
equal "hooks in the text" "$(jq '.hooks | length' "$T/check.json")" "$(grep -c '^sea_' "$T/out.txt")"
equal "lockdown" none "$(sed -n 's/^lockdown *//p' "$T/out.txt")"

btf_without memory_failure_event
SEA_BTF="$T/btf" seatrace --check --json >"$T/check.json" 2>"$T/err.txt"
equal "exit status without a tracepoint" 0 $?
equal "what is not seen then" "how a recovery ends" \
	"$(jq -r '.hooks[] | select(.not_seen) | .not_seen' "$T/check.json")"
finish
