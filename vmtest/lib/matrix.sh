# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# vmtest matrix: which kernels, which tests, how many hosts at a time; vmtest-matrix does the rest. It must
# not run or judge anything. Needs base.sh, kernels.sh, tests.sh and the front's own functions.

readonly MATRIX_MEM_MIB=2048	# of one host, unless --mem says another
readonly HOST_EXTRA_MIB=512	# what QEMU takes beside the host's memory
readonly SPARE_MIB=1024		# for all else
readonly MATRIX_LOGS_KEPT=10	# of runs in which something was wrong

usage_matrix() {
	cat <<-USAGE
	usage: vmtest matrix [-k KERNEL]... [-t PATTERN] [OPTION]... [-- OPTION-OF-RUN...]
	Runs tests on kernels: one boot for each kernel, several at a time, another boot for the rest when a
	host dies; with fewer kernels than hosts, a kernel's tests are shared by several. Shows what goes on,
	then a table of tests and kernels.
	  -k, --kernel KERNEL   a series, a pattern, all (Debian's own), an image or deb:FILE, as of vmtest
	                        run; more than once. Default: every line of vmtest/KERNELS
	  -t, --test PATTERN    the tests with PATTERN in their names, or that match it
	      --tests FOLDER    the tests in this folder, anybody's (default: tests/vm of this tree)
	  -g, --group GROUP     those of this group on every kernel. Default: for tests/vm what KERNELS says
	                        of each kernel, for another folder: all
	  -j, --jobs N          hosts at a time (default: as many as there are processors and memory for)
	      --test-timeout S  for one test (900)
	      --json FILE       the result for programs
	      --junit FILE      for CI servers
	      --html FILE       a page of its own, with what each test said
	      --tap             TAP in place of the table
	      --logs FOLDER     keep the consoles' logs there (default: a folder in the cache, named at the end)
	      --keep-logs       keep the consoles' logs also of boots that went well
	      --no-build        do not run make first
	  -h, --help
	What a cell says: pass; skip, with the test's reason; fail; timeout (the host lives, the test does
	not end); splat (the kernel warned, whatever the test said); lost (QEMU or the runner in the host
	ended in its midst); hung (QEMU lives, nothing runs in it); panic; broken (no kernel, no QEMU, no
	boot); not-run (the matrix was stopped). All but pass and skip are failures, except on a kernel that
	KERNELS says may fail.
	Status: 0; 1 a test failed; 2 usage; 3 nothing failed but the lab; 128 + N stopped by signal N.
	Examples:
	  vmtest matrix
	  vmtest matrix -k 6.12 -k '7.*' -t record
	  vmtest matrix --html matrix.html --junit matrix.xml
	  vmtest matrix -k all --tests ~/mine -- --add ~/mine/data:/data --mem 4096
	USAGE
}

matrix_parse() {
	M_LOGS='' M_KERNELS=() M_PATTERN='' M_TESTS='' M_GROUP='' M_JOBS='' M_BUILD=1 M_OPTIONS=() M_RUN=()
	while (( $# )); do
		case $1 in
		-h|--help) usage_matrix; exit ;;
		--) shift; M_RUN=("$@"); break ;;
		--no-build) M_BUILD=; shift; continue ;;
		--tap|--keep-logs) M_OPTIONS+=("$1"); shift; continue ;;
		-k|--kernel|-t|--test|--tests|-g|--group|-j|--jobs|--test-timeout|--json|--junit|--html|--logs)
			value "$@" >/dev/null ;;
		-*) die_usage "matrix: unknown option $1 (see vmtest matrix --help)" ;;
		*) die_usage "matrix: unexpected $1 (see vmtest matrix --help)" ;;
		esac
		matrix_take "$1" "$2"
		shift 2
	done
	matrix_check_run "${M_RUN[@]}"
}

matrix_take() {
	case $1 in
	-k|--kernel) M_KERNELS+=("$2") ;;
	-t|--test) M_PATTERN=$2 ;;
	--tests) check_tests "$2"; M_TESTS=$2 ;;
	-g|--group) M_GROUP=$2 ;;
	-j|--jobs) number "$1" "$2" 1 256; M_JOBS=$2 ;;
	--logs) M_LOGS=$2 ;;
	--test-timeout) number "$1" "$2" 1 86400; M_OPTIONS+=("$1" "$2") ;;
	--json|--junit|--html)
		[[ -d $(dirname -- "$2") && ! -d $2 ]] || die_usage "$1 $2: cannot be written: no such folder, or it is one"
		M_OPTIONS+=("$1" "$2")
		;;
	esac
}

