/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * port.h - where the guest is asked: its first virtio port. It must not know any command.
 */
#ifndef VMTEST_LINUX_PORT_H
#define VMTEST_LINUX_PORT_H

/* Waits for the kernel to have it; its descriptor, or -errno. */
int port_open(void);

#endif
