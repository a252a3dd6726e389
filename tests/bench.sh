#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The benchmark's judgement, on results that are made up: what must be red is red, and nothing else. And
# that what README.md says is what the committed results say. TAP.
set -euo pipefail
cd "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
. tests/tap.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

readonly GATES='
6.12      nothing           abort  0      nothing
6.12  seatrace          abort  0.60   fentry+fexit
6.12  seatrace          abort  1/4.5  funclatency   libbpf-tools=1-1
6.12  seatrace-no-hook  abort  0      nothing
6.1   seatrace          abort  0.60   kprobe+kretprobe'

# row NAME ADDED [INSTEAD]: what host.sh prints of 100 aborts thrice, each at 6000 instructions and these.
row() {
	local i
	[[ $1 == bare ]] || printf 'row %s %s\n' "$1" "${3:-}"
	for i in 1 2 3; do
		printf 'sample %s %d abort 100 %d 1000\n' "$1" $i $((600000 + $2 * 100 + i))
	done
	[[ $1 == bare ]] || printf 'proof %s abort 100 100\n' "$1"
}

good() {
	echo "release 6.12.1"
	row bare 0
	row fentry+fexit 350
	row seatrace 190
	row seatrace-no-hook 1
	row funclatency 1100
	row second-program 260 seatrace
	echo "skip rasdaemon it is not there"
	row nothing 1
}

# added ROW INSTRUCTIONS: of the good ones, but this row adds so many.
added() {
	good | sed "s/^\(sample $1 . abort 100\) [0-9]*/\1 $((600000 + $2 * 100))/"
}

result() {
	jq -Rn --arg kernel 6.12 --arg date 2026-01-01 \
		--arg versions $'bpftrace\t2-1\nlibbpf-tools\t'"${VERSION:-1-1}" -f tests/bench/result.jq
}

judged() { # judged KERNEL <LOG
	result | jq -r --arg gates "$GATES" ".kernel = \"$1\"" |
		jq -r --arg gates "$GATES" -f tests/bench/gates.jq >"$work/tap"
}

all_green() {
	judged 6.12 && cat "$work/tap"
	[[ $(grep -c '^ok' "$work/tap") == 16 ]] && ! grep -q '^not ok\|SKIP' "$work/tap"
}

no_red_row() {
	judged 6.12-override && cat "$work/tap"
	! grep -q '^not ok\|in the place of' "$work/tap" && grep -q '^ok - .* second-program saw every event' "$work/tap"
}

# red COUNT TEXT: so many are, and this is one of them.
red() {
	judged "${3:-6.12}" && cat "$work/tap"
	[[ $(grep -c '^not ok' "$work/tap") == "$1" ]] && grep -q "^not ok - .*$2" "$work/tap"
}

told_only() {
	VERSION=1-2 judged 6.12 && cat "$work/tap"
	! grep -q '^not ok' "$work/tap" && grep -q "funclatency # SKIP .*the gate is for 1-1" "$work/tap"
}

figures() {
	local seen
	seen=$(result | jq -c '.rows[1] | [.row, .repeats, .work.abort.bare, .work.abort.with, .work.abort.added,
		.work.abort.own, .work.abort.with_apart, .proofs[0].seen]')
	echo "$seen"
	[[ $seen == '["seatrace",3,6000,6190,190,10,0,100]' ]]
}

ok "figures are medians per event" figures < <(good)
ok "good results are green" all_green < <(good)
ok "a row above its share is red" red 1 "seatrace adds to abort at most 0.60 x fentry" \
	< <(added seatrace 211)
ok "a row above another tool's is red" red 1 "seatrace adds to abort at most 1/4.5 x funclatency" \
	< <(added funclatency 700)
ok "a row that must not add is red when it does" red 1 "seatrace-no-hook adds to abort at most 0 x nothing" \
	< <(added seatrace-no-hook 3)
ok "a row that was not measured is red" red 1 "seatrace-no-hook adds" < <(good | grep -v seatrace-no-hook)
ok "what a gate compares with must be measured" red 1 "funclatency" < <(good | grep -v funclatency)
ok "another version of a tool is told, not gated" told_only \
	< <(added funclatency 700)
ok "a row that saw less than there was is red" red 1 "seatrace saw every event" \
	< <(good | sed 's/^proof seatrace abort 100 100/proof seatrace abort 100 99/')
ok "a row that saw nothing is red" red 1 "seatrace saw every event" \
	< <(good | sed 's/^proof seatrace abort 100 100/proof seatrace abort 0 0/')
ok "a row that proves nothing is red" red 1 "seatrace saw every event" < <(good | grep -v '^proof seatrace ')
ok "a count that is none is red" red 1 "seatrace saw every event" \
	< <(good | sed 's/^proof seatrace abort 100 100/proof seatrace abort 100 none-of,a/')
ok "more than there was is no proof" red 1 "seatrace saw every event" \
	< <(good | sed 's/^proof seatrace abort 100 100/proof seatrace abort 100 101/')
ok "unless the row says that it sees more" all_green \
	< <(good | sed 's/^proof seatrace abort 100 100/proof seatrace abort 100 101 least/')
ok "but not less" red 1 "seatrace saw every event" \
	< <(good | sed 's/^proof seatrace abort 100 100/proof seatrace abort 100 99 least/')
ok "repeats that differ are red" red 1 "seatrace, repeats agree" \
	< <(good | sed 's/^\(sample seatrace 2 abort 100\) [0-9]*/\1 620000/')
ok "a gate that a second program passes is red" red 1 "second-program in the place of seatrace" \
	< <(added second-program 200)
ok "where a row has no gates nothing stands for it" no_red_row < <(good)
ok "a host that is not as it was is red" red 1 "nothing adds to abort" < <(added nothing 3)
ok "gates are of their kernels" red 1 "seatrace adds to abort at most 0.60 x kprobe" 6.1 < <(good)
[[ ! -d tests/results/bench ]] || ok "README.md says what the results say" tests/bench/render --check
done_testing
