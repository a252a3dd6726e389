# SPDX-License-Identifier: GPL-2.0-only
# Expected: what seainject left on the host is taken back, also after it was killed in the midst of it: page
# frames, and the record of a claim that was denied. The first test of all: from 5.19 on the kernel gives
# no page back once there was a real memory failure, and then undo says so.
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs page-poison

undo() { # undo STATUS: seainject's, and what it said of each entry in $T/undone
	seainject undo --json --journal "$T/journal" >"$T/undone" 2>>"$T/err.txt"
	equal "undo's exit status" "$1" $?
}

corrupted() { # pages that the host has lost
	awk -v page="$page" '/^HardwareCorrupted:/ { print $2 * 1024 / page }' /proc/meminfo
}

hit() { # hit VM GPA [OPTION...]
	at=$1
	gpa=$2
	shift 2
	seainject fire --method page-poison --vm "$at" --gpa "$gpa" --unsafe --any-end --settle 0.05 \
		--journal "$T/journal" "$@" >>"$T/fire.txt" 2>&1
}

if dmesg | grep -q 'Hardware Error'; then
	skip "there was a real memory failure in this boot"
fi
modprobe hwpoison-inject || fail "hwpoison-inject is not there"
vm_start vm-a
vm_start vm-b --backing memfd
page=$(vm vm-a info | field page_size)
vm vm-a touch 256 >/dev/null
vm vm-b touch 16 >/dev/null
equal "pages lost so far" 0 "$(corrupted)"

# memory that only the VMM has comes back while it lives
hit vm-a 0x80005000+2M --at-most 3 || fail "page-poison did not fire"
equal "pages lost" 3 "$(corrupted)"
equal "what there is to undo" 3 "$(seainject undo --list --json --journal "$T/journal" | wc -l)"
undo 0
equal "the newest first" "3 2 1" "$(jq -r .id "$T/undone" | tr '\n' ' ' | sed 's/ $//')"
equal "pages lost" 0 "$(corrupted)"
equal "what there is to undo" "" "$(seainject undo --list --journal "$T/journal")"

# a file's page may stay until nobody has the file: then the reason is said
hit vm-b 0x80007000 --value hwpoison-inject || fail "page-poison did not fire"
if ! seainject undo --json --journal "$T/journal" >"$T/undone" 2>>"$T/err.txt"; then
	equal "why the page stays" EBUSY "$(jq -r .note "$T/undone" | sed 's/ .*//')"
	equal "pages lost" 1 "$(corrupted)"
fi
vm vm-b quit >/dev/null
wait "$pid_vm_b"
undo 0
equal "pages lost" 0 "$(corrupted)"

# killed while it fires: each page was written down before it was hit
seainject fire --method page-poison --vm vm-a --gpa 0x80040000+512K --at-most 128 --unsafe \
	--journal "$T/journal" >>"$T/fire.txt" 2>&1 &
fire_pid=$!
JOBS="$JOBS $fire_pid"
until [ "$(corrupted)" -gt 5 ]; do usleep 1000; done
kill -9 $fire_pid
wait $fire_pid
equal "seainject's end" 137 $?
lost=$(corrupted)
left=$(seainject undo --list --json --journal "$T/journal" | wc -l)
echo "killed after $lost pages, with $left written down"
[ "$left" = "$lost" ] || [ "$left" = $((lost + 1)) ] || fail "$lost pages are lost, $left are known"
undo 0
equal "pages lost" 0 "$(corrupted)"
alive vm-a

# the record of a claim that was denied would be the next SEA's, of any VM
vmtest-firmware sea --pa "$(page_pa vm-a 9)" >"$T/firmware.txt" 2>&1 || fail "no record written"
unread() {
	vmtest-firmware list --json | jq -c '[.[] | select(.notify == "sea") | [.full, .acked]]'
}
equal "full, acknowledged" "[[true,false]]" "$(unread)"
cat >"$T/journal" <<-END
	{"type":"entry","id":1,"boot_id":"$(cat /proc/sys/kernel/random/boot_id)","what":"record","vm":"vm-a","method":"claim-deny","tgid":$pid_vm_a,"start_ticks":1,"pfn":0,"gpa":0,"kind":"page","page_size":0}
	{"type":"entry","id":2,"boot_id":"
END
undo 0
equal "what was cut short" 1 "$(grep -c 'line 2 was cut short' "$T/err.txt")"
equal "what was taken back" "record true" "$(jq -r '[.what, .undone] | join(" ")' "$T/undone")"
equal "full, acknowledged" "[[false,true]]" "$(unread)"
vm vm-a hole >"$T/hole.txt"
equal "SErrors of an SEA that found no record" 1 "$(field serror <"$T/hole.txt")"
equal "pages lost" 0 "$(corrupted)"

# after a real failure: up to 5.15 it goes on, then the kernel gives nothing back
hit vm-a 0x80008000 || fail "page-poison did not fire"
vmtest-firmware irq --wait --pa "$(page_pa vm-a 9)" >"$T/firmware.txt" 2>&1 || fail "no record injected"
until [ "$(corrupted)" = 2 ]; do usleep 10000; done
case $(uname -r) in
5.10.*)
	undo 0
	equal "pages lost" 1 "$(corrupted)"
	;;
*)
	undo 1
	equal "why the page stays" EOPNOTSUPP "$(jq -r .note "$T/undone" | sed 's/ .*//')"
	equal "pages lost" 2 "$(corrupted)"
	;;
esac
alive vm-a
finish
