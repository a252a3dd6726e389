// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unread records, through the HEST and physical memory (record.h).
 */
#include "inject/record.h"

#include "inject/host.h"
#include "lib/hest.h"
#include "lib/physical.h"
#include "lib/util.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TABLE  "/sys/firmware/acpi/tables/HEST"
#define MEMORY "/dev/mem"

static int read_table(struct hest *hest, char why[160])
{
	char path[PATH_MAX], *table;
	const char *wrong;
	size_t size;
	int err = util_read_file(host_path(path, TABLE), &table, &size);

	if (err) {
		snprintf(why, 160, "%s: %s", TABLE, util_errno(err));
		return err;
	}
	err = hest_parse(table, size, hest, &wrong);
	if (err)
		snprintf(why, 160, "%s: %s", TABLE, wrong);
	free(table);
	return err;
}

/* The register's bits outside of the mask are zero afterwards, as the kernel leaves them (ghes_ack_error). */
static int acknowledge(int memory, const struct hest_source *source)
{
	uint64_t value;
	int err = physical_read64(memory, source->ack_register, &value);

	if (err)
		return err;
	value &= source->ack_preserve << source->ack_shift;
	value |= source->ack_write << source->ack_shift;
	return physical_write64(memory, source->ack_register, value);
}

/* 1: there was a record, 0: there was none, or -errno. */
static int discard(int memory, const struct hest_source *source)
{
	const uint32_t none = 0;
	uint64_t block;
	uint32_t status;
	int err = physical_read64(memory, source->status_register, &block);

	if (!err)
		err = physical_read(memory, block, &status, 1);
	if (err || !status)
		return err;
	err = physical_write(memory, block, &none, 1);
	if (!err && source->type == HEST_GHES_V2)
		err = acknowledge(memory, source);
	return err ? err : 1;
}

static bool notifies_by_sea(const struct hest_source *source)
{
	return (source->type == HEST_GHES || source->type == HEST_GHES_V2) && source->enabled &&
	       source->notify == HEST_NOTIFY_SEA;
}

static int discard_all(int memory, const struct hest *hest, char why[160])
{
	int records = 0, err;

	for (unsigned i = 0; i < hest->count; i++) {
		const struct hest_source *source = &hest->sources[i];

		if (!notifies_by_sea(source))
			continue;
		err = source->in_memory ? discard(memory, source) : -EOPNOTSUPP;
		if (err < 0) {
			snprintf(why, 160, "error source %u at 0x%llx of %s: %s%s", source->id,
				 (unsigned long long)source->status_register, MEMORY,
				 util_errno(err),
				 err == -EPERM ? " (the kernel does not let us write there)" : "");
			return err;
		}
		records += err;
	}
	return records;
}

int record_discard(char why[160])
{
	char path[PATH_MAX];
	struct hest hest;
	int err = read_table(&hest, why), memory;

	if (err)
		return err;
	memory = physical_open(host_path(path, MEMORY));
	if (memory < 0) {
		snprintf(why, 160, "%s: %s (it needs CAP_SYS_RAWIO; lockdown forbids it)", MEMORY,
			 util_errno(memory));
		return memory;
	}
	err = discard_all(memory, &hest, why);
	close(memory);
	return err;
}
