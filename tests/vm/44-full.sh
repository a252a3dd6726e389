# SPDX-License-Identifier: GPL-2.0-only
# Expected: tests/campaigns/full.yaml, every method of this kernel at several places, with every verdict as the
# file wants it, while the guest does what each method waits for; the neighbour notices nothing.
# Groups: override
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs abort-retry

FILE=/tests/campaigns/full.yaml
[ -f "$FILE" ] || skip "the campaign is not here"

vm_start vm-a --vcpus 2
vm_start vm-b
ln -s "$T/vm-a" /run/vm-a
vm vm-a touch 1024 vcpu=1 >/dev/null

ask() { # ask COMMAND...: whatever comes of it
	vmtest-guest ctl "$T/vm-a" "$@" >>"$T/asked.txt" 2>&1
}

pa() { # pa GPA: of vm-a
	vm vm-a pa "$1" | field pa
}

# A call that fails halts the vCPU, each time that it is let go on.
until_it_goes_on() {
	until vmtest-guest ctl "$T/vm-a" wait vcpu=1 >>"$T/asked.txt" 2>&1; do ask cont vcpu=1; done
}

poisoned=600
act() { # act METHOD: once, enough for any of its shots
	case $1 in
	pfn-hwpoison | guest-sea) # each page faults once a time, and it may take three at one
		for _ in 1 2 3; do
			ask drop 1024
			ask touch 1024 vcpu=1
		done
		;;
	abort-retry) ask mmio 1000 vcpu=1 ;;
	abort-errno | run-errno)
		ask mmio 10 vcpu=1
		until_it_goes_on
		;;
	notify-fail)
		ask poison page $poisoned
		ask load page $poisoned vcpu=1
		until_it_goes_on
		poisoned=$((poisoned + 1))
		;;
	claim-deny | claim-grant) ask sea 1 vcpu=1 ;;
	recovery-fail) vmtest-firmware irq --pa "$(pa 0x80120000)" >>"$T/asked.txt" 2>&1 ;;
	record-drop) vmtest-firmware irq --pa "$(pa 0x80121000)" >>"$T/asked.txt" 2>&1 ;;
	sigbus-drop) pa 0x80122000 >/sys/devices/system/memory/hard_offline_page ;;
	*) fail "nobody knows what $1 waits for" ;;
	esac
}

# Each shot that is armed is acted for, once.
drive() {
	acted=0
	while [ -d "/proc/$run_pid" ]; do
		armed=$(sed -n 's/.*: armed: shot \([0-9]*\), \([a-z-]*\) at .*/\1 \2/p' "$T/run.txt" | tail -n 1)
		if [ "${armed%% *}" = "$acted" ] || [ -z "$armed" ]; then
			usleep 10000
			continue
		fi
		acted=${armed%% *}
		act "${armed#* }"
	done
}

run_start "$FILE" --journal "$T/journal"
drive
wait "$run_pid"
status=$?
equal "shots that are no pass, and are to be had here" "" \
	"$(jq -r 'select(.type == "shot" and .verdict != "pass" and .verdict != "unavailable") |
		"\(.number) \(.method) \(.verdict) \(.outcome): \(.reason)"' "$T/run")"
equal "the campaign's exit status" 0 $status
equal "methods that are not here" einj \
	"$(echo $(jq -r 'select(.type == "shot" and .verdict == "unavailable") | .method' "$T/run" | sort -u))"
equal "shots beyond what was asked for" 0 "$(jq -s 'map(select(.type == "shot" and .fired > .wanted)) | length' "$T/run")"
equal "marks lost" 0 "$(jq 'select(.type == "campaign") | .lost' "$T/run")"
equal "exceptions of vm-b" 0 "$(vm vm-b stats | field exceptions)"
unarmed
alive vm-a vm-b
rm /run/vm-a
finish
