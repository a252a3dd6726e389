// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading and writing recordings. What is read is checked: a recording may come from anywhere.
 * Must not: interpret an entry beyond its size.
 */
#include "trace/recording.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "lib/util.h"
#include "trace/mark.h"

#define BODY_MAX 8192 /* above the largest entry */

struct entry_head {
	uint32_t kind, bytes;
};

/* --- writing ---------------------------------------------------------------------------------- */

struct recorder {
	FILE *file;
	struct recording_vm *known; /* by VM id, as last written; tgid 0: never */
	uint32_t n_known;
	int error;
};

static void put(struct recorder *r, const void *data, size_t bytes)
{
	if (fwrite(data, 1, bytes, r->file) != bytes && !r->error)
		r->error = errno ? -errno : -EIO;
}

static void describe_host(struct recording_head *head)
{
	struct utsname uts;
	char *text;

	memcpy(head->magic, RECORDING_MAGIC, sizeof(head->magic));
	head->format = RECORDING_FORMAT;
	head->abi = SEA_ABI;
	if (!uname(&uts))
		snprintf(head->release, sizeof(head->release), "%.63s", uts.release);
	if (util_read_file("/proc/sys/kernel/random/boot_id", &text, NULL))
		return;
	snprintf(head->boot_id, sizeof(head->boot_id), "%.36s", text);
	free(text);
}

static void put_sizes(struct recorder *r)
{
	for (unsigned id = 0; id < SEA_MARK_ID_MAX; id++) {
		uint16_t size = mark_type(id) ? mark_type(id)->size : 0;

		put(r, &size, sizeof(size));
	}
}

int recorder_open(struct recorder **out, const char *path, struct recording_head *head)
{
	struct recorder *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->file = fopen(path, "we");
	if (!r->file) {
		int err = -errno;

		free(r);
		return err;
	}
	describe_host(head);
	put(r, head, sizeof(*head));
	put_sizes(r);
	*out = r;
	return 0;
}

int recorder_close(struct recorder *r)
{
	int error;

	if (!r)
		return 0;
	error = r->error;
	if (fclose(r->file) && !error)
		error = -errno;
	free(r->known);
	free(r);
	return error;
}

void recorder_write(struct recorder *r, enum recording_kind kind, const void *body, size_t bytes)
{
	struct entry_head head = {.kind = kind, .bytes = bytes};

	put(r, &head, sizeof(head));
	put(r, body, bytes);
}

/* Room for this id in what is known to be written. */
static bool reach(struct recorder *r, uint32_t id)
{
	uint32_t n = 2 * id + 16;
	struct recording_vm *known;

	if (id < r->n_known)
		return true;
	known = reallocarray(r->known, n, sizeof(*known));
	if (!known)
		return false;
	memset(known + r->n_known, 0, (n - r->n_known) * sizeof(*known));
	r->known = known;
	r->n_known = n;
	return true;
}

void recorder_vm(struct recorder *r, const struct vm *vm)
{
	struct recording_vm entry;

	if (!vm)
		return;
	memset(&entry, 0, sizeof(entry));
	entry.id = vm->id;
	entry.tgid = vm->tgid;
	entry.start_ticks = vm->start_ticks;
	entry.kvm = vm->kvm;
	snprintf(entry.name, sizeof(entry.name), "%s", vm->name);
	snprintf(entry.comm, sizeof(entry.comm), "%s", vm->comm);
	snprintf(entry.uuid, sizeof(entry.uuid), "%s", vm->uuid);
	entry.named = vm->named;
	entry.gone = vm->gone;
	if (!reach(r, vm->id)) {
		r->error = r->error ? r->error : -ENOMEM;
		return;
	}
	if (!memcmp(&r->known[vm->id], &entry, sizeof(entry)))
		return;
	r->known[vm->id] = entry;
	recorder_write(r, RECORDING_VM, &entry, sizeof(entry));
}

void recorder_aborts(struct recorder *r, const struct vm *vm, const struct hist *fresh)
{
	struct {
		struct recording_aborts head;
		uint64_t buckets[HIST_BUCKETS];
	} entry = {
		.head.id = vm ? vm->id : RECORDING_NO_VM,
		.head.sum_ns = fresh->sum,
		.head.min_ns = fresh->min,
		.head.max_ns = fresh->max,
	};

	for (uint64_t i = 0; i < HIST_BUCKETS; i++)
		if (fresh->bucket[i])
			entry.buckets[entry.head.n++] =
				i << RECORDING_BUCKET_SHIFT | fresh->bucket[i];
	recorder_vm(r, vm);
	recorder_write(r, RECORDING_ABORTS, &entry,
		       sizeof(entry.head) + entry.head.n * sizeof(entry.buckets[0]));
}

/* --- reading ---------------------------------------------------------------------------------- */

struct recording {
	FILE *file;
	struct recording_head head;
	uint64_t body[BODY_MAX / sizeof(uint64_t)]; /* aligned for any entry */
};

static int broken(const char **why, const char *what)
{
	*why = what;
	return -EPROTO;
}

/* A string that ends, and that no terminal takes for more than a string. */
static void clean(char *text, size_t size)
{
	char dirty[64];

	size = UTIL_MIN(size, sizeof(dirty));
	memcpy(dirty, text, size);
	util_clean(text, size, dirty, strnlen(dirty, size));
}

