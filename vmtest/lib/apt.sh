# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Debian packages of any suite for arm64, without touching the system's apt: private roots in the
# cache, one per suite (an index is 10 MB, and most requests need one suite or none), and files of
# the pool by path. It must not unpack anything or know what a package is for.
# Needs base.sh; callers have staged (base.sh: stage), downloads land in $STAGE.

readonly KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
readonly INDEX_MAX_AGE_MIN=720	# an index older than this is asked for again

# The mirror is the one this system gets its own release from, so that proxies, local mirrors and
# site rules apply. apt itself reads its sources, in whichever of the two formats they are.
apt_mirror() {
	local codename uri
	if [[ -n ${VMTEST_MIRROR:-} ]]; then
		printf '%s' "${VMTEST_MIRROR%/}"
		return
	fi
	codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
	uri=$(apt-get update --print-uris 2>/dev/null |
		sed -n "s|^'\(.*\)/dists/${codename:-none}/InRelease'.*|\1|p")
	uri=${uri%%$'\n'*}
	[[ -n $uri ]] ||
		die_env "apt's sources name no mirror for this system's release (${codename:-unknown}): set VMTEST_MIRROR to a Debian mirror's address"
	printf '%s' "$uri"
}

# apt_conf DIR SUITE: the system's proxy and transport settings, nothing else of its configuration (its
# hooks would act on the system's own package cache). An index past its date is taken: signatures and
# checksums still hold, and a mirror that lags behind, or a snapshot, is no reason to stop.
apt_conf() {
	apt-config dump Acquire | grep -v -e '^Acquire::IndexTargets' -e '^Acquire::Changelogs'
	cat <<-CONF
	APT::Architecture "arm64";
	APT::Architectures { "arm64"; };
	APT::Sandbox::User "$(id -un)";
	APT::Update::Error-Mode "any";
	Acquire::Check-Valid-Until "false";
	Acquire::PDiffs "false";
	Acquire::Retries "1";
	Dir::State "$1";
	Dir::State::Lists "$1/lists";
	Dir::State::status "$1/status";
	Dir::Cache "$1/cache";
	Dir::Etc::SourceList "$1/sources.list";
	Dir::Etc::SourceParts "/dev/null";
	Dir::Etc::Parts "/dev/null";
	Dir::Etc::Main "/dev/null";
	Dir::Etc::Preferences "/dev/null";
	Dir::Etc::PreferencesParts "/dev/null";
	CONF
}

# apt_root SUITE KIND: a private root whose index of SUITE (KIND deb or deb-src) is fresh; its
# configuration is left in $APT_CONF, which is what apt_do and apt_ask work in.
apt_root() {
	local suite=$1 kind=$2 root=$CACHE/apt/$1.$2 mirror
	mirror=$(apt_mirror) || exit
	lock "apt-$suite.$kind"
	cache_dir "apt/$suite.$kind/lists/partial"
	cache_dir "apt/$suite.$kind/cache/archives/partial"
	printf '%s [signed-by=%s target=%s] %s %s main\n' "$kind" "$KEYRING" \
		"$([[ $kind == deb ]] && echo Packages || echo Sources)" "$mirror" "$suite" >"$root/sources.new"
	: >"$root/status"
	apt_conf "$root" >"$root/apt.conf" || die_env "cannot write $root: $(disk_state)"
	APT_CONF=$root/apt.conf
	if cmp -s "$root/sources.new" "$root/sources.list" &&
	   [[ -n $(find "$root/fresh" -mmin -$INDEX_MAX_AGE_MIN 2>/dev/null) ]]; then
		return
	fi
	rm -f "$root/fresh"
	mv "$root/sources.new" "$root/sources.list"
	apt_do "index of $suite" apt-get update -qq ||
		die_env "index of $suite: $(apt_why "$mirror")"
	: >"$root/fresh"
}

apt_ask() { APT_CONFIG=$APT_CONF "$@"; }

# apt_do WHAT COMMAND...: one of apt's commands, with its progress shown.
apt_do() {
	local status=0
	APT_WHAT=$1 APT_SINCE=$SECONDS APT_PERCENT=
	shift
	APT_LINE=$(wc -l <"$LOG")	# apt_why looks no further back
	stream apt_line env APT_CONFIG="$APT_CONF" "$@" -o APT::Status-Fd=1 || status=$?
	progress_clear
	return $status
}

apt_line() {
	local percent
	if [[ $1 == dlstatus:* ]]; then
		IFS=: read -r _ _ percent _ <<<"$1"
		APT_PERCENT=" ${percent%%.*} %"
	fi
	progress "$APT_WHAT:$APT_PERCENT, $(elapsed "$APT_SINCE")"
}

# apt_why URI [VARIABLE]: what the last apt_do died of, and which variable names another place.
apt_why() {
	tail -n +$((APT_LINE + 1)) "$LOG" |
		sed -E '/^dlstatus:|^E: (Download Failed|Some index|Failed to fetch some)/d; s|^E: Failed to fetch [^ ]+ +|E: |' >"$STAGE/why"
	printf '%s (%s; %s sets another)' "$(why "$STAGE/why")" "$1" "${2:-VMTEST_MIRROR}"
}

# apt_get_debs WHAT PACKAGE...: the newest of each package the root's suite has, into $STAGE.
apt_get_debs() {
	local what=$1
	shift
	cd "$STAGE" || exit
	apt_do "$what" apt-get download -qq "$@" ||
		die_env "$what: $(apt_why "$(apt_mirror)")"
	cd "$TOP" || exit
}

# pool_get URI SHA256 FILE: one file by address, checked. Returns 0, 4 when the server has no such
# file, 5 when what came is not what the sum says, 1 otherwise (the reason is in $LOG).
pool_get() {
	local what=${3##*/}
	APT_CONF=$STAGE/pool.conf
	apt_conf "$STAGE" >"$APT_CONF" || die_env "cannot write $APT_CONF: $(disk_state)"
	if apt_do "${what%%_*}" /usr/lib/apt/apt-helper download-file "$1" "$3" "SHA256:$2"; then
		# file: mirrors hand out a link
		[[ $(sha256sum <"$3") == "$2  -" ]] && return 0
		return 5
	fi
	rm -f "$3" "$3".FAILED
	tail -n +$((APT_LINE + 1)) "$LOG" >"$STAGE/why"
	grep -q 'Hash Sum mismatch' "$STAGE/why" && return 5
	grep -q -e '404 ' -e 'File not found' "$STAGE/why" && return 4
	return 1
}
