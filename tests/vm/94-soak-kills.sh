# SPDX-License-Identifier: GPL-2.0-only
# Groups: soak
# Expected: as of 43-killed.sh, fifty times.
exec sh /tests/vm/43-killed.sh 50
