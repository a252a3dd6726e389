# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The table of kernels (vmtest/KERNELS): which lines a name means, and what a line says; and kernels
# that are files. It must not fetch or boot one. Needs base.sh.

KERNELS=${VMTEST_KERNELS:-$VMTEST_DIR/KERNELS}

kernels_lines() { sed -e 's/[[:space:]]*#.*//' -e '/^[[:space:]]*$/d' "$KERNELS"; }

# kernels_match PATTERN: the series that an exact name, a shell pattern or `all` means, in the
# table's order. `all` are those that Debian built: what holds of a kernel is asked of them, and the ones
# that have to be built here have to be asked for.
kernels_match() {
	local series from _ found=
	if kernel_is_file "$1"; then
		printf '%s\n' "$1"
		return
	fi
	while read -r series _ _ from _; do
		# shellcheck disable=SC2053 # the right side is a pattern on purpose
		if [[ $1 == all && $from == debian:* || $series == $1 ]]; then
			printf '%s\n' "$series"
			found=1
		fi
	done < <(kernels_lines)
	[[ -n $found ]]
}

# A kernel that is no line: PATH/TO/Image, or deb:FILE[,FILE]... of Debian's packages.
kernel_is_file() { [[ $1 == */* || $1 == deb:* ]]; }

# kernel_files NAME: a line for each file that it means.
kernel_files() { tr ',' '\n' <<<"${1#deb:}"; }

# check_kernel_file NAME: or end, with words.
check_kernel_file() {
	local file
	while read -r file; do
		[[ -f $file && -r $file ]] || die_usage "kernel $1: cannot read ${file:-a file without a name}"
		[[ $file != *[[:space:]]* ]] || die_usage "kernel $1: a path without blanks, please"
	done < <(kernel_files "$1")
}

# kernel_read_file NAME: the same as kernel_read. What release it is, only its bytes know.
# shellcheck disable=SC2034
kernel_read_file() {
	K_SERIES=$(kernel_files "$1" | head -n 1)
	K_SERIES=$(basename -- "$K_SERIES" .deb)
	K_SERIES=${K_SERIES%%_*} K_SERIES=${K_SERIES#linux-image-} K_SERIES=${K_SERIES#linux-binary-}
	K_GATE=required K_TESTS=all K_FROM=$1 K_KIND=file K_RELEASE=$K_SERIES
	K_PARTS=$(kernel_files "$1" | xargs -r -d '\n' sha256sum | cut -d ' ' -f 1)
}

# kernel_read SERIES: its line, in K_*.
# shellcheck disable=SC2034 # read by those who source this
kernel_read() {
	local series rest
	if kernel_is_file "$1"; then
		kernel_read_file "$1"
		return
	fi
	while read -r series rest; do
		[[ $series == "$1" ]] || continue
		K_SERIES=$series
		read -r K_GATE K_TESTS K_FROM K_RELEASE K_PARTS <<<"$rest"
		K_KIND=${K_FROM%%:*} K_DATE=${K_FROM##*@}
		K_SUITE=${K_FROM%@*} K_SUITE=${K_SUITE##*:}
		K_CONFIG=${K_FROM#build:} K_CONFIG=$VMTEST_DIR/kernel/${K_CONFIG%%:*}	# .config, .edit, .make
		return
	done < <(kernels_lines)
	return 1
}

# kernel_script: what puts the line's kernel into the cache.
kernel_script() {
	case $K_KIND in
	build) echo kernel/build ;;
	file) echo kernel/local ;;
	*) echo kernel/fetch ;;
	esac
}

# What a kernel is built with, beside its source; of a machine without a compiler nothing can come.
readonly CROSS=aarch64-linux-gnu-
kernel_tools() { "${CROSS}gcc" --version | head -n 1; pahole --version; }

# What goes into a kernel beside its packages. Of what takes minutes to build anew, only what tells.
kernel_inputs() {
	if [[ $K_KIND == build ]]; then
		sed -e 's/\(^\|[[:space:]]\+\)#\([[:space:]].*\|!.*\)\?$//' -e '/^$/d' \
			"$K_CONFIG".{config,edit,make}
		kernel_tools 2>/dev/null || :	# building says what is missing
	else
		cat "$VMTEST_DIR/host/modules" "$VMTEST_DIR/lib/unpack.sh" "$VMTEST_DIR/$(kernel_script)"
	fi
}

# kernel_place: where the line's kernel belongs in the cache, by what goes into it.
kernel_place() {
	printf '%s/kernel/%s-%s' "$CACHE" "$K_RELEASE" \
		"$({ tr -s ' \t' '\n' <<<"$K_PARTS"; kernel_inputs; } | key)"
}

# kernel_dir: the same if it is there. A stand-in (the pin was gone when it was fetched) is told by the
# file `instead`.
kernel_dir() {
	local dir
	dir=$(kernel_place)
	used "$dir" && printf '%s' "$dir"
}

kernels_names() { kernels_lines | cut -d ' ' -f 1 | tr '\n' ' '; }
