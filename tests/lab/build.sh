#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Building a kernel, of a source made up in a folder: its make copies a file. What the cache holds is what
# was asked for and whole; it is built anew when something that tells has changed, and not otherwise.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

export XDG_CACHE_HOME=$SCRATCH/cache
export VMTEST_MIRROR=file://$SCRATCH/mirror
export VMTEST_SNAPSHOT=file://$SCRATCH/snapshot
export VMTEST_KERNELS=$SCRATCH/KERNELS
export HOLD=	# a compilation waits until this file, if any, can be read

readonly RELEASE=9.9.1-made
readonly DEB=linux/linux-source-9.9_9.9.1-1_all.deb
readonly MADE=$SCRATCH/checkout/vmtest/kernel/made
VMTEST=$SCRATCH/checkout/vmtest/vmtest

# The source's make. A compilation waits for the file $HOLD, if any, and says so in $HOLD.read.
makefile() {	# makefile RELEASE
	cat <<-MAKE
	.RECIPEPREFIX = >
	allnoconfig:
	> sed "/CONFIG_GONE/d; s/ON=n/ON=y/" \$(KCONFIG_ALLCONFIG) >.config
	kernelrelease:
	> @echo $1
	Image:
	> @echo "  CC      a.o"
	> test -z "\$\$HOLD" || { : >"\$\$HOLD.read"; cat "\$\$HOLD"; }
	> grep -q compiles a.c || { echo "a.c:1: error: it does not"; false; }
	> test ! -e drivers/gpu/big.c && test -e drivers/gpu/Kconfig
	> mkdir -p arch/arm64/boot
	> { cat a.c .config; echo \$(KCFLAGS); } >arch/arm64/boot/Image
	> echo kernel/drivers/a.ko >modules.builtin
	MAKE
}

# A source package, whose configuration knows no CONFIG_GONE and has CONFIG_ON on, whatever is asked for.
make_source() {	# make_source RELEASE
	local tree=$SCRATCH/tree deb=$SCRATCH/mirror/pool/main/l/$DEB top=$SCRATCH/linux-source-9.9
	rm -rf "$tree" "$top" "$SCRATCH/mirror" "$SCRATCH/snapshot" "$XDG_CACHE_HOME"
	mkdir -p "$tree/usr/src" "$tree/DEBIAN" "$top/drivers/gpu" "${deb%/*}"
	: >"$top/drivers/gpu/big.c"
	: >"$top/drivers/gpu/Kconfig"
	echo before >"$top/a.c"
	makefile "$1" >"$top/Makefile"
	tar -cJf "$tree/usr/src/linux-source-9.9.tar.xz" -C "$SCRATCH" linux-source-9.9
	printf 'Package: linux-source-9.9\nVersion: 9.9.1-1\nArchitecture: all\nMaintainer: nobody\nDescription: none\n' \
		>"$tree/DEBIAN/control"
	dpkg-deb -Znone -b "$tree" "$deb" >"$SCRATCH/dpkg.log"
	printf '9.9-made required override build:made:trixie@20260101 %s %s:%s\n' "$RELEASE" "$DEB" \
		"$(sha256sum <"$deb" | cut -d ' ' -f 1)" >"$VMTEST_KERNELS"
}

# What it is built with: a checkout's own files.
make_checkout() {
	rm -rf "$SCRATCH/checkout"
	mkdir "$SCRATCH/checkout"
	cp -r "$TOP/vmtest" "$SCRATCH/checkout/vmtest"
	printf '# what is on\nCONFIG_A=y\n?CONFIG_GONE=y\n9.9:CONFIG_B=y\n9.8:CONFIG_C=y\nCONFIG_D=n\n' >"$MADE.config"
	printf '#!/bin/sh\n# what is changed\nsed -i s/before/compiles/ "$@"/a.c\n' >"$MADE.edit"
	printf '# how\nKCFLAGS=-O7\n' >"$MADE.make"
	chmod +x "$MADE.edit"
}

fresh() {
	make_source "${1:-$RELEASE}"
	make_checkout
}

# fetch NAME: leaves $STATUS.
fetch() {
	STATUS=0
	"$VMTEST" fetch -k 9.9-made </dev/null >"$SCRATCH/$1.out" 2>"$SCRATCH/$1.err" || STATUS=$?
}

built() { cat "$XDG_CACHE_HOME/vmtest/kernel/$RELEASE"-*/"$1"; }
kernels() { find "$XDG_CACHE_HOME/vmtest/kernel" -mindepth 1 -maxdepth 1 2>/dev/null | grep -c . || :; }

nothing_half_made() {
	local left
	left=$(find "$XDG_CACHE_HOME/vmtest/kernel" "$XDG_CACHE_HOME/vmtest/stage" -mindepth 1 2>/dev/null) || :
	equal '' "$left"
}

fails_cleanly() {	# fails_cleanly NAME TEXT
	ok "$1: status 3" equal 3 "$STATUS"
	ok "$1: says so" has "$SCRATCH/$1.err" "$2"
	ok "$1: nothing half-made" nothing_half_made
}

