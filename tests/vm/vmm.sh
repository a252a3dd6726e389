# SPDX-License-Identifier: GPL-2.0-only
# What the tests with a real VMM share: one QEMU with a Linux guest, whose only program is vmtest-linux,
# and questions to both. Sourced, after lib.sh. An answer that does not come because QEMU has ended is a
# failure, not a wait: each pipe's other end is in QEMU alone.
VMM=/opt/vmm

[ -x $VMM/bin/qemu-system-aarch64 ] || skip "this host has no VMM (vmtest run --with vmm)"

channel() { # channel NAME: two pipes, as QEMU's chardev of that kind wants them
	mkfifo "$T/$1.in" "$T/$1.out"
}

# The guest's console is a file; commands and answers go through a virtio port, QMP through pipes.
# Without EFI's runtime services, a guest that panics ends QEMU by PSCI.
vmm_start() { # vmm_start NAME [OPTION...]
	vmm=$1
	shift
	mkdir "$T/initrd"
	cp /usr/bin/vmtest-linux "$T/initrd/init"
	(cd "$T/initrd" && echo init | cpio -o -H newc) >"$T/initrd.cpio" 2>"$T/cpio.txt" ||
		fail "no initrd for the guest"
	channel ask
	channel qmp
	# opened for both, none of these waits for its other end; 3 and 5 are what QEMU keeps
	exec 3<>"$T/ask.out" 5<>"$T/qmp.out" 6<>"$T/ask.in" 7<"$T/ask.out" 8<>"$T/qmp.in" 9<"$T/qmp.out"
	$VMM/bin/qemu-system-aarch64 -name "guest=$vmm,debug-threads=on" -run-with exit-with-parent=on \
		-nodefaults -display none -no-reboot -accel kvm -M virt,gic-version=3,ras=on -cpu host -m 256 \
		-bios $VMM/QEMU_EFI.fd -kernel $VMM/vmlinuz -initrd "$T/initrd.cpio" \
		-append "console=ttyAMA0 acpi=force efi=noruntime panic=-1 quiet" \
		-chardev "file,id=console,path=$T/console.txt" -serial chardev:console \
		-chardev "pipe,id=ask,path=$T/ask" -device virtio-serial-pci \
		-device virtserialport,chardev=ask,name=ask \
		-chardev "pipe,id=qmp,path=$T/qmp" -object monitor-qmp,id=monitor,chardev=qmp "$@" \
		>"$T/qemu.txt" 2>&1 </dev/null 6>&- 7<&- 8>&- 9<&- &
	vmm_pid=$!
	JOBS="$JOBS $vmm_pid"
	exec 3>&- 5>&-
	answer # of its start: "ok ready"
	read -r greeting <&9 || fail "QEMU has ended"
	qmp '{"execute": "qmp_capabilities"}' >"$T/qmp.txt"
}

answer() { # the guest's next; to $T/answer
	read -r line <&7 || fail "QEMU has ended, and the guest has not answered"
	echo "$line" >"$T/answer"
	case $line in
	"ok "*) ;;
	*) fail "the guest: $line" ;;
	esac
}

ask() { # ask COMMAND: vmtest-linux's answer
	echo "$1" >&6
	answer
	cat "$T/answer"
}

ask_last() { # ask_last COMMAND: one that the guest does not survive, nor QEMU
	echo "$1" >&6
	! read -r line <&7 || fail "the guest goes on: $line"
	wait "$vmm_pid"
	echo "QEMU's exit status: $?"
}

qmp() { # qmp COMMAND: what it returns; events are passed over
	echo "$1" >&8
	while read -r line <&9; do
		case $line in
		'{"return": '*) echo "$line" | jq -r .return && return ;;
		'{"error": '*) fail "QEMU: $line" ;;
		esac
	done
	fail "QEMU has ended"
}

hold() { # a program of the guest holds a page: $pid, $va, $gpa and, as QEMU sees it, $pa; $window
	ask hold >"$T/hold.txt"
	for name in pid va gpa window; do
		eval "$name=$(field $name <"$T/hold.txt")"
	done
	qmp "{\"execute\": \"human-monitor-command\", \"arguments\": {\"command-line\": \"gpa2hpa $gpa\"}}" \
		>"$T/pa.txt"
	pa=$(sed -n 's/.* is \(0x[0-9a-f]*\).*/\1/p' "$T/pa.txt")
	[ -n "$pa" ] || fail "QEMU knows no page of the host at $gpa"
}

vcpu_policy() { # vcpu_policy POLICY PRIORITY: chrt's, for the thread of the vCPU
	tid=$(grep -l '^CPU 0/KVM$' "/proc/$vmm_pid/task"/*/comm | cut -d / -f 5)
	chrt "$1" -p "$2" "$tid" >"$T/chrt.txt" 2>&1 || fail "no $1 $2 for the vCPU's thread (\"$tid\")"
}

page_number() { # page_number ADDRESS: as the kernel writes it
	printf '0x%x' $(($1 >> 12))
}

logged() { # logged WHAT PATTERN: a kernel's log, on stdin, has it in one line
	equal "$1, lines with \"$2\"" 1 "$(grep -c "$2")"
}
