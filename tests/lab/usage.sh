#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Bad usage ends with 2, one line and nothing done.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

export XDG_CACHE_HOME=$SCRATCH/cache	# empty: nothing may be fetched before usage is checked

refused() {	# refused TEXT ARG...
	local text=$1 status=0
	shift
	"$VMTEST" "$@" </dev/null >"$SCRATCH/out" 2>"$SCRATCH/err" || status=$?
	equal 2 "$status" && one_line "$SCRATCH/err" && has "$SCRATCH/err" "$text" &&
		equal '' "$(<"$SCRATCH/out")" && equal '' "$(ls "$XDG_CACHE_HOME" 2>/dev/null)"
}

helps() {
	"$VMTEST" "$@" >"$SCRATCH/out" 2>"$SCRATCH/err" &&
		has "$SCRATCH/out" "Examples:" && equal '' "$(<"$SCRATCH/err")"
}

ok "unknown kernel" refused "kernel 9.9: none in" run -k 9.9 -- true
ok "unknown kernel to fetch" refused "kernel 9.9: none in" fetch -k 9.9
ok "unknown option" refused "unknown option --frobnicate" run --frobnicate -- true
ok "unknown verb" refused "unknown command boot" boot
ok "unknown thing to fetch" refused "unknown argument moon" fetch moon
ok "something to list" refused "list: unknown argument 6.12" list 6.12
ok "no command" refused "no command" run -k 6.12
ok "no --" refused "put -- before the command" run uname -r
ok "option without its value" refused "-k needs a value" run -k
ok "a timeout that is none" refused "--timeout soon: not a number" run --timeout soon -- true
ok "too many processors" refused "--smp 99: not a number from 1 to 8" run --smp 99 -- true
ok "two processors and --icount" refused "--icount" run --icount --smp 2 -- true
ok "a file that is not there" refused "does not exist" run --add /nonexistent -- true
ok "a place outside the host" refused "not an absolute path" run --add /etc/passwd:../x -- true
ok "something that no host has" refused "--with moon: there is only vmm" run --with moon -- true
mkdir "$SCRATCH"/{none,blank,twice}
: >"$SCRATCH/none/README"
: >"$SCRATCH/blank/10-a b.sh"
install -m 755 /dev/null "$SCRATCH/twice/10-a" && : >"$SCRATCH/twice/10-a.sh"
ok "tests that are not there" refused "no such folder" run --tests "$SCRATCH/nowhere"
ok "a folder without a test" refused "no test in it" matrix --tests "$SCRATCH/none"
ok "a test's name with a blank" refused "a blank in it" matrix --tests "$SCRATCH/blank"
ok "two tests of one name" refused "two tests of one name: 10-a" matrix --tests "$SCRATCH/twice"
ok "a shell without a terminal" refused "needs a terminal" shell
ok "a command for shell" refused "takes no command" shell -- true
ok "--help" helps --help
ok "run --help" helps run --help
ok "fetch --help" helps fetch --help
ok "list --help" helps list --help
end_testing