# What is for vmtest run is checked by it, before anything is fetched.
matrix_check_run() {
	(( $# )) || return 0
	(parse run "$@" -- true) || exit
}

# matrix_series: those that are meant, each once, in the order of the table.
matrix_series() {
	local pattern found
	(( ${#M_KERNELS[@]} )) || M_KERNELS=('*')
	for pattern in "${M_KERNELS[@]}"; do
		found=$(series_of "$pattern") || exit
		printf '%s\n' "$found"
	done | awk '!seen[$0]++'
}

# matrix_plan SERIES...: a line for each, as vmtest-matrix wants it. A kernel without such tests has none.
matrix_plan() {
	local series group files
	for series; do
		kernel_read "$series"
		group=${M_GROUP:-$([[ -n $M_TESTS ]] && echo all || echo "$K_TESTS")}
		files=$(tests_select "${M_TESTS:-$TOP/tests/vm}" "$group" "$M_PATTERN") || continue
		printf '%s %s %s %s\n' "$series" "$K_GATE" "$K_RELEASE" "$(tr '\n' ' ' <<<"$files")"
	done
}

# matrix_jobs: as many hosts as there are processors, and memory.
matrix_jobs() {
	local mem=$MATRIX_MEM_MIB free i
	for (( i = 0; i < ${#M_RUN[@]} - 1; i++ )); do
		[[ ${M_RUN[i]} != --mem ]] || mem=${M_RUN[i + 1]}
	done
	free=$(awk '$1 == "MemAvailable:" { print int($2 / 1024) }' /proc/meminfo)
	free=$(( (free - SPARE_MIB) / (mem + HOST_EXTRA_MIB) ))
	(( free >= 1 )) || free=1
	(( free < $(nproc) )) && echo $free || nproc
}

# What all share is fetched and built before, one after the other; a kernel that cannot be had is a
# column of its own fault.
matrix_prepare() {
	local series
	[[ -z $M_BUILD ]] || (build)
	get host/rootfs >/dev/null
	find_qemu >/dev/null
	for series; do
		kernel_read "$series"
		"$VMTEST_DIR/$(kernel_script)" "$series" >/dev/null || say "goes on without kernel $series"
	done
}

# matrix_logs: the folder for them, made anew; of those in the cache the oldest go.
matrix_logs() {
	if [[ -n $M_LOGS ]]; then
		mkdir -p -- "$M_LOGS" || die_env "--logs $M_LOGS: cannot be made"
		realpath -- "$M_LOGS"
		return
	fi
	cache_dir log
	keep_newest $MATRIX_LOGS_KEPT "$CACHE/log" -mindepth 1 -maxdepth 1 -name 'matrix-*'
	mktemp -d "$CACHE/log/matrix-$(date +%Y%m%dT%H%M%S)-XXXX" || die_lab "cannot write $CACHE/log: $(disk_state)"
}

matrix() {
	local series plan logs program
	matrix_parse "$@"
	series=$(matrix_series) || exit
	mapfile -t series <<<"$series"
	plan=$(matrix_plan "${series[@]}")
	[[ -n $plan ]] || die_usage "no test of ${M_TESTS:-tests/vm} for these kernels has ${M_PATTERN:-a fitting group} in its name"
	# what a run calls broken (125) is the environment here
	(matrix_prepare "${series[@]}") && program=$(lab_program vmtest-matrix) || exit 3
	logs=$(matrix_logs) || exit
	printf '%s\n' "$plan" >"$logs/plan"
	exec "$program" --plan "$logs/plan" --vmtest "$VMTEST_DIR/vmtest" --tests "${M_TESTS:-$TOP/tests/vm}" \
		--logs "$logs" --jobs "${M_JOBS:-$(matrix_jobs)}" "${M_OPTIONS[@]}" -- "${M_RUN[@]}"
}
