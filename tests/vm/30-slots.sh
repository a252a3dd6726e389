# SPDX-License-Identifier: GPL-2.0-only
# Expected: the memslots of any VM as its VMM made them, also while it changes them, and of an address in
# them the page frame, with what it is part of.
# Groups: all every override
. /tests/vm/lib.sh

test-slots >"$T/slots.txt" 2>&1 || fail "test-slots ended with $?"
cat "$T/slots.txt"
finish
