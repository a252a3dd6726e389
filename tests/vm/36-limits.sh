# SPDX-License-Identifier: GPL-2.0-only
# Expected: of the matches of a VM's aborts those are shots that the numbers allow: after so many, no
# sooner than this, not closer to the last one, of this kind, at this place; the rest is counted as what
# it was. All of it in dry runs: nothing is done to the guest.
# Groups: override
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs abort-retry

run() { # run OPTION...: a dry run beside 50 stores to a device, each an abort
	fire_start abort-retry vm-a --dry-run --timeout 0 --gpa 0x09002000 "$@"
	equal "steps with $*" 50 "$(vm vm-a compute 50 | field done)"
	kill -INT "$fire_pid"
	fire_end 0
	echo "$*: $(jq -c 'select(.type == "tally")' "$T/shots")"
}

vm_start vm-a
run --after 40 --at-most 100
equal "matches" 50 "$(tally matched)"
equal "chosen of these, after 40" 10 "$(tally chosen)"
equal "shots" 10 "$(tally fired)"
equal "number of the first" 41 "$(jq -s 'map(select(.mark == "shot"))[0].match' "$T/shots")"

run --gap 1h --at-most 50
equal "shots with an hour between them" 1 "$(tally fired)"
equal "those that came too soon" 49 "$(tally untimely)"

run --delay 1h --at-most 50
equal "shots before their time" 0 "$(tally fired)"
equal "those that came too soon" 50 "$(tally untimely)"

# what comes after its time is not awaited
vm vm-a compute 1000000000 async=1 timeout=0 >/dev/null
fire_start abort-retry vm-a --dry-run --timeout 0 --gpa 0x09002000 --window 1ms --every 2 --at-most 1000000000
fire_end 1
vm vm-a stop >/dev/null
equal "nanoseconds from the first to the last, at most" true \
	"$(jq -s 'map(select(.mark == "shot").mono_ns) | (max // 0) - (min // 0) <= 1000000' "$T/shots")"

run --kind read --kind exec --at-most 50
equal "stores taken for loads" 0 "$(tally matched)"

# all but the last: at-most is reached, and seainject ends by itself
fire_start abort-retry vm-a --dry-run --gpa 0x09002000 --kind write --kind translation --at-most 49
vm vm-a compute 50 >/dev/null
fire_end 0
equal "shots" 49 "$(tally fired)"
equal "matches, one of them beyond or after" 1 "$(($(tally matched) - $(tally over) >= 49))"
alive vm-a
finish
