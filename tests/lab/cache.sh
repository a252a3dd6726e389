#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The cache is shown and pruned: what is old goes, what is used stays, what killed runs have left goes, and
# nothing is taken away from a vmtest that is at work.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
cleanup() { release; }

export XDG_CACHE_HOME=$SCRATCH/cache
readonly CACHE=$XDG_CACHE_HOME/vmtest

# A cache of things that are not what they are called, some of them old.
fill() {
	mkdir -p "$CACHE"/{kernel/{old,new},rootfs,peers,lock,run/{999999999.dead,$$.alive},stage/{left.123,busy.456}}
	echo old >"$CACHE/kernel/old/vmlinuz"
	head -c 3145728 /dev/zero >"$CACHE/kernel/new/vmlinuz"
	echo base >"$CACHE/rootfs/base.cpio"
	touch -d '40 days ago' "$CACHE/kernel/old"
	: >"$CACHE/lock/left"
	: >"$CACHE/lock/busy"
}

# hold, release: the lock that somebody has who stages `busy`.
HOLDER=
hold() {
	mkfifo "$SCRATCH/held"
	flock "$CACHE/lock/busy" sh -c 'echo held; exec sleep 1000' >"$SCRATCH/held" &
	HOLDER=$!
	read -r _ <"$SCRATCH/held"
}
release() {
	[[ -n $HOLDER ]] || return 0
	kill "$(<"/proc/$HOLDER/task/$HOLDER/children")" 2>/dev/null || kill "$HOLDER"
	wait "$HOLDER" 2>/dev/null || :	# it was killed
	HOLDER=
}

cache() { # cache ARG...: what it says in $SCRATCH/said, its status in $STATUS
	STATUS=0
	"$VMTEST" cache "$@" </dev/null >"$SCRATCH/said" 2>&1 || STATUS=$?
}
there() { for path; do [[ -e $CACHE/$path ]] || { echo "gone: $path"; return 1; }; done; }
gone_from() { for path; do [[ ! -e $CACHE/$path ]] || { echo "there: $path"; return 1; }; done; }

cache
ok "an empty cache is shown" equal 0 "$STATUS"
cache prune
ok "and pruned" equal 0 "$STATUS"
fill
hold
cache
ok "a kernel with its size and age" grep -qE '^kernel +3\.[0-9]M +0 d  kernel/new$' "$SCRATCH/said"
ok "an old one" grep -qE '^kernel .* 40 d  kernel/old$' "$SCRATCH/said"
ok "the sum" grep -qE '^total +3\.[0-9]M ' "$SCRATCH/said"
cache prune --dry-run
ok "a dry run says what would go" has "$SCRATCH/said" "would remove kernel/old"
ok "and removes nothing" there kernel/old run/999999999.dead stage/left.123
cache prune --all
ok "everything is refused while somebody is at work" equal 3 "$STATUS"
ok "with all still there" there kernel/old kernel/new rootfs/base.cpio
cache prune
ok "what is old goes" gone_from kernel/old
ok "and what killed runs have left" gone_from run/999999999.dead stage/left.123
ok "what is used stays, and what somebody is at" there kernel/new rootfs/base.cpio "run/$$.alive" stage/busy.456
cache prune --days 0
ok "0 days is everything: refused likewise" equal 3 "$STATUS"
release
rm -r "$CACHE/run/$$.alive"
cache prune --all
ok "with nobody at work everything goes" equal 0 "$STATUS"
ok "really" gone_from kernel/new rootfs/base.cpio peers stage/busy.456
end_testing
