# SPDX-License-Identifier: GPL-2.0-only
# Expected: every second abort of one VM is sent back to its instruction, by the hundred, and its guest
# notices nothing; which ones is the same again for the same seed. The other VM has no shot, and computes
# what it should. A dry run counts the same and does nothing; what stops seainject stops the shots.
# Groups: override
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs abort-retry

chosen() { # chosen: rule, vCPU and match of each shot
	jq -r 'select(.mark == "shot") | "\(.rule) \(.vcpu) \(.match)"' "$T/shots" | sort -n
}

vm_start vm-a --vcpus 2
vm_start vm-b
exits=$(vm vm-a stats vcpu=all | field exits)
fire_start abort-retry vm-a --every 2 --at-most 400 --seed 7
vm vm-b compute 300 async=1 >/dev/null
vm vm-a compute 500 vcpu=all >"$T/a"
equal "steps of vm-a's vCPUs" 1000 "$(field done <"$T/a")"
fire_end 0
equal "shots" 400 "$(tally fired)"
equal "marks of shots" 400 "$(shots '.value == 1')"
equal "exceptions of vm-a" 0 "$(field exceptions <"$T/a")"
vm vm-b wait >"$T/b"
equal "steps of vm-b" 300 "$(field done <"$T/b")"
equal "exits of vm-b, one for each step and its end" 301 "$(field exits <"$T/b")"
alive vm-a vm-b

# half of the matches, by a seed
fire_start abort-retry vm-a --vcpu 1 --gpa 0x09002000 --every 2 --probability 0.5 --seed 42 \
	--at-most 1000 --timeout 0
vm vm-a compute 100 vcpu=1 >/dev/null
kill -INT "$fire_pid"
fire_end 0
chosen >"$T/first"
n=$(wc -l <"$T/first")
[ "$n" -gt 10 ] && [ "$n" -lt 90 ] || fail "$n shots of a hundred matches and more"
equal "shots of vCPU 1 alone" "$n" "$(grep -c '^1 1 ' "$T/first")"

# that are the same again, if nothing is done
fire_start abort-retry vm-a --vcpu 1 --gpa 0x09002000 --every 2 --probability 0.5 --seed 42 \
	--at-most 1000 --timeout 0 --dry-run
vm vm-a compute 100 vcpu=1 >"$T/a"
kill -INT "$fire_pid"
fire_end 0
equal "exits with a dry run" 101 "$(field exits <"$T/a")"
equal "matches with a dry run" 100 "$(tally matched)"
chosen >"$T/dry"
equal "shots of a dry run that were none before" 0 "$(grep -vcxFf "$T/first" "$T/dry")"
equal "marks that say so" "$(tally fired)" "$(shots '.flags == "dry"')"

# another seed, other ones
fire_start abort-retry vm-a --vcpu 1 --gpa 0x09002000 --every 2 --probability 0.5 --seed 43 \
	--at-most 1000 --timeout 0 --dry-run
vm vm-a compute 100 vcpu=1 >/dev/null
kill -INT "$fire_pid"
fire_end 0
chosen >"$T/other"
cmp -s "$T/dry" "$T/other" && fail "another seed chose the same"

# the dead man: stopped, it fires no more; nor when it is heard of again, as it cannot know what it missed
fire_start abort-retry vm-a --every 2 --at-most 100000 --timeout 0 --dead-man 0.2
vm vm-a compute 10 >/dev/null
kill -STOP "$fire_pid"
stopped_ns=$(now_ns)
usleep 400000 # the time that is to run out: there is no event
retries=$(vm vm-a mmio 50 | field done)
equal "exits while seainject is stopped" 50 "$retries"
kill -CONT "$fire_pid"
fire_end 1
equal "shots after the time that it had left" 0 "$(shots ".mono_ns > $stopped_ns + 200000000")"
[ "$(tally expired)" -ge 25 ] || fail "only $(tally expired) expired"
echo "shots that came too late: $(tally expired)"

# killed, it leaves nothing behind
fire_start abort-retry vm-a --every 2 --at-most 100000 --timeout 0
vm vm-a compute 10 >/dev/null
kill -KILL "$fire_pid"
wait "$fire_pid"
equal "kprobes left" 0 "$(wc -l </sys/kernel/debug/kprobes/list)"
alive vm-a vm-b

# so many in a row starve a guest
seainject fire --vm vm-a --method abort-retry --at-most 1000 --unsafe 2>"$T/err"
equal "more in a row than are good for a guest" 2 $?
finish
