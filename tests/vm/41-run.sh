# SPDX-License-Identifier: GPL-2.0-only
# Expected: a campaign's shots are fired in their order, judged, and told in every form; what this kernel
# has not is told as such; the budget is kept; a second campaign at the same VM is refused, one at another
# VM is not; a VM whose guest does not answer is shot at no more.
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs page-poison

campaign() { # campaign NAME <SHOTS: into $T/NAME.yaml, at vm-a
	cat >"$T/$1.yaml" <<-HEAD
		name: $1
		unsafe: true
		seed: 7
		probe:
		  command: [vmtest-guest, ctl, "$T/{vm}", compute, "1"]
		  timeout: 20s
		targets:
		  - vm: ${2:-vm-a}
	HEAD
	cat >>"$T/$1.yaml"
}

vm_start vm-a --vcpus 2
vm_start vm-b
for name in vm-a vm-b; do vm $name touch 64 >/dev/null; done

campaign small <<-SHOTS
	warm-up: 1500ms
	shots:
	  - methods: [page-poison]
	    places: [0x80003000, 0x80004000]
	    counts: [1, 2]
	    expect: [transparent]
	    settle: 200ms
	  - methods: [einj]
	    places: [0x80009000]
	    if-available: true
SHOTS
seainject check "$T/small.yaml" >"$T/check.txt" 2>&1 || fail "$(cat "$T/check.txt")"
seainject run --junit "$T/junit.xml" -o "$T/run" --tap "$T/small.yaml" >"$T/tap" 2>"$T/err.txt"
# the second of each pair wants a page that the first has taken
equal "exit status" 1 $?
equal "verdicts" "pass fail pass fail unavailable" "$(echo $(jq -r 'select(.type == "shot") | .verdict' "$T/run"))"
equal "outcomes" "transparent not-activated transparent not-activated null" \
	"$(echo $(jq -r 'select(.type == "shot") | .outcome' "$T/run"))"
equal "fired of wanted" "1/1 0/2 1/1 0/2 0/1" \
	"$(echo $(jq -r 'select(.type == "shot") | "\(.fired)/\(.wanted)"' "$T/run"))"
equal "whether the first was fired before it was warm" false \
	"$(jq -s '(map(select(.type == "campaign"))[0].mono_ns + 1500000000) as $warm
		| map(select(.number == 1))[0].mono_ns < $warm' "$T/run")"
equal "budget left" 5 "$(jq 'select(.type == "campaign") | .budget_left' "$T/run")"
equal "tests of TAP" "1..5 2 3" "$(grep -x '1\.\.5' "$T/tap") $(grep -c '^not ok' "$T/tap") $(grep -c '^ok' "$T/tap")"
equal "JUnit's failures" 2 "$(grep -c '<failure' "$T/junit.xml")"

# what is not here, and a VM that is not
campaign wrong vm-c <<-SHOTS
	shots:
	  - methods: [page-poison]
	    places: [0x80003000]
SHOTS
seainject check "$T/wrong.yaml" >"$T/check.txt" 2>&1
equal "status of a check without its VM" 2 $?
grep -q "wrong.yaml:8: vm 'vm-c': there is no such VM" "$T/check.txt" || fail "$(cat "$T/check.txt")"
seainject run "$T/wrong.yaml" >"$T/check.txt" 2>&1
equal "status of a run without its VM" 2 $?
sed 's/page-poison/einj/; s/vm-c/vm-a/' "$T/wrong.yaml" >"$T/absent.yaml"
seainject check "$T/absent.yaml" >"$T/check.txt" 2>&1
equal "status of a check without its method" 4 $?
grep -q "absent.yaml:10: einj: not on this kernel: " "$T/check.txt" || fail "$(cat "$T/check.txt")"
sed 's/unsafe: true/unsafe: false/; s/vm-c/vm-a/' "$T/wrong.yaml" >"$T/safe.yaml"
seainject run "$T/safe.yaml" >"$T/check.txt" 2>&1
equal "status of a run that is not allowed" 2 $?

# one at a time: the first waits for a page that never comes
campaign waiting <<-SHOTS
	shots:
	  - methods: [page-poison]
	    places: [0x80400000]
	    timeout: 1h
SHOTS
run_start "$T/waiting.yaml"
until ls /run/seainject/VM-"$pid_vm_a"-* >"$T/ls.txt" 2>&1; do usleep 10000; done
seainject run "$T/small.yaml" >"$T/check.txt" 2>&1
equal "status of a second campaign" 3 $?
grep -q "another seainject is at it: process $run_pid" "$T/check.txt" || fail "$(cat "$T/check.txt")"
kill -INT "$run_pid"
run_end 0
equal "what was interrupted" "true skipped" \
	"$(jq 'select(.type == "campaign") | .interrupted' "$T/run") $(result 1 verdict)"

# while it warms up nobody is asked, and nothing is fired
sed -i "s|vmtest-guest, ctl, .*|touch, $T/asked]|; s/^warm-up: .*/warm-up: 1h/" "$T/small.yaml"
run_start "$T/small.yaml"
until grep -q "warms up" "$T/run.txt"; do usleep 10000; done
kill -INT "$run_pid"
run_end 0
equal "what was to be fired" "skipped interrupted" \
	"$(jq -r 'select(.type == "shot" and .verdict != "unavailable") | "\(.verdict) \(.reason)"' "$T/run" | sort -u)"
[ ! -e "$T/asked" ] || fail "the guest was asked"

# a guest that does not answer is left alone, and that is no success
campaign dead <<-SHOTS
	shots:
	  - methods: [page-poison]
	    places: [0x80006000]
SHOTS
sed -i "s|$T/{vm}|$T/nobody|" "$T/dead.yaml"
run_start "$T/dead.yaml"
run_end 1
equal "verdict on a guest that did not answer before" skipped "$(result 1 verdict)"
equal "shots at it" 0 "$(result 1 fired)"
unarmed
alive vm-a vm-b
equal "exceptions of vm-b" 0 "$(vm vm-b stats | field exceptions)"
finish
