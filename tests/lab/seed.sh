#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A seed decides which calls are shot, and nothing else does: in another boot, after another seed, they are
# the same ones, in the same order.
set -euo pipefail
KERNEL=${KERNEL:-7.3} # stock, and has a method whose rules are in the kernel: run-errno
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

list() { sed -n "s/^$2 //p" "$SCRATCH/$1.out"; } # list BOOT SEED: RULE VCPU MATCH of each shot
matches() { sed -n "s/^42 $1 0 //p" "$SCRATCH/one.out"; } # matches RULE: of vCPU 0

ended_well() { equal 0 "$(status_of "$1")" || { cat "$SCRATCH/$1.out" "$SCRATCH/$1.err"; return 1; }; }
rules_fired() { equal "30 1 0 30 2 1 30 3 0" "$(list "$1" "$2" | cut -d ' ' -f 1,2 | uniq -c | xargs)"; }
same() { diff <(list one "$1") <(list two "$1"); }
seeds_differ() { ! cmp -s <(list one 42) <(list one 43); }
rules_differ() { ! cmp -s <(matches 1) <(matches 3); }

queue_host one --timeout 240 -- sh /tests/vm/seeds.sh 42 43
queue_host two --timeout 240 -- sh /tests/vm/seeds.sh 43 42
run_queue
for boot in one two; do
	ok "boot $boot: two campaigns" ended_well $boot
	for seed in 42 43; do
		ok "boot $boot, seed $seed: thirty shots of each rule, at its vCPU" rules_fired $boot $seed
	done
done
for seed in 42 43; do
	ok "seed $seed: the same calls in both boots" same $seed
done
ok "another seed, other calls" seeds_differ
ok "another rule, other calls" rules_differ
end_testing