/* No other field than strings is trusted before it is used. */
static int check_head(struct recording_head *head, const char **why)
{
	if (memcmp(head->magic, RECORDING_MAGIC, sizeof(head->magic)))
		return broken(why, "not a recording of seatrace");
	if (head->format != RECORDING_FORMAT)
		return broken(why, "a recording of another format; use the seatrace that made it");
	if (head->abi != SEA_ABI)
		return broken(why, "its marks have another ABI; use the seatrace that made it");
	if (head->page_shift < 12 || head->page_shift > 16 || !head->timeout_ns)
		return broken(why, "its head is damaged");
	clean(head->release, sizeof(head->release));
	clean(head->boot_id, sizeof(head->boot_id));
	for (int i = 0; i < RECORDING_NAMES; i++)
		clean(head->page_kinds[i], RECORDING_NAME);
	for (int i = 0; i < RECORDING_RESULTS; i++)
		clean(head->page_results[i], RECORDING_NAME);
	return 0;
}

static int check_sizes(struct recording *rec, const char **why)
{
	uint16_t sizes[SEA_MARK_ID_MAX];

	if (fread(sizes, sizeof(sizes), 1, rec->file) != 1)
		return broken(why, "cut off in its head");
	for (unsigned id = 0; id < SEA_MARK_ID_MAX; id++)
		if (sizes[id] != (mark_type(id) ? mark_type(id)->size : 0))
			return broken(why, "its marks have other sizes than ours");
	return 0;
}

int recording_open(struct recording **out, const char *path, const char **why)
{
	struct recording *rec = calloc(1, sizeof(*rec));
	int err = 0;

	if (!rec)
		return -ENOMEM;
	rec->file = fopen(path, "re");
	if (!rec->file)
		err = -errno;
	else if (fread(&rec->head, sizeof(rec->head), 1, rec->file) != 1)
		err = broken(why, "too short for a recording");
	if (!err)
		err = check_head(&rec->head, why);
	if (!err)
		err = check_sizes(rec, why);
	if (err) {
		recording_free(rec);
		return err;
	}
	*out = rec;
	return 0;
}

void recording_free(struct recording *rec)
{
	if (!rec)
		return;
	if (rec->file)
		fclose(rec->file);
	free(rec);
}

const struct recording_head *recording_head(const struct recording *rec)
{
	return &rec->head;
}

static int check_aborts(const struct recording *rec, uint32_t bytes, const char **why)
{
	const struct recording_aborts *aborts = (const struct recording_aborts *)rec->body;
	const uint64_t *buckets = (const uint64_t *)(aborts + 1);
	bool good = bytes >= sizeof(*aborts) &&
		    (bytes - sizeof(*aborts)) / sizeof(*buckets) == aborts->n &&
		    (bytes - sizeof(*aborts)) % sizeof(*buckets) == 0;

	for (uint32_t i = 0; good && i < aborts->n; i++)
		good = buckets[i] >> RECORDING_BUCKET_SHIFT < HIST_BUCKETS;
	return good ? 0 : broken(why, "an entry in it is damaged");
}

size_t recording_size(enum recording_kind kind)
{
	static const size_t sizes[] = {
		[RECORDING_VM] = sizeof(struct recording_vm),
		[RECORDING_ANSWER] = sizeof(struct recording_answer),
		[RECORDING_SEEN] = sizeof(uint32_t),
		[RECORDING_EXPIRE] = sizeof(uint64_t),
		[RECORDING_ROWS] = sizeof(struct recording_rows),
		[RECORDING_TIDY] = sizeof(uint64_t),
		[RECORDING_UNTIMED] = sizeof(uint64_t),
		[RECORDING_VCPU] = sizeof(struct recording_vcpu),
	};

	return (unsigned)kind < UTIL_COUNT(sizes) ? sizes[kind] : 0;
}

static int check_entry(const struct recording *rec, const struct entry_head *head, const char **why)
{
	const struct sea_hdr *mark = (const struct sea_hdr *)rec->body;

	if (head->kind == RECORDING_MARK) /* no mark is made at time 0: a time line begins there */
		return mark_check(rec->body, head->bytes) || mark->size != head->bytes ||
				       !mark->ts_ns
			       ? broken(why, "a mark in it is damaged")
			       : 0;
	if (head->kind == RECORDING_ABORTS)
		return check_aborts(rec, head->bytes, why);
	if (!recording_size(head->kind))
		return broken(why, "an entry in it is of an unknown kind");
	return head->bytes == recording_size(head->kind) ? 0
							 : broken(why, "an entry in it is damaged");
}

int recording_next(struct recording *rec, struct recording_entry *entry, const char **why)
{
	struct entry_head head;
	size_t n = fread(&head, 1, sizeof(head), rec->file);
	int err;

	if (ferror(rec->file))
		return errno ? -errno : -EIO;
	if (!n)
		return 0;
	if (n != sizeof(head) || head.bytes > sizeof(rec->body) ||
	    fread(rec->body, 1, head.bytes, rec->file) != head.bytes)
		return broken(why, "cut off in the middle");
	err = check_entry(rec, &head, why);
	if (err)
		return err;
	*entry = (struct recording_entry){
		.kind = head.kind,
		.bytes = head.bytes,
		.body = rec->body,
	};
	return 1;
}

void recording_aborts(const struct recording_aborts *entry, struct hist *fresh)
{
	const uint64_t *buckets = (const uint64_t *)(entry + 1);

	*fresh = (struct hist){.sum = entry->sum_ns, .min = entry->min_ns, .max = entry->max_ns};
	for (uint32_t i = 0; i < entry->n; i++) {
		uint64_t n = buckets[i] & ((1ULL << RECORDING_BUCKET_SHIFT) - 1);

		fresh->bucket[buckets[i] >> RECORDING_BUCKET_SHIFT] += n;
		fresh->count += n;
	}
}
