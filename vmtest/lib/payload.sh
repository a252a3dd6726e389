# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What one boot gets beside the shared base: the tree's arm64 programs, tests/vm and tests/campaigns, added
# files and the command, as one archive behind the base and the kernel's modules. It must not start anything.
# Needs base.sh and kernels.sh (K_*).

# run_dir: a folder for one boot, $RUN; those of runs that were killed are swept.
run_dir() {
	local old
	cache_dir run
	for old in "$CACHE"/run/*.*; do
		[[ -d $old && ! -d /proc/$(basename "${old%.*}") ]] && rm -rf "$old"
	done
	RUN=$(mktemp -d "$CACHE/run/$$.XXXXXX") || die_lab "cannot write $CACHE/run: $(disk_state)"
	trap 'rm -rf "$RUN"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

# split_added SRC[:DST]: into $SRC and $DST. A DST that ends in / is a folder to put it in; without
# one it is /NAME.
split_added() {
	SRC=${1%%:*} DST=/
	[[ $1 != *:* ]] || DST=${1#*:}
	[[ $DST != */ ]] || DST=$DST$(basename -- "$SRC")
}

check_added() {
	split_added "$1"
	[[ -e $SRC ]] || die_usage "--add $1: $SRC does not exist"
	[[ $DST == /* && $DST/ != */../* ]] || die_usage "--add $1: $DST is not an absolute path in the host"
}

add_file() {
	split_added "$1"
	mkdir -p "$RUN/root${DST%/*}"
	cp -rLT -- "$SRC" "$RUN/root$DST" || die_lab "--add $1: cannot copy: $(disk_state)"
}

# quoted WORD...: one line of shell that gives these words again, whatever bytes are in them.
quoted() {
	local word
	for word; do
		printf "'%s' " "${word//\'/\'\\\'\'}"
	done
	echo
}

# add_programs: before what is added, which may take the place of one.
add_programs() {
	local bin=$TOP/build/arm64/bin program tests
	mkdir -p "$RUN/root/usr/bin" "$RUN/root/tests"
	for program in "$bin"/*; do
		[[ -x $program && $program != */vmtest-@(boot|matrix) ]] || continue	# the lab's
		# Symbols for a debugger are three quarters of what the host would have to unpack.
		aarch64-linux-gnu-strip -g -o "$RUN/root/usr/bin/${program##*/}" "$program" ||
			die_lab "cannot copy $program: $(disk_state)"
	done
	install -m 755 "$VMTEST_DIR/host/run-tests" "$RUN/root/usr/bin/"
	for tests in vm campaigns; do
		[[ ! -d $TOP/tests/$tests ]] || cp -rL "$TOP/tests/$tests" "$RUN/root/tests/$tests"
	done
}

# make_initrd BASE KERNEL-DIR ARCHIVE COMMAND...: $RUN/initrd. ARCHIVE is one more that is put in as it is,
# or empty. Without a COMMAND the host gives a shell.
make_initrd() {
	local base=$1 kernel=$2 archive=$3
	shift 3
	mkdir -p "$RUN/root/.vmtest"
	(( ! $# )) || quoted exec "$@" >"$RUN/root/.vmtest/command"
	if ! archive "$RUN/root" >"$RUN/payload" ||
	   ! cat "$base" "$kernel/modules.cpio" ${archive:+"$archive"} "$RUN/payload" >"$RUN/initrd"; then
		die_lab "cannot write the host's root: $(disk_state)"
	fi
	rm -rf "$RUN/root" "$RUN/payload"
}
