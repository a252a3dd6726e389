#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A kernel of one's own: an Image, as it is and compressed; Debian's packages, in one and in two; and files
# that are none, which are refused with a line before anything is booted. Bytes of the cached kernel
# serve, whose console is built in.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
cleanup() { # what was put into the cache for this
	local place
	while read -r place; do
		rm -rf "$place"
	done <"$SCRATCH/places"
}

: >"$SCRATCH/places"
KERNEL_DIR=$("$TOP/vmtest/kernel/fetch" "$KERNEL")
RELEASE=$(<"$KERNEL_DIR/release")

# deb NAME FILE...: a package with these files in place, as FILE=FROM.
deb() {
	local root=$SCRATCH/$1.root file
	mkdir -p "$root/DEBIAN"
	printf '%s\n' "Package: $1" 'Version: 1' 'Architecture: arm64' 'Maintainer: vmtest <vmtest@localhost>' \
		'Description: a test' >"$root/DEBIAN/control"
	for file in "${@:2}"; do
		install -D -m 644 "${file#*=}" "$root/${file%%=*}"
	done
	dpkg-deb -Znone -b "$root" "$SCRATCH/$1_1_arm64.deb" >"$SCRATCH/$1.log"
}

boots() { # boots KERNEL
	"$TOP/vmtest/kernel/local" "$1" >>"$SCRATCH/places" 2>"$SCRATCH/local.err" || { cat "$SCRATCH/local.err"; return 1; }
	equal "$RELEASE" "$("$VMTEST" run --no-build -k "$1" -- uname -r </dev/null 2>"$SCRATCH/run.err")" ||
		{ cat "$SCRATCH/local.err" "$SCRATCH/run.err"; return 1; }
}

refused() { # refused TEXT KERNEL
	local status=0
	"$VMTEST" run --no-build -k "$2" -- true </dev/null >"$SCRATCH/refused.out" 2>"$SCRATCH/refused.err" || status=$?
	equal 2 "$status" && one_line "$SCRATCH/refused.err" && has "$SCRATCH/refused.err" "$1"
}

cp "$KERNEL_DIR/vmlinuz" "$SCRATCH/Image"
gzip -c "$KERNEL_DIR/vmlinuz" >"$SCRATCH/Image.gz"
deb linux-image-mine "boot/vmlinuz-$RELEASE=$KERNEL_DIR/vmlinuz" "boot/config-$RELEASE=$KERNEL_DIR/config"
deb linux-binary-mine "usr/lib/modules/$RELEASE/vmlinuz=$KERNEL_DIR/vmlinuz"
deb linux-modules-mine "usr/lib/modules/$RELEASE/config=$KERNEL_DIR/config"
deb nothing "etc/nothing=/etc/hostname"
head -c 100000 /dev/urandom >"$SCRATCH/noise"

ok "an Image" boots "$SCRATCH/Image"
ok "a compressed one" boots "$SCRATCH/Image.gz"
ok "a package" boots "deb:$SCRATCH/linux-image-mine_1_arm64.deb"
ok "a kernel and its modules in two packages" \
	boots "deb:$SCRATCH/linux-binary-mine_1_arm64.deb,$SCRATCH/linux-modules-mine_1_arm64.deb"
ok "the same file again is in the cache" equal "$(head -n 1 "$SCRATCH/places")" "$("$TOP/vmtest/kernel/local" "$SCRATCH/Image")"
ok "no kernel at all is refused" refused "no Image of an arm64 kernel" "$SCRATCH/noise"
ok "a package without a kernel is" refused "no kernel in it" "deb:$SCRATCH/nothing_1_arm64.deb"
ok "a file that is not there is" refused "cannot read" "$SCRATCH/nowhere/Image"
end_testing
