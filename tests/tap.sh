# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Test results as TAP lines, for the scripts that print them. Sourced; knows nothing of what is tested.

TAP_TESTS=0 TAP_FAILED=0

# tap ok|"not ok" NAME [TEXT]: the text is the reason, shown when it is not ok.
tap() {
	TAP_TESTS=$((TAP_TESTS + 1))
	printf '%s %d - %s\n' "$1" "$TAP_TESTS" "$2"
	[[ $1 != ok ]] || return 0
	TAP_FAILED=$((TAP_FAILED + 1))
	[[ -z ${3:-} ]] || sed 's/^/# /' <<<"$3"
}

# ok NAME COMMAND...: the command says whether it is. What it prints is shown when it fails.
ok() {
	local name=$1 said
	shift
	if said=$("$@" 2>&1); then
		tap ok "$name"
	else
		tap "not ok" "$name" "$said"
	fi
}

skip() { # skip NAME REASON
	TAP_TESTS=$((TAP_TESTS + 1))
	printf 'ok %d - %s # SKIP %s\n' "$TAP_TESTS" "$1" "$2"
}

done_testing() {
	printf '1..%d\n' "$TAP_TESTS"
	((TAP_FAILED == 0))
}
