# SPDX-License-Identifier: GPL-2.0-only
# Expected: the page behind an address of vm-a is gone: its VMM is told at once (SIGBUS AO), and again (AR)
# when the guest touches it; the guest takes a data abort at that address, and lives. Pages beside it and
# vm-b notice nothing. What cannot be hit is refused, with the reason.
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs page-poison

fire() { # fire STATUS OPTION...: at vm-a
	expected=$1
	shift
	seainject fire --method page-poison --vm vm-a --journal "$T/journal" --json --any-end \
		--settle 0.05 "$@" >"$T/shots" 2>"$T/said"
	status=$?
	cat "$T/said" >>"$T/fire.txt"
	equal "exit status of fire $*" "$expected" $status
}

because() { # because WORDS: the reason that was given for the last one
	jq -r 'select(.type == "shot") | .reason' "$T/shots" | cat "$T/said" - >"$T/reason"
	grep -q -e "$1" "$T/reason" || fail "not because $1: $(cat "$T/reason")"
	grep -e "$1" "$T/reason"
}

vm_start vm-a
vm_start vm-b
vm vm-a touch 32 >/dev/null
vm vm-b touch 32 >/dev/null
frame=$(page_pa vm-a 5)

fire 0 --gpa 0x80005000 --dry-run
equal "shots of a dry run" "0 1" \
	"$(jq -r 'select(.type == "shot") | "\(.fired) \(.would)"' "$T/shots")"
equal "the page is where it was" "$frame" "$(page_pa vm-a 5)"

fire 0 --gpa 0x80005678 --unsafe
equal "shots" 1 "$(tally fired)"
equal "the frame in the journal" "$((frame / $(vm vm-a info | field page_size)))" \
	"$(jq -r 'select(.type == "entry") | .pfn' "$T/journal")"
equal "SIGBUS before anybody touched it" 1 "$(vm vm-a stats | field sigbus_ao)"
vm vm-a load page 5 >"$T/load.txt"
equal "data aborts of the guest" 1 "$(field dabt <"$T/load.txt")"
equal "exceptions of the guest" 1 "$(field exceptions <"$T/load.txt")"
equal "its syndrome" 0x96000010 "$(field dabt_esr <"$T/load.txt")"
equal "its address" 0x80005000 "$(field dabt_far <"$T/load.txt")"
equal "SIGBUS at the touch" 1 "$(field sigbus_ar <"$T/load.txt")"
for page in 4 6; do
	equal "page $page beside it" "$(printf '0x%x' $((0x80000000 + page * 4096)))" \
		"$(vm vm-a load page $page | field value)"
done

fire 0 --gpa 0x80009000+8K --at-most 2 --unsafe
equal "shots at two pages" 2 "$(tally fired)"
equal "the first of them" 0x80009000 "$(vm vm-a load page 9 | field dabt_far)"
equal "the second" 0x8000a000 "$(vm vm-a load page 10 | field dabt_far)"
equal "the one behind" 0 "$(vm vm-a load page 11 | field exceptions)"
alive vm-a vm-b
equal "exceptions and signals of vm-b" "0 0 0" "$(vm vm-b stats |
	sed 's/.* sigbus_ar=\([0-9]*\).* sigbus_ao=\([0-9]*\).* exceptions=\([0-9]*\).*/\1 \2 \3/')"

fire 1 --gpa 0x80005000 --unsafe --timeout 0.1
because "poisoned already"
fire 1 --gpa 0x80100000 --unsafe --timeout 0.1
because "0x80100000: the VMM has no page there"
fire 1 --gpa 0x70000000 --unsafe --timeout 0.1
because "0x70000000: the VM has no memory there"
fire 1 --gpa 0x8000c000+8K --at-most 3 --unsafe --timeout 0.1
because "the range has 2 pages, and 3 are to be hit"
fire 2 --unsafe
fire 2 --gpa 0x8000c000
because "unsafe"
panic=/proc/sys/vm/panic_on_unrecoverable_memory_failure
if [ -e $panic ]; then
	echo 1 >$panic
	fire 4 --gpa 0x8000c000 --unsafe
	because "this host is set to panic"
	echo 0 >$panic
fi
equal "the page is where it was" 0 "$(vm vm-a load page 12 | field exceptions)"
equal "pages that were hit in all" 3 \
	"$(seainject undo --list --json --journal "$T/journal" | wc -l)"
finish
