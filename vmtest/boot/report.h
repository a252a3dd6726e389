/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What came of a boot, for programs. Must not judge (verdict.h does).
 */
#ifndef BOOT_REPORT_H
#define BOOT_REPORT_H

struct console_seen;
struct host_result;
struct verdict;

/*
 * A file with one JSON object, whole or not there:
 *   end           how it ended: exit, down, not-up, timeout, lost, cut, panic, hung, signal, error
 *   status        vmtest's own, as verdict.h has it
 *   command       the command's, when end is exit
 *   seconds, boot_seconds   in all, and until the command started (0: it did not)
 *   test          that began last, as the kernel's log tells; "" when none did
 *   why           what is wrong with the host or the lab, "" when nothing is
 *   splats        of each test with one: {test, line}; test is "" before the first
 * On failure says why on stderr and gives -1.
 */
int report_write(const char *path, const struct host_result *result,
		 const struct console_seen *seen, const struct verdict *verdict);

#endif
