# SPDX-License-Identifier: GPL-2.0-only
# For tests/lab/seed.sh, which compares boots: a campaign of three rules at two vCPUs, each of which takes a
# quarter of its calls until it has thirty; once for each seed. Prints "SEED RULE VCPU MATCH" of each shot.
# usage: sh seeds.sh SEED...
. /tests/vm/lib.sh
. /tests/vm/inject.sh
needs run-errno

# A VMM calls again after EINTR, and its guest notices nothing.
shots="methods: [run-errno], value: EINTR, counts: [30], probability: 0.25, expect: [transparent], settle: 200ms"
cat >"$T/campaign.yaml" <<-FILE
	name: seeds
	unsafe: true
	probe:
	  command: [vmtest-guest, ctl, "$T/{vm}", info]
	targets:
	  - vm: vm-a
	shots:
	  - {$shots, vcpus: [0, 1], timeout: 1m}
	  - {$shots, vcpus: [0], timeout: 1m}
FILE
vm_start vm-a --vcpus 2
for vcpu in 0 1; do vm vm-a mmio 1000000000 vcpu=$vcpu async=1 timeout=0 >"$T/answer.txt"; done
for seed in "$@"; do
	seainject run --json --marks --seed "$seed" "$T/campaign.yaml" >"$T/run" 2>"$T/run.txt" ||
		fail "seed $seed: ended with $?: $(tail -n 1 "$T/run")"
	jq -r "select(.mark == \"shot\") | \"$seed \(.rule) \(.vcpu) \(.match)\"" "$T/run"
done
finish
