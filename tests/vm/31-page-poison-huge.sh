# SPDX-License-Identifier: GPL-2.0-only
# Expected: of a transparent huge page one small page goes, the rest is mapped on; a hugetlb page goes whole,
# and after so many of them no more are hit. The journal says what each was a part of.
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs page-poison

fire() { # fire STATUS VM OPTION...
	expected=$1
	at=$2
	shift 2
	seainject fire --method page-poison --vm "$at" --journal "$T/journal" --unsafe --any-end \
		--settle 0.05 --json "$@" >"$T/shots" 2>>"$T/fire.txt"
	status=$?
	equal "exit status of fire $*" "$expected" $status
}

entry() { # entry: the last one's kind and size
	jq -r 'select(.type == "entry") | "\(.kind) \(.page_size)"' "$T/journal" | tail -n 1
}

loads() { # loads VM GPA...: what the guest took at each
	name=$1
	shift
	for gpa in "$@"; do
		vm "$name" load "$gpa" | field dabt
	done | tr '\n' ' ' | sed 's/ $//'
}

vm_start thp --backing thp --mem 8
vm thp touch 2048 >/dev/null
fire 0 thp --gpa 0x80205000
equal "what it was part of" "thp 2097152" "$(entry)"
equal "aborts there" 1 "$(loads thp 0x80205000)"
equal "aborts beside it" "0 0 0 0" "$(loads thp 0x80200000 0x80204000 0x80206000 0x803ff000)"
fire 0 thp --gpa 0x80206000
equal "a second one is small by now" "page 4096" "$(entry)"

echo 4 >/proc/sys/vm/nr_hugepages
equal "hugetlb pages of the host" 4 "$(cat /proc/sys/vm/nr_hugepages)"
vm_start pool --backing hugetlb --mem 8
vm pool touch 2048 >/dev/null
fire 0 pool --gpa 0x80205000
equal "what it was part of" "hugetlb 2097152" "$(entry)"
equal "aborts there" 1 "$(loads pool 0x80205000)"
equal "aborts in the same one" "1 1" "$(loads pool 0x80200000 0x803ff000)"
equal "aborts in those beside it" "0 0" "$(loads pool 0x801ff000 0x80400000)"

# as if there had been 15 more in this boot
grep '"hugetlb"' "$T/journal" >"$T/line"
n=1
while [ $n -lt 16 ]; do
	sed "s/\"id\":[0-9]*/\"id\":$((100 + n))/" "$T/line" >>"$T/journal"
	n=$((n + 1))
done
fire 1 pool --gpa 0x80405000 --timeout 0.1
equal "the reason" "not fired: 0x80405000: a hugetlb page, and 16 of them were shot at in this boot: that is the limit (hugetlb-max)" \
	"$(jq -r 'select(.type == "shot") | .reason' "$T/shots")"
equal "aborts there" 0 "$(loads pool 0x80405000)"
fire 0 pool --gpa 0x80405000 --hugetlb-max 17
equal "aborts there when one more is allowed" 1 "$(loads pool 0x80405000)"
alive thp pool
vm pool quit >/dev/null
wait "$pid_pool"
echo 0 >/proc/sys/vm/nr_hugepages

vmtest-guest --backing none 2>>"$T/err.txt" </dev/null
equal "a backing that there is not" 2 $?
vmtest-guest --backing hugetlb 2>"$T/said" </dev/null
equal "hugetlb pages of an empty pool" 3 $?
grep -q "nr_hugepages" "$T/said" || fail "where they come from is not said"
finish
