# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A kernel out of Debian's packages: what a boot needs of them. It must not know where they come from.
# Needs base.sh and kernels.sh (K_RELEASE); callers have staged, the packages lie in $STAGE.

# module_file NAME: the file in the unpacked tree; a file's name may have - where the module has _.
module_file() {
	find "$STAGE/root" -name "${1//[-_]/[-_]}.ko*" -print -quit
}

module_depends() {
	tr '\0' '\n' <"$1" | sed -n 's/^depends=//p' | tr ',' ' '
}

# add_module NAME: its file, after those it depends on, into the host's /lib/modules; each name once
# in `order`.
add_module() {
	local from to=$STAGE/host/lib/modules/$K_RELEASE/$1.ko dep
	from=$(module_file "$1")
	[[ -n $from && ! -e $to ]] || return 0	# built in, or here already
	case $from in
	*.xz) xz -dc "$from" >"$to" ;;
	*.zst) zstd -q -dc "$from" >"$to" ;;
	*.gz) gzip -dc "$from" >"$to" ;;
	*) cp "$from" "$to" ;;
	esac
	for dep in $(module_depends "$to"); do
		add_module "$dep"
	done
	printf '%s\n' "$1" >>"$STAGE/order"
}

# add_modules: those of host/modules, what modprobe wants to know of them, and the list of those that
# init loads.
add_modules() {
	local name when dir=$STAGE/host/lib/modules/$K_RELEASE ko
	mkdir -p "$dir" "$STAGE/host/.vmtest"
	while read -r name when _; do
		: >"$STAGE/order"
		add_module "$name"
		[[ $when != boot ]] || cat "$STAGE/order" >>"$STAGE/host/.vmtest/modules"
	done < <(grep -v '^#' "$VMTEST_DIR/host/modules")
	for ko in "$dir"/*.ko; do
		printf '%s:%s\n' "${ko##*/}" "$(module_depends "$ko" | sed -E 's/([^ ]+) */ \1.ko/g')"
	done >"$dir/modules.dep"
}

# collect: out of the unpacked packages, what a boot needs.
collect() {
	local out=$STAGE/out
	mkdir -p "$out"
	cp "$(find "$STAGE/root" -name 'vmlinuz*' -print -quit)" "$out/vmlinuz"
	cp "$(find "$STAGE/root" -name "config-$K_RELEASE" -o -path "*/$K_RELEASE/config")" "$out/config"
	add_modules
	archive "$STAGE/host" >"$out/modules.cpio"
	printf '%s\n' "$K_RELEASE" >"$out/release"
}

unpack() {
	local deb
	mkdir "$STAGE/root"
	for deb in "$STAGE"/*.deb; do
		dpkg-deb -x "$deb" "$STAGE/root" 2>>"$LOG" || die_env "unpack ${deb##*/}: $(why "$LOG")"
		rm "$deb"
	done
	(set -e; collect) 2>>"$LOG" || die_env "unpack kernel $K_RELEASE: $(why "$LOG")"
}
