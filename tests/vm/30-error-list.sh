# SPDX-License-Identifier: GPL-2.0-only
# Expected: where the kernel allows overriding, the error-injection list has each of our targets that
# this version has a function for, by its own name; every one can be hooked by a kprobe at its entry,
# and is really called by its callers' paths when a VM runs. KVM_RUN's system call is on it, too.
# Groups: override
. /tests/vm/lib.sh

LIST=/sys/kernel/debug/error_injection/list
[ -e $LIST ] || skip "this kernel allows no overriding (it needs CONFIG_FUNCTION_ERROR_INJECTION)"

cut -d ' ' -f 1 $LIST | cut -f 1 | sort >"$T/list"
listed() { grep -c -x "$1" "$T/list"; }

target() { # target FUNCTION: of all versions
	equal "$1" "$1 1" "$(symbol "$1") $(listed "$1")"
}

target_of_some() { # target_of_some FUNCTION: on the list where it is a function that can be called
	if [ -n "$(symbol "$1")" ]; then
		target "$1"
	else
		equal "$1, which is none here" 0 "$(listed "$1")"
	fi
}

for function in kvm_handle_guest_abort user_mem_abort apei_claim_sea memory_failure \
	ghes_do_memory_failure ghes_do_proc __kvm_arm_vcpu_set_events send_sig_mceerr __arm64_sys_ioctl; do
	target $function
done
for function in kvm_handle_guest_sea kvm_inject_sea __gfn_to_pfn_memslot __kvm_faultin_pfn; do
	target_of_some $function
done
equal "resolvers of a fault" 1 $(($(listed __gfn_to_pfn_memslot) + $(listed __kvm_faultin_pfn)))

# The path of an abort leads through the functions on the list.
resolver=$(grep -x -e __gfn_to_pfn_memslot -e __kvm_faultin_pfn "$T/list")
witness kvm_handle_guest_abort user_mem_abort "$resolver" apei_claim_sea
vm_start vm-a
vm vm-a sea 3 >/dev/null
for function in kvm_handle_guest_abort user_mem_abort "$resolver"; do
	[ "$(witnessed $function)" -gt 0 ] || fail "no abort came by $function"
	echo "$function: called"
done
equal "claims" 3 "$(witnessed apei_claim_sea)"
finish