good() {
	fresh
	ok "it is listed as not there" has <("$VMTEST" list) "$RELEASE                         -"
	fetch good
	ok "a kernel is built" equal 0 "$STATUS"
	ok "of the edited source, as configured, with its flags" \
		equal "compiles CONFIG_A=y CONFIG_B=y CONFIG_D=n -O7" "$(built vmlinuz | tr '\n' ' ' | sed 's/ $//')"
	ok "its release is told" equal "$RELEASE" "$(built release)"
	ok "and how long it took" test "$(built build-seconds)" -ge 0
	ok "modprobe knows what is built in" equal kernel/drivers/a.ko \
		"$(built modules.cpio | cpio --quiet -i --to-stdout "*/$RELEASE/modules.builtin")"
	ok "nothing of the build is left" equal '' "$(ls "$XDG_CACHE_HOME/vmtest/stage")"
	ok "it is listed as there" has <("$VMTEST" list) "$RELEASE                         cached"
	rm -r "$SCRATCH/mirror"
	fetch again
	ok "a second time needs no mirror, and says nothing" equal "0 " "$STATUS $(<"$SCRATCH/again.err")"
}

# What does not tell does not cost minutes; what does is not passed over.
anew() {
	local was
	fresh
	fetch first
	mv "$SCRATCH/mirror" "$SCRATCH/elsewhere"
	sed -i 's/^# what is/# What is/; s/CONFIG_A=y/&  # of course/' "$MADE.config" "$MADE.edit"
	echo "# more" >>"$MADE.make"
	fetch comments
	ok "comments do not count" equal "0 " "$STATUS $(<"$SCRATCH/comments.err")"
	mv "$SCRATCH/elsewhere" "$SCRATCH/mirror"
	for was in config edit make; do
		echo "CONFIG_E=y" >>"$MADE.$was"
		fetch "$was"
		ok "another $was is another kernel" equal 0 "$STATUS"
	done
	ok "each is there" equal 4 "$(kernels)"
	sed -i 's/--version/--help/' "$SCRATCH/checkout/vmtest/lib/kernels.sh"
	fetch compiler
	ok "and so is another compiler's" equal "0 5" "$STATUS $(kernels)"
}

refused() {
	fresh
	echo CONFIG_GONE=y >>"$MADE.config"
	fetch option
	fails_cleanly option "config: CONFIG_GONE=y came out as n"
	make_checkout
	echo CONFIG_ON=n >>"$MADE.config"
	fetch off
	fails_cleanly off "config: CONFIG_ON=n came out as y"
	make_checkout
	printf 'echo "error: edit: does not fit" >&2; exit 1\n' >>"$MADE.edit"
	fetch edit
	fails_cleanly edit "edit: error: edit: does not fit"
	make_checkout
	sed -i 's/compiles/fails/' "$MADE.edit"
	fetch compile
	fails_cleanly compile "compile: a.c:1: error: it does not"
	ok "compile: the log is kept" has "$(sed -n 's/.*(log: \(.*\))$/\1/p' "$SCRATCH/compile.err")" "CC      a.o"
	fresh 9.9.2-made
	fetch release
	fails_cleanly release "error: this is 9.9.2-made, not $RELEASE"
}

at_once() {
	local pids=() pid failed=0
	fresh
	for n in 1 2 3; do
		"$VMTEST" fetch -k 9.9-made </dev/null >"$SCRATCH/par.$n.out" 2>"$SCRATCH/par.$n.err" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || failed=$((failed + 1))
	done
	ok "three at once all succeed" equal 0 $failed
	ok "one of them does the work" equal 1 "$(cat "$SCRATCH"/par.*.err | grep -c "kernel $RELEASE built")"
}

interrupted() {
	local pid hold
	fresh
	mkfifo "$SCRATCH/hold"
	HOLD=$SCRATCH/hold "$SCRATCH/checkout/vmtest/kernel/build" 9.9-made \
		</dev/null >"$SCRATCH/int.out" 2>"$SCRATCH/int.err" &
	pid=$!
	exec {hold}<>"$SCRATCH/hold"
	until [[ -e $SCRATCH/hold.read || ! -d /proc/$pid ]]; do :; done
	kill -TERM $pid
	await_status $pid
	exec {hold}>&-
	ok "a build that is ended: 143" equal 143 "$STATUS"
	ok "and leaves nothing" nothing_half_made
	fetch after
	ok "the next one works" equal 0 "$STATUS"
}

pin_gone() {
	fresh
	mkdir -p "$SCRATCH/snapshot/20260101T000000Z"
	mv "$SCRATCH/mirror/pool" "$SCRATCH/snapshot/20260101T000000Z/pool"
	fetch gone
	ok "gone from the mirror: the snapshot archive of its date has it" equal 0 "$STATUS"
	ok "and that is said" has "$SCRATCH/gone.err" "PIN GONE"
	fresh
	rm -r "$SCRATCH/mirror"
	mkdir "$SCRATCH/mirror"
	fetch nowhere
	fails_cleanly nowhere "index of trixie"
}

# What holds of Debian's kernels is asked of those alone.
all_are_debians() {
	fresh
	STATUS=0
	"$VMTEST" run --no-build -k all -- true </dev/null >"$SCRATCH/all.out" 2>"$SCRATCH/all.err" || STATUS=$?
	ok "a kernel to be built is none of -k all" equal 2 "$STATUS"
	ok "and that is said" has "$SCRATCH/all.err" "kernel all: none in"
}

good
anew
refused
at_once
interrupted
pin_gone
all_are_debians
end_testing
