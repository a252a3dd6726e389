# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# vmtest cache: what is in it, and what may go. It must not know what a thing is for, nor how it is made
# again. Needs base.sh.

# What is cached, by kinds: each entry is made as a whole and can go as a whole. The rest of the cache is
# locks, and what runs that were killed have left.
readonly CACHE_KINDS='kernel rootfs sysroot sysroot-* qemu peers vmm apt log'

usage_cache() {
	cat <<-USAGE
	usage: vmtest cache
	       vmtest cache prune [--days N] [--all] [--dry-run]
	Shows what is in the cache, with sizes, days since it was last used. What is missing is fetched or
	built again when it is asked for.
	prune        removes what no checkout has used for $KEPT_DAYS days, and what killed runs have left
	  --days N   for N days
	  --all      everything; refused while another vmtest is at work
	  --dry-run  says what would go
	Status: 0; 2 usage; 3 when another vmtest is at work, or something cannot be removed.
	Examples:
	  vmtest cache
	  vmtest cache prune --days 7 --dry-run
	  vmtest cache prune --all
	USAGE
}

# cache_entries: KIND and PATH of each. Globs are meant.
cache_entries() {
	local kind path
	# shellcheck disable=SC2086,SC2231
	for kind in $CACHE_KINDS; do
		case $kind in
		sysroot-*|sysroot|peers) set -- "$CACHE"/$kind ;;
		*) set -- "$CACHE"/$kind/* ;;
		esac
		for path; do
			[[ ! -e $path ]] || printf '%s %s\n' "${kind%-\*}" "$path"
		done
	done
}

# cache_litter: what killed runs have left: folders of boots whose process is gone, and stages that
# nobody holds the lock of.
cache_litter() {
	local path name
	for path in "$CACHE"/run/*.*; do
		name=$(basename -- "$path")
		[[ ! -d $path || -d /proc/${name%%.*} ]] || printf '%s\n' "$path"
	done
	for path in "$CACHE"/stage/*.*; do
		name=$(basename -- "${path%.*}")
		[[ -d $path ]] && flock -n "$CACHE/lock/$name" true && printf '%s\n' "$path"
	done
	return 0
}

is_at_work() {
	local path name
	for path in "$CACHE"/run/*.*; do
		name=$(basename -- "$path")
		[[ ! -d $path || ! -d /proc/${name%%.*} ]] || return 0
	done
	for path in "$CACHE"/lock/*; do
		[[ ! -f $path ]] || flock -n "$path" true || return 0
	done
	return 1
}

days_unused() { echo $(( ($(date +%s) - $(stat -c %Y -- "$1")) / 86400 )); }

cache_show() {
	local kind path
	while read -r kind path; do
		printf '%-8s %6s %4s d  %s\n' "$kind" "$(du -sh -- "$path" | cut -f 1)" "$(days_unused "$path")" "${path#"$CACHE"/}"
	done < <(cache_entries)
	printf '%-8s %6s         %s, %s MiB free\n' total "$(du -sh -- "$CACHE" | cut -f 1)" "$CACHE" "$(room_mib "$CACHE")"
}

# cache_remove DAYS DRY: what is older, and litter.
cache_remove() {
	local path n=0 verb=removes
	[[ -z $2 ]] || verb="would remove"
	while read -r path; do
		n=$((n + 1))
		say "$verb ${path#"$CACHE"/}"
		[[ -n $2 ]] || rm -rf -- "$path" || die_env "cannot remove $path"
	done < <(
		cache_litter
		while read -r _ path; do
			(( $(days_unused "$path") < $1 )) || printf '%s\n' "$path"
		done < <(cache_entries)
	)
	[[ -n $2 ]] || say "removed $n; $(du -sh -- "$CACHE" | cut -f 1) in $CACHE"
}

cache_prune() {
	local days=$KEPT_DAYS dry=''
	while (( $# )); do
		case $1 in
		-h|--help) usage_cache; return ;;
		--days) value "$@" >/dev/null; number "$1" "$2" 0 10000; days=$2; shift ;;
		--all) days=0 ;;
		--dry-run) dry=1 ;;
		*) die_usage "cache prune: unknown argument $1 (see vmtest cache --help)" ;;
		esac
		shift
	done
	cache_dir lock
	(( days )) || ! is_at_work || die_env "another vmtest is at work in $CACHE: try again when it is done"
	apart -x cache_remove "$days" "$dry"
}

cache() {
	case ${1:-} in
	-h|--help) usage_cache ;;
	'') cache_dir .; cache_show ;;
	prune) shift; cache_prune "$@" ;;
	*) die_usage "cache: unknown argument $1 (see vmtest cache --help)" ;;
	esac
}
