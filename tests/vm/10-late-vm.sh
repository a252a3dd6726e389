# SPDX-License-Identifier: GPL-2.0-only
# Expected: a VM that starts while seatrace runs is named and counted, also after it has ended.
. /tests/vm/lib.sh

trace_start
vm_start vm-late
vm vm-late sea 3 >/dev/null
vm vm-late quit >/dev/null
wait "$pid_vm_late"
trace_stop

equal "SEAs of a VM that came and went" 3 "$(row vm-late .seas)"
equal "it is gone" true "$(row vm-late .gone)"
finish
