#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The manual renders, and knows every option that --help knows, and no other. TAP.
set -euo pipefail
cd "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
seatrace=${SEATRACE:-build/$(uname -m | sed s/aarch64/arm64/)/bin/seatrace}
. tests/tap.sh

long_options() { grep -oE -- '--[a-z][a-z-]+' | sort -u; }
helped() { for sub in "" record report; do "$seatrace" $sub --help; done | long_options; }
documented() { sed -n '/^# OPTIONS/,/^# OUTCOMES/p' user/man/seatrace.8.scd | long_options; }

renders() {
	local said
	said=$(scdoc <user/man/seatrace.8.scd | man --warnings -l - 2>&1 >/dev/null)
	[[ -z $said ]] || { echo "$said"; return 1; }
}
agrees() { diff <(helped) <(documented); }

ok "seatrace.8 renders without a warning" renders
ok "seatrace.8 has the options of --help" agrees
done_testing
