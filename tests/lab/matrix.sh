#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The matrix tells apart what it is there to tell apart, in every output, and leaves nothing running: cells
# that were planted, each with its own fate; a broken lab; a run that is stopped, or killed; tests of
# somebody else; a user without privileges; and a seatrace that was broken on purpose is caught on
# every kernel of KERNELS_BROKEN (two of them; with MATRIX=all every stock one).
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
cleanup() { rm -rf "$SCRATCH"/planted; }

readonly MATRIX=${MATRIX:-some}
matrix() { "$VMTEST" matrix --no-build "$@" </dev/null; }

# run_matrix NAME ARG...: its outputs in $SCRATCH/NAME.*, its status in $STATUS.
run_matrix() {
	local name=$1
	shift
	STATUS=0
	matrix --json "$SCRATCH/$name.json" --junit "$SCRATCH/$name.xml" --html "$SCRATCH/$name.html" \
		--logs "$SCRATCH/$name.logs" "$@" >"$SCRATCH/$name.out" 2>"$SCRATCH/$name.err" || STATUS=$?
}

# --- planted cells ------------------------------------------------------------------------------
# Each test is a line: its name, what it does, what its cell has to say.
plant() { printf '%s\n' "$2" >"$SCRATCH/planted/$1.sh"; WANTED[$1]=$3; }

declare -A WANTED=([boot]=splat)	# the first line is said before any test begins
plant_all() {
	mkdir "$SCRATCH/planted"
	plant 10-passes 'echo looked at something' pass
	plant 20-fails 'echo "FAIL: planted"; exit 1' fail
	plant 25-asserts-nothing 'true' fail
	plant 26-skips-without-reason 'exit 77' fail
	plant 30-skips 'echo "SKIP: nothing to do here"; exit 77' skip
	plant 35-warns 'echo "WARNING: planted" >/dev/kmsg; echo all is well' splat
	plant 40-panics 'echo before; echo c >/proc/sysrq-trigger; sleep 1000' panic
	# the machine stands still, and its QEMU lives
	plant 50-hangs "printf '{\"execute\": \"stop\"}\n' >/dev/virtio-ports/sea.qmp; sleep 1000" hung
	plant 60-too-long 'echo before; sleep 1000' timeout
	plant 70-is-killed 'echo before; sleep 1000' lost
	# shellcheck disable=SC2016 # the host's shell expands it
	plant 75-kills-runner 'echo before; kill -9 $PPID; sleep 1000' lost
	plant 80-passes 'echo looked at something else' pass
	WANTED[boot]=pass
}

# await_begin MATRIX CONSOLE TEST: until the host says that the test has begun.
await_begin() {
	local line
	while IFS= read -r -t 300 line; do
		[[ $line != *"vmtest: begins $3"* ]] || return 0
	done < <(exec tail --pid="$1" -n +1 -s 0.1 -F "$2" 2>/dev/null)
	return 1
}

# qemu_of MATRIX: of its one host.
qemu_of() {
	local boot qemu
	boot=$(<"/proc/$1/task/$1/children")
	qemu=$(<"/proc/${boot% }/task/${boot% }/children")
	echo "${qemu% }"
}

run_planted() {
	local pid
	"$VMTEST" matrix --no-build -j 1 -k "$KERNEL" --tests "$SCRATCH/planted" --test-timeout 8 --logs "$SCRATCH/planted.logs" \
		--json "$SCRATCH/planted.json" --junit "$SCRATCH/planted.xml" --html "$SCRATCH/planted.html" \
		-- --hang-timeout 6 </dev/null >"$SCRATCH/planted.out" 2>"$SCRATCH/planted.err" &
	pid=$!
	if await_begin $pid "$SCRATCH/planted.logs/$KERNEL.3.console" 70-is-killed; then
		kill -KILL "$(qemu_of $pid)" && touch "$SCRATCH/planted.killed"
	fi
	await_status $pid
}

wanted() { for name in "${!WANTED[@]}"; do echo "$name ${WANTED[$name]}"; done | sort; }

