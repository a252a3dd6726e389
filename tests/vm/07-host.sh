# SPDX-License-Identifier: GPL-2.0-only
# Expected: a page of a process that is no VMM is the host's error, not a VM's.
. /tests/vm/lib.sh

vm_start vm-a
trace_start
# a free page frame: nobody has it, so nobody is signalled
pfn=$(awk '/System RAM/ { split($1, range, "-"); last = range[2] } END { print last }' /proc/iomem)
echo "0x${pfn%fff}000" >/sys/devices/system/memory/hard_offline_page 2>"$T/offline.txt"
trace_stop

equal "memory failures of the host" 1 "$(host_row .memory_failures)"
equal "incidents of vm-a" 0 "$(row vm-a .incidents)"
finish
