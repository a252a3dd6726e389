# SPDX-License-Identifier: GPL-2.0-only
# Expected: seainject killed at any moment leaves nothing armed, whatever it was about to do; its guests go
# on, the lock of its VM is free, what it took away can be taken back as far as the kernel lets it, and the
# next campaign at the same place finds none of the old shots.
# usage: 43-killed.sh [TIMES]
. /tests/vm/lib.sh
. /tests/vm/inject.sh
stream
needs page-poison
TIMES=${1:-5}

vm_start vm-a --vcpus 2
vm_start vm-b
vm vm-a touch 512 >/dev/null
vm vm-a mmio 1000000000 vcpu=1 async=1 timeout=0 >/dev/null
vm vm-b mmio 1000000000 async=1 timeout=0 >/dev/null

campaign() { # campaign FIRST: pages from number FIRST on, each with a volley behind it
	cat <<-FILE
		name: killed
		unsafe: true
		targets:
		  - vm: vm-a
		shots:
	FILE
	for page in $(seq "$1" $(($1 + 9))); do
		printf '  - {methods: [page-poison], places: [0x%x], settle: 50ms}\n' $((0x80000000 + page * 4096))
		echo "  - {$stream_shot, vcpus: [1], counts: [40], settle: 50ms}"
	done
}

# Any moment will do: while it begins (the odd ones), or in the midst of shots.
moment() { # moment NUMBER
	within=4000
	if [ $(($1 % 2)) = 0 ]; then
		run_armed 2
		within=1500
	fi
	ms=$(($(od -A n -N 2 -t u2 /dev/urandom) % within))
	usleep $((ms * 1000))
}

exits() { # exits NAME VCPU
	vm "$1" stats "vcpu=$2" | field exits
}

goes_on() { # goes_on NAME VCPU
	before=$(exits "$1" "$2")
	until [ "$(exits "$1" "$2")" -gt $((before + 50)) ]; do :; done
}

for n in $(seq "$TIMES"); do
	campaign $((16 * (n % 30))) >"$T/killed.yaml"
	run_start "$T/killed.yaml"
	moment "$n"
	kill -KILL "$run_pid"
	wait "$run_pid"
	echo "killed $ms ms after: $(tail -n 1 "$T/run.txt"); shots that were over: $(grep -c '"type":"shot"' "$T/run")"
	# programs of a dead process go as its descriptors are closed, a moment after it
	until [ "$(attached)" = 0 ]; do usleep 10000; done
	goes_on vm-a 1
	goes_on vm-b 0
	alive vm-a
done

# the old rule would match here: none of its shots is among these
fire_start $stream vm-a $stream_options --vcpu 1 --at-most 3 --timeout 60
fire_end 0
equal "shots of the next" "3 3" "$(tally fired) $(shots)"
modprobe hwpoison-inject 2>"$T/modprobe.txt"
pages=$(seainject undo --list --json | jq -s 'map(select(.undone | not)) | length')
seainject undo >"$T/undo.txt" 2>&1
status=$?
echo "pages taken away: $pages; taken back: $(grep -c ': taken back' "$T/undo.txt") (status $status)"
equal "each told" "$pages" "$(grep -c '^page ' "$T/undo.txt")"
unarmed
vm vm-a stop vcpu=1 >/dev/null
vm vm-b stop >/dev/null
alive vm-a vm-b
equal "exceptions of vm-b" 0 "$(vm vm-b stats | field exceptions)"
finish
