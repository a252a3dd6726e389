# SPDX-License-Identifier: GPL-2.0-only
# Expected: --check lists each hook once; what it calls attached was attached: seen in the kernel
# while a watch with the same options runs, trampolines from 6.4 on and kprobes before; afterwards
# nothing is left. What it says is missing, or not needed, is not on.
# Groups: all every
. /tests/vm/lib.sh
. /tests/vm/check.sh

trampoline=kprobe
symbols ' T register_ftrace_direct' | grep -q 'direct$' && trampoline=trampoline
agrees
equal "on the abort function" $trampoline \
	"$(jq -r '.hooks[] | select(.hook == "sea_abort") | .attached' "$T/check.json")"
equal "tracepoints" 2 "$(jq '[.hooks[] | select(.attached == "tracepoint")] | length' "$T/check.json")"
finish
