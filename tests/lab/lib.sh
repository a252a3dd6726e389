# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # variables for the tests that source this
# What the lab's self-tests share: TAP lines, a runner whose end can be awaited, a scratch folder.
# They test vmtest itself, so nothing here may hide how a run ended.

TOP=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
VMTEST=$TOP/vmtest/vmtest
KERNEL=${KERNEL:-6.12}
DONE=
SCRATCH=$(mktemp -d)
# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "$TOP/tests/tap.sh"
trap finish EXIT

# A script that ends before its plan is said has failed, whatever it had found so far.
finish() {
	local status=$?
	cleanup
	rm -rf "$SCRATCH"
	[[ -n $DONE ]] || { printf 'Bail out! ended early, status %d\n' $status; exit 1; }
}
cleanup() { :; }	# a test's own, where it has something to undo

end_testing() {
	DONE=1
	done_testing
}

# equal WANTED GOT, has FILE TEXT, lacks FILE TEXT: with both sides shown when they are not.
equal() { [[ $1 == "$2" ]] || { printf 'wanted: %q\ngot:    %q\n' "$1" "$2"; return 1; }; }
has() { grep -qF -- "$2" "$1" || { printf 'no "%s" in:\n' "$2"; tail -n 30 "$1"; return 1; }; }
lacks() { ! grep -F -- "$2" "$1"; }
one_line() { equal 1 "$(grep -c '' "$1")" || { cat "$1"; return 1; }; }

# queue_host NAME ARG...: vmtest run, to be started by run_queue.
declare -A QUEUE=()
queue_host() {
	local name=$1
	shift
	QUEUE[$name]=$(printf '%q ' "$VMTEST" run --no-build -k "$KERNEL" "$@")
}

# run_queue: all that was queued, as many at once as there are processors, to their ends.
run_queue() {
	local name
	for name in "${!QUEUE[@]}"; do
		while (( $(jobs -rp | wc -l) >= $(nproc) )); do
			wait -n || :	# its status is in its file
		done
		{
			status=0
			eval "${QUEUE[$name]}" </dev/null >"$SCRATCH/$name.out" 2>"$SCRATCH/$name.err" || status=$?
			echo $status >"$SCRATCH/$name.status"
		} &
	done
	wait
}

status_of() { cat "$SCRATCH/$1.status"; }

# start_host NAME ARG...: the same in the background, awaited until COMMAND has printed a line.
# Leaves $RUNNER (its pid) and $QEMU (where COMMAND goes on).
start_host() {
	local name=$1 line
	shift
	mkfifo "$SCRATCH/$name.fifo"
	"$VMTEST" run --no-build -k "$KERNEL" "$@" </dev/null \
		>"$SCRATCH/$name.fifo" 2>"$SCRATCH/$name.err" &
	RUNNER=$!
	exec {UP}<"$SCRATCH/$name.fifo"
	IFS= read -r -t 120 line <&"$UP" || { cat "$SCRATCH/$name.err"; return 1; }
	QEMU=$(cat "/proc/$RUNNER/task/$RUNNER/children" 2>/dev/null) || :	# a short run may be over
	QEMU=${QEMU% }
}

await_status() { STATUS=0; wait "$1" 2>/dev/null || STATUS=$?; }	# bash tells of the killed

# gone PID: within ten seconds.
gone() { timeout 10 tail --pid="$1" -s 0.1 -f /dev/null || { ps -fp "$1"; return 1; }; }

no_folder_of() { ! ls -d "${XDG_CACHE_HOME:-$HOME/.cache}/vmtest/run/$1".* 2>/dev/null; }

kept_log() { sed -n 's/.*; log: //p' "$1" | tail -n 1; }
