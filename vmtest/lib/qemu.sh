# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Which of the cached QEMUs is the lab's. It must not build one (vmtest/qemu/build does).
# Needs base.sh.

# What the cached builds are keyed by, beside QEMU's version.
qemu_edit_hash() {
	cat "$VMTEST_DIR/qemu/edit" "$VMTEST_DIR/qemu/configure.args" | sha256sum | cut -c 1-12
}

# qemu_cached: the newest complete build of the present edit; fails when there is none.
qemu_cached() {
	local dir
	dir=$(find "$CACHE/qemu" -maxdepth 1 -name "*-$(qemu_edit_hash)" 2>/dev/null | sort -V | tail -n 1)
	[[ -n $dir ]] && used "$dir" && printf '%s/qemu-system-aarch64' "$dir"
}
