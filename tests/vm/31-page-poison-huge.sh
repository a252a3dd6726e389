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
	seainject fire --method page-poison --vm "$at" --journal "$T/journal" --unsafe "$@" \
		>>"$T/fire.txt" 2>"$T/said"
	status=$?
	cat "$T/said" >>"$T/fire.txt"
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

pages=18
echo $pages >/proc/sys/vm/nr_hugepages
equal "hugetlb pages of the host" $pages "$(cat /proc/sys/vm/nr_hugepages)"
vm_start pool --backing hugetlb --mem $((2 * pages))
vm pool touch $((512 * pages)) >/dev/null
fire 0 pool --gpa 0x80205000
equal "what it was part of" "hugetlb 2097152" "$(entry)"
equal "aborts there" 1 "$(loads pool 0x80205000)"
equal "aborts in the same one" "1 1" "$(loads pool 0x80200000 0x803ff000)"
equal "aborts in those beside it" "0 0" "$(loads pool 0x801ff000 0x80400000)"
n=2
while [ $n -lt 17 ]; do
	fire 0 pool --gpa "$(printf '0x%x' $((0x80000000 + n * 0x200000)))"
	n=$((n + 1))
done
fire 3 pool --gpa "$(printf '0x%x' $((0x80000000 + n * 0x200000)))"
grep -q "16 of them were shot at in this boot" "$T/said" || fail "the limit is not said"
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
