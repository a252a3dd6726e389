/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Error records that the platform has left for a claim which was denied. The next SEA of any VM would
 * claim them.
 * Layer: inject. Must not know: who denied it; does not print.
 */
#ifndef INJECT_RECORD_H
#define INJECT_RECORD_H

/*
 * Clears and acknowledges what the error sources that notify by SEA have unread, as the kernel does
 * (ghes_clear_estatus, drivers/acpi/apei/ghes.c). Returns how many records that were (0: none was left),
 * or -errno with the reason in why[].
 */
int record_discard(char why[160]);

#endif
