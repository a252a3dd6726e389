# SPDX-License-Identifier: GPL-2.0-only
# Expected: of two VMs with two vCPUs each, which take errors of all kinds, many at the same time,
# seatrace tells exactly the incidents that were provoked: each once, of that VM and vCPU, with its
# addresses, claimed or not, and how it ended. Who provokes writes down what is expected.
# Groups: all every
. /tests/vm/lib.sh

FIRST=5 LAST=14 # pages of each VM that errors are made of

# How a claimed SEA of a page ends, as OUTCOME:SEAS:AO:AR.
case $(uname -r) in
5.* | 6.[1-9][-.]* | 6.1[0-6][-.]*)
	# Task work of the vCPU and a kworker race for the page, up to 6.16. The vCPU: its VMM gets an AR
	# and tells the guest. The kworker: the VMM gets an AO, and the guest goes back to the hole, whose
	# next SEA nobody claims. On 5.10 it goes back in any case: task work waits for an exit to the VMM.
	claimed=guest-notified:1:0:1,serror-injected:2:1:0,guest-notified:2:0:1
	# and its kworker sends no signal (memory_failure_work_func, an AO from 6.1 on)
	[ "$(uname -r | cut -d . -f 1)" != 5 ] || claimed=$claimed,serror-injected:2:0:0
	;;
*) claimed=guest-notified:1:0:1 ;; # task work of the vCPU alone
esac

page() { # page VM NUMBER gpa|pa
	sed -n "$(($2 - FIRST + 1))p" "$T/$1.pages" | field "$3"
}

gpa_seen() { # gpa_seen VM NUMBER: what seatrace can know of it
	case $(uname -r) in
	5.*) echo - ;; # unmaps by the VMM's addresses, before it looks up the memslot
	*) page "$1" "$2" gpa ;;
	esac
}

# KEY is VM/ADDRESS: the guest's address of an SEA, else the page's address.
expect() { # expect KEY VCPU PA GPA CLAIMED RECORDS FAILURES END[,END]...
	echo "$*" >>"$T/expected"
}

seen() { # the same of the report, with the one end that it was
	jq -r 'select(.type == "incident") | [.vm + "/" + (.far // .pa),
		.vcpu // [.timeline[] | select(.mark == "events").vcpu][0] // "-",
		.pa // "-", .gpa // "-", .claimed, .records, .memory_failures,
		"\(.outcome):\(.seas):\(.signals_ao):\(.signals_ar)"] | map(tostring) | join(" ")' "$T/out.jsonl"
}

# --- provoking; what says BACKGROUND is awaited by `all_done` ------------------------------------

background() { # background COMMAND...
	"$@" &
	pending="$pending $!"
}

all_done() {
	for job in $pending; do
		wait "$job" || fail "a provocation failed"
	done
	pending=
}

unclaimed() { # unclaimed VM VCPU NUMBER
	addr=$(vmtest-guest ctl "$T/$1" sea "$3" "vcpu=$2" | field addr) || return 1
	for i in $(seq 0 $(($3 - 1))); do
		expect "$1/$(printf '0x%x' $((addr + 8 * i)))" "$2" - - 0 0 0 serror-injected:1:0:0
	done
}

# Records by interrupt, each for the pages of its argument, VM:NUMBER[,VM:NUMBER]...
reported() {
	for record in "$@"; do
		for of in $(echo "$record" | tr , ' '); do
			page "${of%:*}" "${of#*:}" pa
		done | tr '\n' ' '
		echo
	done >"$T/records.$1"
	vmtest-firmware irq --records "$T/records.$1" --wait >"$T/firmware.txt" 2>&1
}

taken_away() { # taken_away NUMBER: this many pages are, by now
	until [ "$(witnessed memory_failure_out)" -ge "$1" ]; do usleep 10000; done
}

touched() { # touched VM NUMBER VCPU: a page that was reported
	vmtest-guest ctl "$T/$1" load page "$2" "vcpu=$3" >"$T/load.$1.$2" || return 1
	expect "$1/$(page "$1" "$2" pa)" "$3" "$(page "$1" "$2" pa)" "$(gpa_seen "$1" "$2")" 0 1 1 \
		guest-notified:0:1:1
}

untouched() { # untouched VM NUMBER
	expect "$1/$(page "$1" "$2" pa)" - "$(page "$1" "$2" pa)" "$(gpa_seen "$1" "$2")" 0 1 1 \
		recovered:0:1:0
}

claimed() { # claimed VM NUMBER VCPU
	vmtest-firmware sea --pa "$(page "$1" "$2" pa)" >"$T/firmware.txt" 2>&1 || return 1
	addr=$(vmtest-guest ctl "$T/$1" sea 1 "vcpu=$3" | field addr) || return 1
	expect "$1/$addr" "$3" "$(page "$1" "$2" pa)" "$(gpa_seen "$1" "$2")" 1 1 1 $claimed
}

# --- the provocations ----------------------------------------------------------------------------

pending=
for name in vm-a vm-b; do
	vm_start $name --vcpus 2
	seq $FIRST $LAST | sed "s/^/pa page /" | vm $name - >"$T/$name.pages"
done
witness_spans memory_failure
trace_start --timeout 60

# SEAs on all four vCPUs while records of both VMs come, one of them with a page of each
for vm in vm-a vm-b; do
	background unclaimed $vm 0 4
	background unclaimed $vm 1 4
done
background reported vm-a:5 vm-b:5 vm-a:6 vm-b:6,vm-a:7 vm-b:7
all_done
taken_away 6
background touched vm-a 5 0
background touched vm-a 7 1
background touched vm-b 5 1
background touched vm-b 6 0
all_done
untouched vm-a 6
untouched vm-b 7

# claimed SEAs of each vCPU, while a record of the other VM comes by interrupt
number=8
for of in vm-a:0:vm-b vm-b:1:vm-a vm-a:1:vm-b vm-b:0:vm-a; do
	vcpu=${of#*:} other=${of##*:}
	background reported "$other:$number"
	background claimed "${of%%:*}" $number "${vcpu%:*}"
	all_done
	untouched "$other" $number
	number=$((number + 1))
done
taken_away 14
trace_stop

# --- one to one ----------------------------------------------------------------------------------

seen >"$T/seen"
equal "keys that were provoked twice" "" "$(cut -d ' ' -f 1 "$T/expected" | sort | uniq -d)"
awk '
	NR == FNR { wanted[$1] = $0; next }
	!($1 in wanted) { print "not provoked: " $0; next }
	{
		n = split(wanted[$1], want, " ")
		same = index("," want[n] ",", "," $n ",")
		for (i = 1; i < n; i++)
			same = same && want[i] == $i
		if (!same)
			print "wanted " wanted[$1] "\n  seen " $0
		delete wanted[$1]
	}
	END { for (key in wanted) print "not told: " wanted[key] }' "$T/expected" "$T/seen" >"$T/differences.txt"
[ ! -s "$T/differences.txt" ] || fail "what was provoked and what is told differ"
equal "incidents" "$(wc -l <"$T/expected")" "$(wc -l <"$T/seen")"
equal "the host's" 0 "$(host_row .incidents)"
finish
