#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What `seainject check` says of campaign files: the ready ones, a table to the letter, the same as JSON,
# exit codes. That each mistake is found is tests/unit/test_campaign's. TAP.
set -euo pipefail
cd "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
seainject=$(realpath "${SEAINJECT:-build/$(uname -m | sed s/aarch64/arm64/)/bin/seainject}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
. tests/tap.sh

check() { "$seainject" check --offline "$@"; }
ends_with() { # ends_with STATUS STDERR OPTION...
	local wanted=$1 said=$2 status=0
	shift 2
	check "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
	((status == wanted)) || { echo "status $status"; return 1; }
	diff <(printf '%s\n' "$said") "$scratch/err"
}

write_two() {
	cat >"$scratch/two.yaml" <<-'YAML'
		name: two
		seed: 7
		stop: {failures: 2}
		targets:
		  - {vm: a, probe: {command: [ping, "{vm}"], timeout: 1s}}
		  - vm: b
		shots:
		  - methods: [pfn-hwpoison]
		    places: [any, 0x80000000+64K]
		    vcpus: [1]
		    kinds: [write, translation]
		    if-available: true
		    targets: [a]
		  - methods: [run-errno]
		    value: EINTR
		    counts: [10]
		    every: 3
		    after: 1
		    probability: 0.5
		    gap: 1ms
		    expect: [vmm-error, transparent]
	YAML
}

table() {
	diff - <(check "$scratch/two.yaml" | sed "s|$scratch/||") <<-'TEXT'
		two (two.yaml): 4 shots, seed 7, budget 22
		dead man 2.00 s, warm-up 0 ns; to run it takes --unsafe
		stops after 2 failed verdicts
		stops when anything but its VM is hit

		a: 3 shots, 12 times in all; probe ping {vm} (1.00 s)
		 SHOT  METHOD        PLACE           VCPU      COUNT  EXPECTED, LIMITS
		    1  pfn-hwpoison  any                1          1  app-killed,guest-notified  kinds write,translation  if available
		    2  pfn-hwpoison  0x80000000+64K     1          1  app-killed,guest-notified  kinds write,translation  if available
		    3  run-errno     any              any         10  vmm-error,transparent  value EINTR  every 3  after 1  probability 0.5  gap 1.00 ms

		b: 1 shot, 10 times in all; no probe
		 SHOT  METHOD        PLACE           VCPU      COUNT  EXPECTED, LIMITS
		    4  run-errno     any              any         10  vmm-error,transparent  value EINTR  every 3  after 1  probability 0.5  gap 1.00 ms
	TEXT
}

json() {
	diff - <(check -j "$scratch/two.yaml" | jq -c '.schema, .type, (.targets[] | [.vm, .shots, .times, .probe]),
		(.shots[1, 2] | [.number, .vm, .method, .range, .vcpu, .value, .count, .limits.kinds, .expect, .line])') <<-'TEXT'
		"seainject/1"
		"campaign"
		["a",3,12,["ping","{vm}"]]
		["b",1,10,null]
		[2,"a","pfn-hwpoison",{"gpa":"0x80000000","bytes":65536},1,"hwpoison",1,["write","translation"],["app-killed","guest-notified"],8]
		[3,"a","run-errno",null,null,"EINTR",10,[],["vmm-error","transparent"],14]
	TEXT
}

ready() { # ready FILE: its table and its JSON have as many shots
	check "$1" >"$scratch/table"
	(($(grep -cE '^ +[0-9]+  ' "$scratch/table") == $(check -j "$1" | jq '.shots | length')))
}
all_methods() { # in the full matrix
	diff <(sed -n 's/^SEA_METHOD(\(.*\))/\1/p' user/inject/methods.def | tr _ - | sort) \
		<(check -j tests/campaigns/full.yaml | jq -r '.shots[].method' | sort -u)
}

write_two
printf 'name: n\nshot: [{}]\ntargets: [{vm: a}]\nseed: x\n' >"$scratch/wrong.yaml"
ok "a table per target" table
ok "the same as JSON" json
for file in tests/campaigns/*.yaml; do
	ok "$file is right" ready "$file"
done
ok "full.yaml has every method" all_methods
ok "2, a wrong file: all of it, with places" ends_with 2 \
	"$scratch/wrong.yaml:2:1: unknown key 'shot'; did you mean 'shots'?
$scratch/wrong.yaml:4:7: seed: 'x' is not a number between 0 and 9223372036854775807" "$scratch/wrong.yaml"
ok "2, no file" ends_with 2 "seainject: check: which FILE? (see seainject check --help)"
ok "3, a file that is not there" ends_with 3 "seainject: read $scratch/none: ENOENT" "$scratch/none"
full_disk() { [[ $(check tests/campaigns/smoke.yaml 2>&1 >/dev/full || echo $?) == *"write: "*3 ]]; }
ok "3, a full disk" full_disk
done_testing