in_json() { diff <(wanted) <(jq -r '.kernels[].tests[] | "\(.test) \(.status)"' "$SCRATCH/planted.json" | sort); }
in_table() {
	diff <(wanted) <(sed -n '/^boot /,/^seconds /p' "$SCRATCH/planted.out" | awk '!/^seconds/ { print $1, tolower($2) }' |
		sed 's/ ok$/ pass/' | sort)
}
in_html() {
	/usr/bin/python3 - "$SCRATCH/planted.html" <<-'PYTHON' | sort | diff <(wanted) -
	import html5lib, sys
	tree = html5lib.HTMLParser(strict=True).parse(open(sys.argv[1], encoding="utf-8").read())
	html = "{http://www.w3.org/1999/xhtml}"
	for row in tree.iter(html + "tr"):
	    head, cells = row.find(html + "th"), row.findall(html + "td")
	    if cells and head.text != "seconds":
	        print(head.text, "".join(cells[0].itertext()))
	PYTHON
}
# JUnit has three kinds of results, and a type.
in_junit() {
	xmllint --noout "$SCRATCH/planted.xml" &&
		diff <(wanted) <(xmllint --xpath '//testcase' "$SCRATCH/planted.xml" | tr -d '\n' | sed 's/<testcase/\n&/g' |
			sed -n -E 's/.* name="([^"]*)".*<(failure|error) type="([^"]*)".*/\1 \3/p;t;s/.* name="([^"]*)".*<skipped.*/\1 skip/p;t;s/.* name="([^"]*)".*/\1 pass/p' | sort)
}
sums() { # what is no pass and no skip has failed
	equal "$(wanted | awk '$2 == "pass" { p++ } $2 == "skip" { s++ } END { print p, NR - p - s, s }')" \
		"$(jq -r '"\(.passed) \(.failed) \(.skipped)"' "$SCRATCH/planted.json")" &&
		equal "$(jq -r '"\(.passed) passed, \(.failed) failed, \(.skipped) skipped"' "$SCRATCH/planted.json")" \
			"$(tail -n 1 "$SCRATCH/planted.out")"
}
# Where a host died the console's log is there, by the name that is told.
logs_are_named() {
	local path n=0
	while read -r path; do
		[[ -s $path ]] || { echo "no log $path"; return 1; }
		has "$SCRATCH/planted.out" "$path" || return 1
		n=$((n + 1))
	done < <(jq -r '.kernels[].boots[] | select(.why) | .console' "$SCRATCH/planted.json")
	((n >= 3))
}
in_browser() {
	command -v chromium >/dev/null || return 1
	timeout 60 chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
		--user-data-dir="$SCRATCH/chromium" --dump-dom "file://$SCRATCH/planted.html#$KERNEL/10-passes" \
		>"$SCRATCH/dom" 2>"$SCRATCH/chromium.err" || { cat "$SCRATCH/chromium.err"; return 1; }
	# the script has opened the cell of the address; nothing else that passed is open
	grep -q "<details id=\"$KERNEL/10-passes\" open=\"\">" "$SCRATCH/dom" &&
		! grep -q "<details id=\"$KERNEL/80-passes\" open" "$SCRATCH/dom"
}

planted_cells() {
	plant_all
	run_planted
	ok "a QEMU was killed in the midst of a test" test -e "$SCRATCH/planted.killed"
	ok "planted cells make the run fail" equal 1 "$STATUS"
	ok "each has its status: JSON" in_json
	ok "in the table" in_table
	ok "on the page" in_html
	ok "in JUnit's file" in_junit
	ok "the sums are those of the cells" sums
	ok "logs of hosts that died are kept, and named" logs_are_named
	ok "the page opens in a browser at the cell that its address names" in_browser
}

# --- the lab, tolerance, selection ----------------------------------------------------------------
broken_lab() {
	printf '#!/bin/sh\necho qemu: cannot >&2\nexit 1\n' >"$SCRATCH/qemu"
	chmod +x "$SCRATCH/qemu"
	VMTEST_QEMU=$SCRATCH/qemu run_matrix broken -k "$KERNEL" --tests "$SCRATCH/planted"
	ok "a lab that is broken is nobody's failure" equal 3 "$STATUS"
	ok "all its cells are broken" equal broken "$(jq -r '.kernels[].tests[].status' "$SCRATCH/broken.json" | uniq)"
	ok "it says why, once" equal 1 "$(grep -c 'qemu: cannot' "$SCRATCH/broken.err")"
}

