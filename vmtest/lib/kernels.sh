# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The table of kernels (vmtest/KERNELS): which lines a name means, and what a line says. It must not
# fetch or boot one. Needs base.sh.

KERNELS=${VMTEST_KERNELS:-$VMTEST_DIR/KERNELS}

kernels_lines() { sed -e 's/[[:space:]]*#.*//' -e '/^[[:space:]]*$/d' "$KERNELS"; }

# kernels_match PATTERN: the series that an exact name, a shell pattern or `all` means, in the
# table's order.
kernels_match() {
	local series _ found=
	while read -r series _; do
		# shellcheck disable=SC2053 # the right side is a pattern on purpose
		if [[ $1 == all || $series == $1 ]]; then
			printf '%s\n' "$series"
			found=1
		fi
	done < <(kernels_lines)
	[[ -n $found ]]
}

# kernel_read SERIES: its line, in K_*.
# shellcheck disable=SC2034 # read by those who source this
kernel_read() {
	local series rest
	while read -r series rest; do
		[[ $series == "$1" ]] || continue
		K_SERIES=$series
		read -r K_GATE K_FROM K_RELEASE K_PARTS <<<"$rest"
		return
	done < <(kernels_lines)
	return 1
}

# shellcheck disable=SC2034 # read by those who source this
kernel_split_from() {
	K_KIND=${K_FROM%%:*} K_DATE=${K_FROM##*@}
	K_SUITE=${K_FROM%@*} K_SUITE=${K_SUITE##*:}
}

# kernel_place: where the line's kernel belongs in the cache, by what goes into it.
kernel_place() {
	printf '%s/kernel/%s-%s' "$CACHE" "$K_RELEASE" \
		"$({ tr -s ' \t' '\n' <<<"$K_PARTS"; cat "$VMTEST_DIR/host/modules" "$VMTEST_DIR/kernel/fetch"; } | key)"
}

# kernel_dir: the same if it is there. A stand-in (the pin was gone when it was fetched) is told by the
# file `instead`.
kernel_dir() {
	local dir
	dir=$(kernel_place)
	used "$dir" && printf '%s' "$dir"
}

kernels_names() { kernels_lines | cut -d ' ' -f 1 | tr '\n' ' '; }
