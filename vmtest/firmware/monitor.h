/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * monitor.h - asks the QEMU that emulates this machine to report a hardware error, over QMP on a
 * virtio port.
 */
#ifndef VMTEST_FIRMWARE_MONITOR_H
#define VMTEST_FIRMWARE_MONITOR_H

#include <stddef.h>

struct monitor;

/*
 * All return 0 or -errno, with one sentence in `why` (which lives until the next call):
 * -ENOTSUP: no such port, nobody at its other end, or a QEMU that has not the command; -EAGAIN: the
 * previous record is not acknowledged yet.
 */
int monitor_open(const char *path, struct monitor **monitorp, const char **why);
int monitor_inject(struct monitor *monitor, const void *block, size_t size, const char **why);
void monitor_close(struct monitor *monitor);

#endif
