#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What seainject writes of a campaign with hostile names, read by others: Python's XML parser, jq, Perl's
# TAP::Harness. They agree with each other; what is spoilt is noticed. TAP. TEST_VERDICTS names the binary.
set -euo pipefail
cd "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
program=${TEST_VERDICTS:-build/$(uname -m | sed s/aarch64/arm64/)/tests/test_verdicts}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
. tests/tap.sh

write() { # write NAME FORMAT [BASELINE]: NAME.FORMAT on stdout, NAME.jsonl, NAME.xml
	local status=0
	"$program" --run "$2" "$scratch/$1.jsonl" "$scratch/$1.xml" "${@:3}" \
		>"$scratch/$1.$2" 2>"$scratch/$1.err" </dev/null || status=$?
	[[ $status == 1 && ! -s $scratch/$1.err ]] || { echo "status $status"; cat "$scratch/$1.err"; return 1; }
}

# "NAME STATE" per test case of a JUnit file, in order; an error for one that is not well-formed, or whose
# totals are not those of its cases.
cases() {
	/usr/bin/python3 - "$1" <<-'PYTHON'
	import sys, xml.etree.ElementTree as etree
	suites = etree.parse(sys.argv[1]).getroot()
	(suite,) = suites
	states = []
	for case in suite.iter("testcase"):
	    kinds = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
	    assert len(kinds) <= 1, kinds
	    states += kinds or ["pass"]
	    if kinds:
	        assert case.find(kinds[0]).get("message"), "no reason"
	    print(case.get("classname"), case.get("name"), states[-1], sep="\t")
	for total in suites, suite:
	    assert int(total.get("tests")) == len(states), "tests"
	    for key, kind in ("failures", "failure"), ("skipped", "skipped"), ("errors", "error"):
	        assert int(total.get(key)) == states.count(kind), key
	properties = {p.get("name"): p.get("value") for p in suite.iter("property")}
	assert properties["seed"] == "0x5ea" and properties["kernel"] == "6.12.107-override", properties
	PYTHON
}

# The same out of the lines of JSON.
states() {
	jq -r 'select(.type == "shot") | {pass: "pass", fail: "failure"}[.verdict] // "skipped"' "$1"
}

junit_is_as_the_json() {
	cases "$scratch/text.xml" >"$scratch/cases" || return 1
	diff <(cut -f 3 "$scratch/cases") <(states "$scratch/text.jsonl") || return 1
	[[ $(cut -f 1,2 "$scratch/cases" | sort -u | wc -l) == 7 ]] ||
		{ echo "names that are the same"; cat "$scratch/cases"; return 1; }
}

xmllint_agrees() { xmllint --noout "$scratch/text.xml"; }

# Of each line the same keys, those that are promised (out/campaign_json.h); the sum is that of the shots.
json_is_whole() {
	jq -es 'map(select(.type == "shot")) as $shots | map(select(.type == "campaign")) as [$sum] |
		all(.[]; .schema == "seainject/1") and ($shots | length) == $sum.shots and
		($shots | map(keys) | unique | length) == 1 and
		($shots[0] | has("vm") and has("method") and has("value") and has("place") and has("wanted") and
			has("fired") and has("expected") and has("outcome") and has("verdict") and has("reason") and
			has("time") and has("evidence") and has("phase1") and has("phase2")) and
		all($sum.verdicts | to_entries[]; .key as $v | .value == ([$shots[] | select(.verdict == $v)] | length)) and
		($sum.rows | map(.wanted) | add) == ($shots | map(.wanted) | add) and
		([$sum.rows[].outcomes[]] | add) == ([$shots[] | select(.outcome)] | length)' "$1" >"$scratch/said" ||
		{ cat "$scratch/said"; return 1; }
}

same_on_stdout() { cmp "$scratch/json.json" "$scratch/json.jsonl"; }

# How Perl's harness counts: "FAILED TESTS SKIPPED ERRORS".
harness() {
	prove --verbose --exec cat "$1" >"$scratch/proved" 2>&1 || :	# it ends as the tests in it do
	perl -ne '
		($failed, $tests) = ($1, $2) if m{^Failed (\d+)/(\d+) subtests};
		$skipped = $1 if m{less (\d+) skipped};
		$errors++ if m{Parse errors?:};
		END { printf "%d %d %d %d\n", $failed, $tests, $skipped, $errors }' "$scratch/proved"
}

