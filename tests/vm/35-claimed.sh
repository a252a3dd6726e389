# SPDX-License-Identifier: GPL-2.0-only
# Expected: an SEA is claimed, and what its record asks for is dropped, or memory_failure answers an error.
# Where the kernel looks at what became of it, it sends who took the SEA a SIGBUS without an address, and
# the VMM dies of it. Elsewhere, and of answers that are no failure, the guest is sent back to its load,
# has an SEA that nobody claims, and takes an SError. The page stays. The neighbour notices nothing.
# Groups: override
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs recovery-fail record-drop

# ghes_do_proc looks whether anything was asked for, at least in those that are built for overrides;
# at memory_failure's answer who waits for it, from 6.17 on: up to then nobody does.
failed=guest-notified
[ -z "$(symbol memory_failure_cb)" ] || failed=vmm-killed

shot() { # shot FIELD
	jq -r "select(.type == \"shot\") | .$1" "$T/shots"
}

claimed() { # claimed OUTCOME VM METHOD [OPTION...]
	outcome=$1
	name=$2
	method=$3
	shift 3
	vm_start "$name"
	vmtest-firmware sea --pa "$(page_pa "$name" 5)" >"$T/firmware.txt" 2>&1 || fail "no record written"
	fire_start "$method" "$name" --gpa 0x80005000 --timeout 30 --settle 1 \
		--probe "vmtest-guest ctl $T/{vm} compute 1" "$@"
	vmtest-guest ctl "$T/$name" hole >"$T/hole.txt" 2>&1
	fire_end 0
	equal "outcome of $name: $method $*" "$outcome" "$(shot outcome)"
	equal "shots, claims, memory failures" "1 1 0" \
		"$(shot fired) $(shot evidence.counts.claimed) $(shot evidence.counts.memory_failures)"
	case $outcome in
	vmm-killed)
		equal "SEAs and SErrors" "1 0" "$(shot evidence.counts.seas) $(shot evidence.counts.serrors)"
		equal "what ended its VMM" SIGBUS "$(shot evidence.vmm_signal)"
		grep -q "SIGBUS that names no memory error" "$T/$name.txt" || fail "$name saw another SIGBUS"
		;;
	*)
		equal "SEAs and SErrors" "2 1" "$(shot evidence.counts.seas) $(shot evidence.counts.serrors)"
		equal "what its guest took" "1 1" \
			"$(field exceptions <"$T/hole.txt") $(field serror <"$T/hole.txt")"
		equal "exceptions at the page" 0 "$(vm "$name" load page 5 | field exceptions)"
		;;
	esac
}

vm_start vm-b
witness memory_failure ghes_do_proc
claimed vmm-killed vm-d record-drop
claimed $failed vm-f recovery-fail --value EBUSY
claimed guest-notified vm-h recovery-fail --value EHWPOISON
equal "records" 3 "$(witnessed ghes_do_proc)"
equal "recoveries that took place" 0 "$(witnessed memory_failure)"
equal "exceptions of vm-b" 0 "$(vm vm-b stats | field exceptions)"
alive vm-b
finish
