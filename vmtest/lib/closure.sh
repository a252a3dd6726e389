# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# An arm64 program of another Debian with the libraries it is linked with and no more, in a folder that
# runs wherever it is put. It must not fetch anything. Needs base.sh; callers have staged, with their
# packages unpacked in $STAGE/root.

needed_by() { readelf -d "$1" 2>>"$LOG" | sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p'; }

# add_libraries FILE FOLDER: those that it is linked with, and theirs.
add_libraries() {
	local name from
	for name in $(needed_by "$1"); do
		[[ ! -e $2/$name ]] || continue
		from=$(find "$STAGE/root/usr/lib" "$STAGE/root/lib" -name "$name" -print -quit 2>>"$LOG")
		[[ -n $from ]] || die_env "${1##*/} needs $name, which none of its packages has"
		cp -L "$from" "$2/$name" || die_env "cannot write: $(disk_state)"
		add_libraries "$2/$name" "$2"
	done
}

# add_program FILE FOLDER: FOLDER/lib gets the program and its libraries, FOLDER/bin a script that starts
# it: instead of the program's own interpreter line, as the host has another libc.
add_program() {
	local name=${1##*/}
	mkdir -p "$2"/{bin,lib}
	cp "$STAGE/root/$1" "$2/lib/$name" || die_env "cannot write: $(disk_state)"
	add_libraries "$2/lib/$name" "$2/lib"
	printf '%s\n' '#!/bin/sh' "here=\$(dirname \"\$0\")/../lib" \
		"exec \"\$here/ld-linux-aarch64.so.1\" --library-path \"\$here\" \"\$here/$name\" \"\$@\"" \
		>"$2/bin/$name"
	chmod 755 "$2/bin/$name"
}