may_fail() {
	sed -n "s/^$KERNEL  *required /$KERNEL may-fail /p" "$TOP/vmtest/KERNELS" >"$SCRATCH/may-fail"
	VMTEST_KERNELS=$SCRATCH/may-fail run_matrix tolerated -k "$KERNEL" --tests "$SCRATCH/planted" -t '[12]0-*'
	ok "a kernel that may fail does not fail the run" equal 0 "$STATUS"
	ok "and is told" has "$SCRATCH/tolerated.out" "1 more failed where they may"
}

refused() { # refused TEXT ARG...
	local text=$1 status=0
	shift
	matrix "$@" >"$SCRATCH/refused.out" 2>"$SCRATCH/refused.err" || status=$?
	equal 2 "$status" && has "$SCRATCH/refused.err" "$text"
}

# --- ends -----------------------------------------------------------------------------------------
# start_sleeper NAME: a matrix whose host sleeps; leaves $RUNNER and $QEMU.
start_sleeper() {
	"$VMTEST" matrix --no-build -k "$KERNEL" --tests "$SCRATCH/sleeper" -j 1 --logs "$SCRATCH/$1.logs" \
		--json "$SCRATCH/$1.json" </dev/null >"$SCRATCH/$1.out" 2>"$SCRATCH/$1.err" &
	RUNNER=$!
	await_begin $RUNNER "$SCRATCH/$1.logs/$KERNEL.1.console" 10-sleeps
	QEMU=$(qemu_of $RUNNER)
}

# Two at a time: what ends the one is nothing to the other.
ends() {
	local killed killed_qemu
	mkdir "$SCRATCH/sleeper"
	echo 'sleep 1000' >"$SCRATCH/sleeper/10-sleeps.sh"
	echo 'echo never' >"$SCRATCH/sleeper/20-never.sh"
	start_sleeper KILL
	killed=$RUNNER killed_qemu=$QEMU
	start_sleeper INT
	kill -KILL "$killed"
	await_status "$killed"
	ok "KILL: status 137" equal 137 "$STATUS"
	ok "KILL: no QEMU stays" gone "$killed_qemu"
	ok "the matrix beside it goes on" test -d "/proc/$RUNNER" -a -d "/proc/$QEMU"
	kill -INT "$RUNNER"
	await_status "$RUNNER"
	ok "INT: status 130" equal 130 "$STATUS"
	ok "INT: no QEMU stays" gone "$QEMU"
	ok "what it did not get to is not-run" equal "pass not-run not-run" \
		"$(jq -r '[.kernels[].tests[].status] | join(" ")' "$SCRATCH/INT.json")"
}

