#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Fetching, from a mirror made up in a folder: no network is used. Whatever goes wrong, one line says
# it, the status is 3 (125 from run) and the cache holds nothing half-made.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

export XDG_CACHE_HOME=$SCRATCH/cache
export VMTEST_MIRROR=file://$SCRATCH/mirror
export VMTEST_SNAPSHOT=file://$SCRATCH/snapshot
export VMTEST_KERNELS=$SCRATCH/KERNELS

readonly RELEASE=9.9.1-cloud-arm64
readonly DEB=linux-signed-arm64/linux-image-${RELEASE}_9.9.1-1_arm64.deb

# A package with a kernel of MIB megabytes in it, and a table that pins it.
make_mirror() {	# make_mirror MIB
	local tree=$SCRATCH/tree deb=$SCRATCH/mirror/pool/main/l/$DEB
	rm -rf "$tree" "$SCRATCH/mirror" "$SCRATCH/snapshot" "$XDG_CACHE_HOME"
	mkdir -p "$tree/boot" "$tree/DEBIAN" "$tree/lib/modules/$RELEASE" "${deb%/*}"
	dd if=/dev/zero of="$tree/boot/vmlinuz-$RELEASE" bs=1M count="$1" status=none
	echo CONFIG_KVM=y >"$tree/boot/config-$RELEASE"
	printf 'Package: linux-image-%s\nVersion: 9.9.1-1\nArchitecture: arm64\nMaintainer: nobody\nDescription: none\n' \
		"$RELEASE" >"$tree/DEBIAN/control"
	dpkg-deb -Znone -b "$tree" "$deb" >"$SCRATCH/dpkg.log"
	pin "$(sha256sum <"$deb" | cut -d ' ' -f 1)"
}

pin() { printf '9.9 required debian:trixie@20260101 %s %s:%s\n' "$RELEASE" "$DEB" "$1" >"$VMTEST_KERNELS"; }

# fetch NAME: leaves $STATUS.
fetch() {
	STATUS=0
	"$VMTEST" fetch -k 9.9 </dev/null >"$SCRATCH/$1.out" 2>"$SCRATCH/$1.err" || STATUS=$?
}

nothing_half_made() {
	local left
	left=$(find "$XDG_CACHE_HOME/vmtest/kernel" "$XDG_CACHE_HOME/vmtest/stage" -mindepth 1 2>/dev/null) || :
	equal '' "$left"
}

fetched() {
	cmp "$SCRATCH/tree/boot/vmlinuz-$RELEASE" "$XDG_CACHE_HOME/vmtest/kernel/$RELEASE/vmlinuz"
}

fails_cleanly() {	# fails_cleanly NAME TEXT
	ok "$1: status 3" equal 3 "$STATUS"
	ok "$1: says so" has "$SCRATCH/$1.err" "$2"
	ok "$1: nothing half-made" nothing_half_made
}

good() {
	make_mirror 1
	fetch good
	ok "a pinned kernel is fetched" equal 0 "$STATUS"
	ok "and is what was pinned" fetched
	rm -r "$SCRATCH/mirror"
	fetch again
	ok "a second time needs no mirror" equal 0 "$STATUS"
	ok "and says nothing" equal '' "$(<"$SCRATCH/again.err")"
}

at_once() {
	local pids=() pid failed=0
	make_mirror 40
	for n in 1 2 3; do
		"$VMTEST" fetch -k 9.9 </dev/null >"$SCRATCH/par.$n.out" 2>"$SCRATCH/par.$n.err" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || failed=$((failed + 1))
	done
	ok "three at once all succeed" equal 0 $failed
	ok "one of them does the work" equal 1 "$(cat "$SCRATCH"/par.*.err | grep -c 'kernel 9.9.1')"
	ok "the others wait for it, or come later" fetched
}

wrong_sum() {
	make_mirror 1
	pin "$(printf '0%.0s' {1..64})"
	fetch sum
	fails_cleanly sum "is not what KERNELS pins"
	ok "sum: one line" one_line "$SCRATCH/sum.err"
}

no_mirror() {
	make_mirror 1
	VMTEST_MIRROR=http://127.0.0.1:9/debian fetch down
	fails_cleanly down "Could not connect to 127.0.0.1:9"
	ok "down: one line" one_line "$SCRATCH/down.err"
	STATUS=0
	VMTEST_MIRROR=http://127.0.0.1:9/debian "$VMTEST" run --no-build -k 9.9 -- true \
		</dev/null >"$SCRATCH/run.out" 2>"$SCRATCH/run.err" || STATUS=$?
	ok "down: in run the status is 125" equal 125 "$STATUS"
	ok "down: in run one line, too" one_line "$SCRATCH/run.err"
}

pin_gone() {
	make_mirror 1
	mkdir -p "$SCRATCH/snapshot/20260101T000000Z"
	mv "$SCRATCH/mirror/pool" "$SCRATCH/snapshot/20260101T000000Z/pool"
	fetch gone
	ok "gone from the mirror: the snapshot archive of its date has it" equal 0 "$STATUS"
	ok "and that is said" has "$SCRATCH/gone.err" "PIN GONE"
	ok "and it is what was pinned" fetched
	make_mirror 1
	rm -r "$SCRATCH/mirror"
	mkdir "$SCRATCH/mirror"
	fetch nowhere
	fails_cleanly nowhere "index of trixie"
}

full_disk() {
	local small=$SCRATCH/small
	if (( $(id -u) )); then
		skip "a full disk" "mounting a small file system needs root"
		return
	fi
	make_mirror 40
	mkdir "$small"
	mount -t tmpfs -o size=20m tmpfs "$small"
	cleanup() { umount "$SCRATCH/small"; }
	XDG_CACHE_HOME=$small fetch room
	ok "too little room is known before: status 3" equal 3 "$STATUS"
	ok "and told, with what is needed" has "$SCRATCH/room.err" "no room for"
	ok "in one line" one_line "$SCRATCH/room.err"
	# Room for what a kernel usually needs, but this one is bigger than any.
	make_mirror 170
	mount -o remount,size=320m "$small"
	XDG_CACHE_HOME=$small fetch full
	ok "a disk that fills up meanwhile: status 3" equal 3 "$STATUS"
	ok "and told" has "$SCRATCH/full.err" "no space left on the disk"
	ok "in one line" one_line "$SCRATCH/full.err"
	ok "nothing half-made" equal '' "$(find "$small/vmtest/kernel" "$small/vmtest/stage" -mindepth 1 2>/dev/null)"
	cleanup
	cleanup() { :; }
}

interrupted() {
	local pid
	make_mirror 1
	# A lock held by somebody else is a moment to be interrupted in, as long as one likes.
	mkdir -p "$XDG_CACHE_HOME/vmtest/lock"
	exec {held}>"$XDG_CACHE_HOME/vmtest/lock/kernel-$RELEASE"
	flock "$held"
	"$TOP/vmtest/kernel/fetch" 9.9 </dev/null >"$SCRATCH/int.out" 2>"$SCRATCH/int.err" {held}>&- &
	pid=$!
	until grep -q waiting "$SCRATCH/int.err"; do [[ -d /proc/$pid ]] || break; done
	kill -TERM $pid
	await_status $pid
	exec {held}>&-
	ok "a fetch that is ended while it waits: 143" equal 143 "$STATUS"
	fetch after
	ok "and the next one works" equal 0 "$STATUS"
}

good
at_once
wrong_sum
no_mirror
pin_gone
full_disk
interrupted
end_testing
