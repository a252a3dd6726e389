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

pin() { printf '9.9 required every debian:trixie@20260101 %s %s:%s\n' "$RELEASE" "$DEB" "$1" >"$VMTEST_KERNELS"; }

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
	cmp "$SCRATCH/tree/boot/vmlinuz-$RELEASE" "$XDG_CACHE_HOME/vmtest/kernel/$RELEASE"-*/vmlinuz
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

# Of a checkout that gives its hosts other modules; then there is no mirror any more.
other_modules() {
	local other=$SCRATCH/other/vmtest
	make_mirror 1
	mkdir "${other%/*}"
	cp -r "$TOP/vmtest" "$other"
	echo "# other" >>"$other/host/modules"
	fetch mine
	VMTEST=$other/vmtest fetch others
	ok "a checkout with other modules fetches its own" equal 0 "$STATUS"
	ok "and both are there" equal 2 "$(find "$XDG_CACHE_HOME/vmtest/kernel" -mindepth 1 -maxdepth 1 | grep -c .)"
	rm -r "$SCRATCH/mirror"
	fetch mine
	ok "the first keeps what it had" equal "0 " "$STATUS $(<"$SCRATCH/mine.err")"
	VMTEST=$other/vmtest fetch others
	ok "and so does the second" equal "0 " "$STATUS $(<"$SCRATCH/others.err")"
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

# --- two checkouts that want different things ------------------------------------------------------
# Their scripts, with other packages, and a mirror that nobody signs.
checkout() {	# checkout NAME LIBRARY...
	local top=$SCRATCH/checkout.$1
	mkdir "$top"
	cp -r "$TOP/vmtest" "$TOP/Makefile" "$top"
	: >"$top/x.c"
	sed -i "/^readonly PACKAGES=(/,/^)/c readonly PACKAGES=(${*:2})" "$top/vmtest/host/sysroot"
	sed -i "/^readonly JQ_SUITE=/c readonly JQ_SUITE=bookworm
		/^readonly \(JQ_\)\?PACKAGES=(/s/=.*/=(host-tools)/
		/^readonly FILES=(/,/^)/c readonly FILES=(./bin/busybox './usr/bin/*')" "$top/vmtest/host/rootfs"
	echo "# $1" >>"$top/vmtest/host/init"
	sed -i 's/signed-by=%s/trusted=%s/; s/"[$]KEYRING"/yes/' "$top/vmtest/lib/apt.sh"
}

package() {	# package NAME FILE...: with these empty programs
	local tree=$SCRATCH/package.$1 file
	mkdir -p "$tree/DEBIAN" "$SCRATCH/mirror/pool"
	for file in "${@:2}"; do
		mkdir -p "$tree/${file%/*}"
		install -m 755 /dev/null "$tree/$file"
	done
	printf '%s\n' "Package: $1" "Version: 1" "Architecture: arm64" "Maintainer: nobody" "Description: none" \
		>"$tree/DEBIAN/control"
	dpkg-deb -b "$tree" "$SCRATCH/mirror/pool/$1.deb" >"$SCRATCH/dpkg.log"
	{
		cat "$tree/DEBIAN/control"
		printf 'Filename: pool/%s.deb\nSize: %d\nSHA256: %s\n\n' "$1" \
			"$(stat -c %s "$SCRATCH/mirror/pool/$1.deb")" \
			"$(sha256sum <"$SCRATCH/mirror/pool/$1.deb" | cut -d ' ' -f 1)"
	} >>"$SCRATCH/Packages"
}

make_suite() {
	local index=main/binary-arm64/Packages dir=$SCRATCH/mirror/dists/bookworm
	rm -rf "$SCRATCH/mirror" "$XDG_CACHE_HOME"
	package libone-dev usr/include/one.h
	package libtwo-dev usr/include/two.h
	package host-tools bin/busybox usr/bin/jq usr/bin/setpriv usr/bin/chrt usr/bin/script
	mkdir -p "$dir/${index%/*}"
	mv "$SCRATCH/Packages" "$dir/$index"
	printf 'Origin: test\nSuite: bookworm\nCodename: bookworm\nDate: %s\nComponents: main\nArchitectures: arm64\nSHA256:\n %s %d %s\n' \
		"$(LC_ALL=C date -u '+%a, %d %b %Y %T UTC')" "$(sha256sum <"$dir/$index" | cut -d ' ' -f 1)" \
		"$(stat -c %s "$dir/$index")" "$index" >"$dir/Release"
}

host() {	# host CHECKOUT PART: its path, and that it is there
	"$SCRATCH/checkout.$1/vmtest/host/$2" </dev/null >"$SCRATCH/$1.$2" 2>"$SCRATCH/$1.$2.err" ||
		{ cat "$SCRATCH/$1.$2.err"; return 1; }
	[[ -e $(<"$SCRATCH/$1.$2") ]]
}

inode() { stat -c %i "$(<"$SCRATCH/$1")"; }

# A second time nothing is fetched: there is no mirror any more.
undisturbed() {	# undisturbed PART
	local was
	was=$(inode "one.$1")
	host two "$1" && host one "$1" && equal "$was" "$(inode "one.$1")" &&
		[[ $(<"$SCRATCH/one.$1") != "$(<"$SCRATCH/two.$1")" ]] && equal '' "$(<"$SCRATCH/one.$1.err")"
}

# What nobody used for longer than a month; it was used when make asked for its path.
age() { touch -d '40 days ago' "$(<"$SCRATCH/$1")"; }
goes_when_unused() {
	age one.sysroot
	host three sysroot || return 1
	[[ ! -e $(<"$SCRATCH/one.sysroot") && -e $(<"$SCRATCH/two.sysroot") ]] || return 1
	age two.sysroot
	"$SCRATCH/checkout.two/vmtest/host/sysroot" --path >/dev/null
	rm -r "$(<"$SCRATCH/three.sysroot")"
	host three sysroot && [[ -e $(<"$SCRATCH/two.sysroot") ]]
}

root_goes_when_unused() {
	age one.rootfs
	touch -d '40 days ago' "$XDG_CACHE_HOME/vmtest/rootfs"/programs-*
	host three rootfs && [[ ! -e $(<"$SCRATCH/one.rootfs") && -e $(<"$SCRATCH/two.rootfs") ]] &&
		equal 1 "$(find "$XDG_CACHE_HOME/vmtest/rootfs" -name 'programs-*' | grep -c .)"
}

only_says() {
	"$SCRATCH/checkout.one/vmtest/host/sysroot" --path >"$SCRATCH/path" &&
		[[ ! -e $(<"$SCRATCH/path") && ! -e $XDG_CACHE_HOME ]]
}

makes_agree() {	# what make reads its headers from
	local said
	# shellcheck disable=SC2016 # make expands it
	said=$(make -s -C "$SCRATCH/checkout.one" ARCH=arm64 -f Makefile -f - <<<'sysroot: ; @echo $(SYSROOT)' sysroot) &&
		equal "$(<"$SCRATCH/one.sysroot")" "$said"
}

make_refuses() {
	local said
	! said=$(make -C "$SCRATCH/checkout.one" ARCH=arm64 build/arm64/x.c.o 2>&1) || return 1
	[[ $said == *'no arm64 libraries'*'vmtest fetch sysroot'* ]] || { echo "$said"; return 1; }
}

checkouts() {
	local part
	make_suite
	checkout one libone-dev
	checkout two libtwo-dev
	checkout three libone-dev libtwo-dev
	ok "a path is only said, not fetched" only_says
	ok "make without libraries says what to do" make_refuses
	for part in sysroot rootfs; do
		ok "$part of one checkout" host one "$part"
		ok "$part of another leaves the first's alone" undisturbed "$part"
	done
	ok "make takes its own checkout's libraries" makes_agree
	ok "libraries go when they were not used, and not before" goes_when_unused
	ok "roots, too, but not the programs that they share" root_goes_when_unused
}

good
other_modules
at_once
wrong_sum
no_mirror
pin_gone
full_disk
interrupted
checkouts
end_testing