# --- tests of somebody else -----------------------------------------------------------------------
needed_by() { readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p'; }

# add_foreign FILE: a program of Debian, and the libraries it needs.
add_foreign() {
	local name
	[[ ! -e $SCRATCH/foreign/lib/${1##*/} ]] || return 0
	cp -L "$1" "$SCRATCH/foreign/lib/"
	for name in $(needed_by "$1"); do
		add_foreign "${1%/*}/$name"
	done
}

plant_foreign() {
	local peers
	peers=$("$TOP/vmtest/host/peers")
	mkdir -p "$SCRATCH/foreign/lib"
	add_foreign "$peers/lib/funclatency-libbpf"
	add_foreign "$peers/lib/ld-linux-aarch64.so.1"
	cat >"$SCRATCH/foreign/10-funclatency.sh" <<-'TEST'
	# A tool of libbpf-tools counts the calls of a function: 2,000 reads, at least.
	lib/ld-linux-aarch64.so.1 --library-path lib lib/funclatency-libbpf -u vfs_read >/tmp/out &
	tool=$!
	# both ends of the function are hooked when it holds two links
	until [ "$(cat /proc/$tool/fdinfo/* 2>/dev/null | grep -c link_type)" -ge 2 ]; do usleep 10000; done
	dd if=/dev/zero of=/dev/null bs=1 count=2000 2>/dev/null
	kill -INT $tool
	wait $tool
	seen=$(awk '/->/ { n += $5 } END { print n + 0 }' /tmp/out)
	echo "reads seen: $seen"
	[ "$seen" -ge 2000 ]
	TEST
}

foreign_tests() {
	local kernels=(-k 6.1 -k 6.12)
	[[ $MATRIX != all ]] || kernels=(-k 6.1 -k 6.12 -k 6.16 -k 7.0 -k 7.3)
	plant_foreign
	run_matrix foreign "${kernels[@]}" --tests "$SCRATCH/foreign"
	ok "somebody else's BPF program is tested on $((${#kernels[@]} / 2)) kernels" equal 0 "$STATUS"
	ok "with a pass in each" equal $((${#kernels[@]} / 2)) \
		"$(jq '[.kernels[].tests[] | select(.test == "10-funclatency" and .status == "pass")] | length' "$SCRATCH/foreign.json")"
}

# --- a broken seatrace ----------------------------------------------------------------------------
# The name of an attach point changed in the program, as a kernel might: it has to be noticed.
broken_seatrace() {
	local kernels=(-k 6.12 -k 6.1)
	[[ $MATRIX != all ]] || kernels=(-k all)
	sed 's/kvm_handle_guest_abort/kvm_handle_guest_abrot/g' "$TOP/build/arm64/bin/seatrace" >"$SCRATCH/seatrace"
	chmod 755 "$SCRATCH/seatrace"
	ok "a seatrace with an attach point renamed" not_same "$SCRATCH/seatrace" "$TOP/build/arm64/bin/seatrace"
	run_matrix renamed "${kernels[@]}" -t 02-counts -- --add "$SCRATCH/seatrace:/usr/bin/seatrace"
	ok "it makes the run fail" equal 1 "$STATUS"
	ok "it is caught on each of $(jq '.kernels | length' "$SCRATCH/renamed.json") kernels" \
		equal fail "$(jq -r '.kernels[].tests[] | select(.test == "02-counts").status' "$SCRATCH/renamed.json" | sort -u)"
}
not_same() { ! cmp -s "$1" "$2"; }

# --- without privileges ---------------------------------------------------------------------------
# A user of nothing: a tree that can be read, a cache of their own, no /dev/kvm.
unprivileged() {
	local tree=$SCRATCH/user/tree cache=$SCRATCH/user/cache/vmtest part
	mkdir -p "$tree/tests" "$cache"/{kernel,rootfs,qemu}
	cp -r "$TOP/vmtest" "$tree/"
	cp -rL "$TOP"/tests/{vm,campaigns} "$tree/tests/"
	for part in "$TOP"/build/*/bin; do
		mkdir -p "$tree/build/$(basename "${part%/bin}")"
		cp -r "$part" "$tree/build/$(basename "${part%/bin}")/"
	done
	cp -r "$("$TOP/vmtest/qemu/build" | xargs dirname)" "$cache/qemu/"
	cp -r "$("$TOP/vmtest/host/rootfs")" "$cache/rootfs/"
	chmod 755 "$SCRATCH"
	chown -R 65534:65534 "$SCRATCH/user"
	STATUS=0
	(cd "$tree" && setpriv --reuid 65534 --regid 65534 --clear-groups env HOME="$SCRATCH/user" \
		XDG_CACHE_HOME="$SCRATCH/user/cache" \
		vmtest/vmtest run --no-build -k "$KERNEL" -- id -u) >"$SCRATCH/user.out" 2>"$SCRATCH/user.err" </dev/null || STATUS=$?
	ok "a user without privileges fetches a kernel and boots it" equal 0 "$STATUS" || cat "$SCRATCH/user.err"
	ok "the command is root in the host all the same" equal 0 "$(<"$SCRATCH/user.out")"
}

ok "a test that is not there is refused" refused "no test of" --tests "$TOP/tests/vm" -k "$KERNEL" -t no-such-test
ok "a folder without tests is refused" refused "no test in it" --tests "$TOP/scripts"
ok "an option of run that is none is refused" refused "unknown option --frobnicate" -k "$KERNEL" -- --frobnicate
planted_cells
broken_lab
may_fail
ends
foreign_tests
broken_seatrace
unprivileged
end_testing
