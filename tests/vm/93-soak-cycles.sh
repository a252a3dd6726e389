# SPDX-License-Identifier: GPL-2.0-only
# Groups: soak
# Expected: what 21-cycles.sh expects, 200 times.
# shellcheck shell=sh
CYCLES=200
. /tests/vm/21-cycles.sh
