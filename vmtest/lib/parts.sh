# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The packages that a line of KERNELS pins, and the way from a line to its kernel in the cache, which are
# the same whether it is unpacked or built. It must not know what is done with the packages.
# Needs base.sh, apt.sh and kernels.sh (K_*).

# Debian's snapshot archive is beside the mirrors in Debian's own domain; for another mirror nobody
# but the user can know one.
snapshot_uri() {
	local host
	if [[ -n ${VMTEST_SNAPSHOT:-} ]]; then
		printf '%s' "${VMTEST_SNAPSHOT%/}"
	elif [[ $1 =~ ^https?://([^/]*\.)?([a-z]+\.org)(:[0-9]+)?/debian$ && ${BASH_REMATCH[2]} == debian.* ]]; then
		host=snapshot.${BASH_REMATCH[2]}
		printf 'https://%s/archive/debian' "$host"
	fi
}

# get_part PART MIRROR: into $STAGE, from the mirror or the snapshot archive. Fails (4) when both
# have it no more.
get_part() {
	local path=pool/main/l/${1%:*} sha=${1##*:} file=$STAGE/${1%:*} status=0 snapshot
	file=$STAGE/${file##*/}
	pool_get "$2/$path" "$sha" "$file" || status=$?
	if (( status == 4 )); then
		snapshot=$(snapshot_uri "$2")
		say "PIN GONE: ${file##*/} is no longer on $2"
		[[ -n $snapshot ]] || { say "no snapshot archive known for this mirror (VMTEST_SNAPSHOT sets one)"; return 4; }
		say "trying the snapshot archive of $K_DATE, $snapshot"
		status=0
		pool_get "$snapshot/${K_DATE}T000000Z/$path" "$sha" "$file" || status=$?
		(( status != 1 )) || { say "snapshot archive: $(apt_why "$snapshot" VMTEST_SNAPSHOT)"; status=4; }
	fi
	case $status in
	0|4) return $status ;;
	5) die_env "${file##*/} is not what KERNELS pins (sha256 differs from $sha): not used" ;;
	*) die_env "${file##*/}: $(apt_why "$2")" ;;
	esac
}

# get_parts NEWEST: all that the line pins, into $STAGE. When some of it is nowhere any more, NEWEST gets
# others instead and says so loudly.
get_parts() {
	local part mirror
	mirror=$(apt_mirror) || exit
	for part in $K_PARTS; do
		get_part "$part" "$mirror" && continue
		rm -f "$STAGE"/*.deb
		"$1"
		return
	done
}

# kernel_ready KIND MAKE [SERIES]: the folder of the kernel of SERIES, whose line is of KIND; MAKE puts it
# into the cache when it is not there.
kernel_ready() {
	case ${3:-} in
	''|-*) die_usage "kernel/$2: name one series: $(kernels_names)(see --help)" ;;
	esac
	kernel_is_file "$3" && check_kernel_file "$3"
	kernel_read "$3" || die_usage "kernel $3: not in $KERNELS, which has $(kernels_names)"
	ME="vmtest: $2 $K_SERIES"
	[[ $K_KIND == "$1" ]] || die_env "kernel $3 is another kind of kernel ($K_FROM): kernel/$2 cannot get it"
	if ! kernel_dir >/dev/null; then
		lock "kernel-$K_RELEASE"
		kernel_dir >/dev/null || "$2"
	fi
	kernel_read "$3"
	kernel_dir
	echo
}
