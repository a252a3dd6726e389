# SPDX-License-Identifier: GPL-2.0-only
# Expected: an SEA that a guest is sent back to for ever is told of while it goes on, once; what closes
# in the end is that one incident, with as many SEAs as an independent probe saw, and the command for
# incidents ran once. A recording of it tells the same.
. /tests/vm/lib.sh

await_line() { # await_line PATTERN FILE
	until grep -q "$1" "$2"; do usleep 10000; done
}

tables() {
	grep -c '^lost marks: ' "$T/out.txt"
}

cat >"$T/command" <<-'COMMAND'
	#!/bin/sh
	echo "command: $SEATRACE_ID $SEATRACE_VM"
COMMAND
chmod 755 "$T" "$T/command"
vm_start vm-a --mask-serror
vm_start vm-b
witness apei_claim_sea
seatrace record "$T/rec" -o "$T/out.jsonl" --exec "$T/command" >"$T/out.txt" 2>"$T/err.txt" </dev/null &
trace_pid=$!
JOBS="$JOBS $trace_pid"
await_line 'hooks attached' "$T/err.txt"
vm vm-b sea 2 >/dev/null
vm vm-a hole async=1 >/dev/null
await_line ' vm-a  *retried, vcpu 0, 2 SEAs, ' "$T/out.txt"
await_line '"type":"retry"' "$T/out.jsonl"
# it goes on, which a table tells and nothing else
before=$(tables)
until [ "$(tables)" -gt "$before" ]; do usleep 10000; done
equal "incidents that have closed" 0 "$(grep -c '"type":"incident",.*"vm":"vm-a"' "$T/out.jsonl")"
vm vm-a stop >/dev/null
trace_stop

retry=$(jq -r 'select(.type == "retry") | "\(.id) \(.vm) \(.seas)"' "$T/out.jsonl")
id=${retry%% *}
equal "retries told" "$id vm-a 2" "$retry"
equal "in the text" 1 "$(grep -c ' retried, ' "$T/out.txt")"
equal "incidents of vm-a" "$id" "$(jq 'select(.type == "incident" and .vm == "vm-a") | .id' "$T/out.jsonl")"
equal "commands for it" 1 "$(grep -c "^command: $id vm-a$" "$T/err.txt")"
equal "SEAs of both VMs" "$(witnessed apei_claim_sea)" "$(($(row vm-a .seas) + $(row vm-b .seas)))"
[ "$(row vm-a .seas)" -gt 2 ] || fail "it did not go on"
seatrace report -o "$T/report.jsonl" "$T/rec" >"$T/report.txt"
cmp "$T/out.jsonl" "$T/report.jsonl" || fail "report differs from the live JSON"
cmp "$T/out.txt" "$T/report.txt" || fail "report differs from the live text"
finish
