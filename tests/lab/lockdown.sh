#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Kernel lockdown, in hosts booted with it. `integrity` forbids much, but nothing that seatrace does;
# under `confidentiality` BPF reads no kernel memory, and seatrace says so, also where securityfs, which
# tells of it, is not mounted. That the kernel really is locked down is shown by what else it refuses.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

# In the host: "NAME STATUS LINE" of each attempt, LINE being all that was said on stderr.
cat >"$SCRATCH/try.sh" <<'HOST'
try() { # try NAME COMMAND...
	name=$1
	shift
	"$@" >"/tmp/$name" 2>/tmp/err
	echo "$name $? $(tr '\n' '|' </tmp/err)"
}
kprobe() { echo "p:witness memory_failure" >/sys/kernel/tracing/kprobe_events; }
attached() { # while it watches, told by its own line
	seatrace -d 1 $1 2>&1 >/dev/null | sed -n 's/.* \([0-9]* of [0-9]*\) hooks attached.*/\1/p'
}
try state cat /sys/kernel/security/lockdown
try mem dd if=/dev/mem of=/dev/null bs=4096 count=1 skip=262144
try kprobe kprobe
try check seatrace --check
try json seatrace --check --json
try watch seatrace -q -d 0.1
try probes seatrace -q -d 0.1 --kprobe
umount /sys/kernel/security
try hidden seatrace -q -d 0.1
try hidden-check seatrace --check
echo "state-is $(cat /tmp/state)"
echo "check-says $(sed -n 's/^lockdown *//p' /tmp/check) $(jq -r .lockdown /tmp/json)"
echo "attached $(attached) $(attached --kprobe)"
HOST

queue_locked() { # queue_locked LEVEL
	queue_host "$1" --append "lockdown=$1" --add "$SCRATCH/try.sh" -- sh /try.sh
}

said() { sed -n "s/^$2 //p" "$SCRATCH/$1.out"; }	# said LEVEL NAME
is() { equal "$3" "$(said "$1" "$2")"; }	# is LEVEL NAME WANTED
fails() { [[ $(said "$1" "$2") == [1-9]*"$3"* ]] || { said "$1" "$2"; return 1; }; }	# fails LEVEL NAME WORDS

readonly FORBIDS="forbids BPF to read kernel memory (boot with lockdown=integrity or none)|"
readonly TOLD="3 seatrace: kernel lockdown 'confidentiality' (/sys/kernel/security/lockdown) $FORBIDS"
readonly TRIED="3 seatrace: kernel lockdown 'confidentiality' (/sys/kernel/security/lockdown is not there, but it was tried) $FORBIDS"

integrity() {
	local name
	ok "integrity: the host ran" equal 0 "$(status_of integrity)"
	ok "integrity: the kernel says so" is integrity state-is "none [integrity] confidentiality"
	ok "integrity: and refuses /dev/mem" fails integrity mem "Operation not permitted"
	ok "integrity: but no kprobe" is integrity kprobe "0 "
	for name in check watch probes hidden hidden-check; do
		ok "integrity: $name works, without a word" is integrity "$name" "0 "
	done
	ok "integrity: --check names it" is integrity check-says "integrity integrity"
	ok "integrity: all hooks are on" all_on
}

all_on() {
	[[ $(said integrity attached) =~ ^([0-9]+)\ of\ ([0-9]+)\ ([0-9]+)\ of\ ([0-9]+)$ ]] &&
		equal "${BASH_REMATCH[2]} ${BASH_REMATCH[4]}" "${BASH_REMATCH[1]} ${BASH_REMATCH[3]}" &&
		((BASH_REMATCH[1] > 0 && BASH_REMATCH[3] > 0))
}

confidentiality() {
	local name
	ok "confidentiality: the host ran" equal 0 "$(status_of confidentiality)"
	ok "confidentiality: the kernel says so" is confidentiality state-is "none integrity [confidentiality]"
	ok "confidentiality: and refuses a kprobe, too" fails confidentiality kprobe "ermi"
	for name in check json watch probes; do
		ok "confidentiality: $name ends with 3 and names it" is confidentiality "$name" "$TOLD"
	done
	for name in hidden hidden-check; do
		ok "confidentiality: $name, too, where nobody tells" is confidentiality "$name" "$TRIED"
	done
	ok "confidentiality: nothing was attached" is confidentiality attached " "
}

queue_locked integrity
queue_locked confidentiality
run_queue
integrity
confidentiality
end_testing