tap_is_as_the_json() {
	local counted expected
	counted=$(harness "$scratch/tap.tap")
	expected=$(states "$scratch/text.jsonl" | awk '{ n[$1]++ } END { print n["failure"], NR, n["skipped"], 0 }')
	[[ $counted == "$expected" ]] || { echo "$counted, not $expected"; cat "$scratch/proved"; return 1; }
}

# One row of the earlier run is told apart, by what came of it.
compared() {
	write again json "$scratch/text.jsonl" || return 1
	jq -es 'map(select(.type == "baseline")) as [$b] | $b.same == 6 and $b.complete and
		($b.changes | length) == 1 and $b.changes[0].what == ["outcome"] and
		$b.changes[0].before.outcome == "vmm-error" and $b.changes[0].now.outcome == "guest-dead"' \
		"$scratch/again.json" >"$scratch/said" || { tail -n 1 "$scratch/again.json"; return 1; }
}

# Laid out by jq it is a baseline as well.
compared_laid_out() {
	jq . "$scratch/text.jsonl" >"$scratch/pretty.json" || return 1
	write again text "$scratch/pretty.json" || return 1
	grep -q 'pretty.json: 1 changed, 6 the same' "$scratch/again.text" || { tail "$scratch/again.text"; return 1; }
}

# Cut anywhere, it is one line on stderr and exit 2, or a baseline that says that it was cut off.
cut_anywhere() {
	local size at status
	size=$(stat -c %s "$scratch/text.jsonl")
	for ((at = 0; at < size; at += 97)); do
		head -c $at "$scratch/text.jsonl" >"$scratch/cut"
		status=0
		"$program" --run text "$scratch/o" "$scratch/j" "$scratch/cut" >"$scratch/said" 2>"$scratch/err" </dev/null ||
			status=$?
		case $status in
		1) grep -q 'was cut off' "$scratch/said" ;;
		2) [[ $(<"$scratch/err") =~ ^test:\ --baseline:\ [^$'\n']*/cut:[0-9]+:[0-9]+:\ [^$'\n']+$ ]] ;;
		*) false ;;
		esac ||
			{ echo "cut at $at: $status"; cat "$scratch/err"; return 1; }
	done
}

# --- what must be noticed ------------------------------------------------------------------------

spoilt() { # spoilt FILE SED_SCRIPT CHECK...: the check refuses the file as the script changes it
	local file=$scratch/$1
	cp "$file" "$scratch/kept"
	sed -E "$2" "$scratch/kept" >"$file" || return 1
	! cmp -s "$scratch/kept" "$file" || { echo "nothing was changed"; return 1; }
	if "${@:3}" >"$scratch/log" 2>&1; then
		cp "$scratch/kept" "$file"
		echo "nothing was noticed"
		return 1
	fi
	cp "$scratch/kept" "$file"
}

main() {
	ok "as text" write text text
	ok "as JSON" write json json
	ok "as TAP" write tap tap
	ok "JUnit: well-formed, as many of each as the JSON has" junit_is_as_the_json
	if type -P xmllint >/dev/null; then
		ok "JUnit: xmllint has nothing to say" xmllint_agrees
	else
		skip "JUnit: xmllint has nothing to say" "it is not installed (Debian: libxml2-utils)"
	fi
	ok "JSON: lines, their keys, their sum" json_is_whole "$scratch/text.jsonl"
	ok "JSON: on stdout the same as in the file" same_on_stdout
	ok "TAP: as many of each as the JSON has" tap_is_as_the_json
	ok "compared with itself, but for one outcome" compared
	ok "compared with itself, laid out" compared_laid_out
	ok "an earlier file that is cut anywhere" cut_anywhere
	ok "notices an element that is not closed" spoilt text.xml 's|</failure>||' junit_is_as_the_json
	ok "notices an entity that is none" spoilt text.xml 's|&gt;|\&gt|' junit_is_as_the_json
	ok "notices a failure that is not counted" spoilt text.xml 's|failures="2"|failures="1"|' junit_is_as_the_json
	ok "notices a skip that passes" spoilt text.xml 's|<skipped.*/>||' junit_is_as_the_json
	ok "notices a key that is missing" spoilt text.jsonl '2s|"place":|"spot":|' json_is_whole "$scratch/text.jsonl"
	ok "notices a sum that is wrong" spoilt text.jsonl '8s|"pass":2|"pass":3|' json_is_whole "$scratch/text.jsonl"
	ok "notices a directive in a name" spoilt tap.tap 's|^(not ok 3 .*vm )\\#|\1#|' tap_is_as_the_json
	ok "notices a line too many" spoilt tap.tap 's|^ok 2 .*|&\nok 2 - x|' tap_is_as_the_json
	done_testing
}

main "$@"
