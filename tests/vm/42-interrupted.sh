# SPDX-License-Identifier: GPL-2.0-only
# Expected: SIGINT and SIGTERM in the midst of a campaign disarm at once, and what there is by then is told.
# While seainject is stopped the dead man's time runs out: no shot after it, also when it goes on.
. /tests/vm/lib.sh
. /tests/vm/inject.sh
stream

vm_start vm-a --vcpus 2
vm_start vm-b
cat >"$T/long.yaml" <<-FILE
	name: long
	unsafe: true
	dead-man: 500ms
	probe:
	  command: [vmtest-guest, ctl, "$T/{vm}", compute, "1"]
	  timeout: 20s
	targets:
	  - vm: vm-a
	shots:
	  - {$stream_shot, vcpus: [1], counts: [5], expect: [transparent], settle: 200ms}
	  - {$stream_shot, vcpus: [1], counts: [1000000], expect: [transparent], timeout: 1h}
	  - {$stream_shot, vcpus: [1], counts: [7], expect: [transparent]}
FILE
vm vm-a mmio 1000000000 vcpu=1 async=1 timeout=0 >/dev/null

for signal in INT TERM; do
	run_start "$T/long.yaml"
	run_armed 2
	before=$(vm vm-a stats vcpu=1 | field exits)
	until [ "$(vm vm-a stats vcpu=1 | field exits)" -gt $((before + 100)) ]; do :; done
	kill -$signal "$run_pid"
	run_end 0
	unarmed
	equal "verdicts" "pass skipped skipped" "$(result 1 verdict) $(result 2 verdict) $(result 3 verdict)"
	[ "$(result 2 fired)" -gt 0 ] || fail "nothing was fired by then"
	equal "shots of the third" 0 "$(result 3 fired)"
	equal "interrupted" true "$(jq 'select(.type == "campaign") | .interrupted' "$T/run")"
	equal "marks lost" 0 "$(jq 'select(.type == "campaign") | .lost' "$T/run")"
done

fire_start $stream vm-a $stream_options --vcpu 1 --at-most 1000000 --timeout 0 --dead-man 0.5
until [ "$(shots)" -gt 0 ]; do usleep 10000; done
kill -STOP "$fire_pid"
stopped_ns=$(now_ns)
# what it has fired by the end of its time is all that it fires: exits go on
until [ "$(now_ns)" -gt $((stopped_ns + 500000000)) ]; do usleep 10000; done
before=$(vm vm-a stats vcpu=1 | field exits)
until [ "$(vm vm-a stats vcpu=1 | field exits)" -gt $((before + 100)) ]; do :; done
kill -CONT "$fire_pid"
fire_end 1
equal "shots after the dead man's time" 0 "$(shots ".mono_ns > $stopped_ns + 500000000")"
[ "$(tally expired)" -ge 50 ] || fail "only $(tally expired) matches came too late"
equal "outcome" lost "$(jq -r 'select(.type == "shot") | .outcome' "$T/shots")"
unarmed
vm vm-a stop vcpu=1 >/dev/null
alive vm-a vm-b
finish
