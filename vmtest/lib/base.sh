# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The floor of the lab's shell scripts: messages, exit codes, the cache, locks, staging and
# long-running children. It must not know what is fetched, built or run.

VMTEST_DIR=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
TOP=${VMTEST_DIR%/*}
# The tilde covers a missing $HOME (chroots, services): the shell then asks the password file.
CACHE=${XDG_CACHE_HOME:-~/.cache}/vmtest
export LC_ALL=C
# shellcheck disable=SC2034 # for the scripts that source this file
readonly VMTEST_DIR TOP CACHE

ME=${ME:-vmtest}	# what messages begin with; a script says "vmtest fetch 6.12"
CHILD=			# the one long-running child, so that a signal reaches it
declare -A LOCKED=()	# what this process has locked
# STAGE: where this process assembles what is to be cached. Unset until stage() has made it, so that
# (set -u) no path can be built of an empty one.
PROGRESS_SHOWN=0 PROGRESS_AT=0

say() { progress_clear; printf '%s: %s\n' "$ME" "$*" >&2; }
die() { say "${*:2}"; exit "$1"; }
die_usage() { die 2 "$@"; }
die_env() { die 3 "$@"; }	# a machine that lacks something: network, room, a package

# --- progress: one line rewritten on a terminal, else a line every 15 s --------------------------
progress() {
	if [[ -t 2 ]]; then
		printf '\r\033[K%s: %s' "$ME" "$*" >&2
		PROGRESS_SHOWN=1
	elif (( SECONDS - PROGRESS_AT >= 15 )); then
		PROGRESS_AT=$SECONDS
		printf '%s: %s\n' "$ME" "$*" >&2
	fi
}

progress_clear() {
	(( PROGRESS_SHOWN )) && printf '\r\033[K' >&2
	PROGRESS_SHOWN=0
}

# elapsed [SINCE]: minutes and seconds; without SINCE, of this script.
elapsed() { printf '%d:%02d' $(((SECONDS - ${1:-0}) / 60)) $(((SECONDS - ${1:-0}) % 60)); }

# --- the cache -----------------------------------------------------------------------------------
cache_dir() {
	mkdir -p "$CACHE/$1" 2>/dev/null ||
		die_env "cannot make $CACHE/$1: $(mkdir -p "$CACHE/$1" 2>&1 | sed 's/.*: //'); set XDG_CACHE_HOME to a writable place"
}

# lock NAME: until this process ends. The name of what is locked is what the user may wait for.
lock() {
	local fd
	[[ -z ${LOCKED[$1]:-} ]] || return 0	# ours already: a second descriptor would wait for the first
	cache_dir lock
	exec {fd}>"$CACHE/lock/$1" || die_env "cannot lock $CACHE/lock/$1"
	LOCKED[$1]=1
	flock -n "$fd" && return
	say "another vmtest is busy with $1: waiting for it"
	flock "$fd" || die_env "cannot lock $CACHE/lock/$1"
}

# stage NAME MIB: an empty folder on the cache's file system, removed at exit whatever happens.
# The caller holds lock NAME, so anything staged under that name is what a killed run left.
stage() {
	need_room "$2" "$1"
	cache_dir stage
	rm -rf "$CACHE/stage/$1".*
	STAGE=$(mktemp -d "$CACHE/stage/$1.XXXXXX") || die_env "cannot stage $1 in $CACHE"
	LOG=$STAGE/log
	: >"$LOG" || die_env "cannot write $LOG: $(disk_state)"
	trap 'cleanup' EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

cleanup() {
	trap - EXIT
	[[ -z $CHILD ]] || kill -TERM "$CHILD" 2>/dev/null || :	# it may have ended by itself
	[[ -z $CHILD ]] || wait "$CHILD" 2>/dev/null || :
	[[ -z ${STAGE:-} ]] || rm -rf "$STAGE"
	progress_clear
}

# publish FROM TO: TO appears whole or not at all; an older TO is replaced.
publish() {
	local old=$STAGE/replaced
	mkdir -p "${2%/*}"
	[[ ! -e $2 ]] || mv -T "$2" "$old"
	mv -T "$1" "$2" || die_env "cannot move $2 into place: $(disk_state)"
	rm -rf "$old"
}

# archive FOLDER: what is in it, root's, as the kernel takes an initramfs. To standard output.
archive() { (cd "$1" && find . -mindepth 1 | cpio --quiet -o -H newc --owner=+0:+0); }

room_mib() { df --output=avail -B1M "$1" | tail -n 1 | tr -d ' '; }
disk_state() { printf '%s MiB free in %s' "$(room_mib "$CACHE")" "$CACHE"; }

need_room() {
	cache_dir .
	(( $(room_mib "$CACHE") >= $1 )) ||
		die_env "no room for $2: it needs $1 MiB, $(disk_state); free some or set XDG_CACHE_HOME"
}

# What is cached goes by a key of what is wanted, so that checkouts which want different things never
# replace each other's. It goes when nobody has used it for KEPT_DAYS days, and the next of its kind is
# fetched; its time of modification says when it was used.
readonly KEPT_DAYS=30

key() { sha256sum | cut -c 1-12; }

# apart -s|-x COMMAND...: those who use (-s) and those who remove (-x) are not at it at the same time.
apart() {
	local fd status=0
	cache_dir lock
	exec {fd}>"$CACHE/lock/prune" || die_env "cannot lock $CACHE/lock/prune"
	flock "$1" "$fd"
	"${@:2}" || status=$?
	exec {fd}>&-
	return $status
}

# used PATH: whether it is there; then it counts as used now, and stays.
used() { [[ -e $1 ]] && apart -s touch -c -- "$1" && [[ -e $1 ]]; }

# prune PATH...: removes those of these that are not used any more.
prune() { apart -x find "$@" -maxdepth 0 -mtime "+$KEPT_DAYS" -exec rm -rf {} +; }

# keep_newest N FIND-ARG...: of what find names, all but the newest N goes.
keep_newest() {
	find "${@:2}" -printf '%T@ %p\n' | sort -n | head -n "-$1" | cut -d ' ' -f 2- | xargs -r -d '\n' rm -rf
}

# --- long-running children -----------------------------------------------------------------------
# stream PARSER COMMAND...: run COMMAND, append its output to $LOG, hand each line to PARSER, which
# is called with an empty line after a second of silence (so that the time shown goes on).
# Read here and not in a pipe: a signal then ends this shell at once and cleanup ends the child.
stream() {
	local parser=$1 fd line rest='' status=0
	shift
	exec {fd}< <(exec "$@" 2>&1 </dev/null)
	CHILD=$!
	while :; do
		line=
		if IFS= read -r -t 1 line <&"$fd"; then
			printf '%s\n' "$rest$line" >>"$LOG"
			"$parser" "$rest$line"
			rest=
		elif (( $? > 128 )); then
			rest+=$line
			"$parser" ''
		else
			break
		fi
	done
	[[ -z $rest$line ]] || printf '%s\n' "$rest$line" >>"$LOG"
	exec {fd}<&-
	wait "$CHILD" || status=$?
	CHILD=
	return $status
}

# why FILE: the one line of a log that says what went wrong.
why() {
	local line
	if grep -q 'No space left on device' "$1" || (( $(room_mib "$CACHE") < 1 )); then
		printf 'no space left on the disk (%s)' "$(disk_state)"
		return
	fi
	line=$(grep -E '^(E|Err|ERROR|FAILED|error|fatal)[: ]' "$1" | tail -n 1) ||
		line=$(grep -E -i 'error|cannot|failed' "$1" | tail -n 1) ||
		line=$(tail -n 1 "$1")
	printf '%s' "${line#E: }"
}
