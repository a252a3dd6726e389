// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file, read as `seatrace report` reads it: in process, from memory, in every text format. Whatever
 * is in it, the answer is output that holds what it must, or one line and exit 3.
 *
 * An input that begins with "seatrace" instead of RECORDING_MAGIC gets the head and the sizes of
 * today's seatrace: so mutations reach what is behind them, and the corpus outlives changes.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"
#include "replay.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/lines.h"
#include "tests/fuzz/markup.h"
#include "trace/mark.h"
#include "trace/recording.h"

#define LOOSE_MAGIC  "seatrace"
#define ENTRIES_MAX  256
#define BUCKETS_MAX  8UL /* of a loose input: few are as good as many */
#define SIZES        (SEA_MARK_ID_MAX * sizeof(uint16_t))
#define ENTRIES_FROM (sizeof(struct recording_head) + SIZES)

struct entry_head {
	uint32_t kind, bytes;
};

static size_t mark_size(const uint8_t *body, size_t left)
{
	uint16_t type;

	if (left < sizeof(type))
		return 0;
	memcpy(&type, body, sizeof(type));
	return mark_type(type) ? mark_type(type)->size : 0;
}

/* As many buckets as there is room for. */
static size_t aborts_size(size_t left)
{
	size_t buckets = left < sizeof(struct recording_aborts)
				 ? 0
				 : (left - sizeof(struct recording_aborts)) / sizeof(uint64_t);

	return sizeof(struct recording_aborts) + UTIL_MIN(buckets, BUCKETS_MAX) * sizeof(uint64_t);
}

static size_t body_size(uint32_t kind, const uint8_t *body, size_t left)
{
	if (kind == RECORDING_MARK)
		return mark_size(body, left);
	return kind == RECORDING_ABORTS ? aborts_size(left) : recording_size(kind);
}

/* What an entry says of its own size; buckets that there are. */
static void fit(const struct entry_head *head, uint8_t *body)
{
	struct recording_aborts aborts;
	uint16_t size = head->bytes;
	uint64_t bucket;

	if (head->kind == RECORDING_MARK)
		memcpy(body + offsetof(struct sea_hdr, size), &size, sizeof(size));
	if (head->kind != RECORDING_ABORTS)
		return;
	memcpy(&aborts, body, sizeof(aborts));
	aborts.n = (head->bytes - sizeof(aborts)) / sizeof(bucket);
	memcpy(body, &aborts, sizeof(aborts));
	for (uint8_t *at = body + sizeof(aborts); at < body + head->bytes; at += sizeof(bucket)) {
		memcpy(&bucket, at, sizeof(bucket));
		bucket %= (uint64_t)HIST_BUCKETS << RECORDING_BUCKET_SHIFT;
		memcpy(at, &bucket, sizeof(bucket));
	}
}

/* --- from a loose input to a recording -------------------------------------------------------- */

static void put_head(uint8_t *out)
{
	struct recording_head head;
	uint16_t sizes[SEA_MARK_ID_MAX];

	memcpy(&head, out, sizeof(head));
	memcpy(head.magic, RECORDING_MAGIC, sizeof(head.magic));
	head.format = RECORDING_FORMAT;
	head.abi = SEA_ABI;
	head.page_shift = 12 + head.page_shift % 5;
	head.timeout_ns = head.timeout_ns ? head.timeout_ns : 1;
	memcpy(out, &head, sizeof(head));
	for (unsigned id = 0; id < SEA_MARK_ID_MAX; id++)
		sizes[id] = mark_type(id) ? mark_type(id)->size : 0;
	memcpy(out + sizeof(head), sizes, sizeof(sizes));
}

/* One entry with the size that its kind has today, cut or filled with zeros. Returns its bytes. */
static size_t put_entry(uint8_t *out, size_t room, const struct entry_head *from,
			const uint8_t *body)
{
	struct entry_head head = {from->kind, body_size(from->kind, body, from->bytes)};
	size_t kept = from->bytes < head.bytes ? from->bytes : head.bytes;

	if (!head.bytes || room < sizeof(head) + head.bytes)
		return 0;
	memcpy(out, &head, sizeof(head));
	memset(out + sizeof(head), 0, head.bytes);
	memcpy(out + sizeof(head), body, kept);
	fit(&head, out + sizeof(head));
	return sizeof(head) + head.bytes;
}

/* Finds the next entry; its body may be cut by the end. */
static const uint8_t *next_entry(const uint8_t *at, const uint8_t *end, struct entry_head *head)
{
	if ((size_t)(end - at) < sizeof(*head))
		return NULL;
	memcpy(head, at, sizeof(*head));
	at += sizeof(*head);
	if (head->bytes > (size_t)(end - at))
		head->bytes = end - at;
	return at;
}

/* Returns the size; `out` has room for `max`. */
static size_t tighten(const uint8_t *data, size_t size, uint8_t *out, size_t max)
{
	const uint8_t *end = data + size, *at, *body;
	struct entry_head head;
	size_t n = ENTRIES_FROM;

	if (max < n)
		return 0;
	memset(out, 0, n);
	memcpy(out, data, size < n ? size : n);
	put_head(out);
	for (at = data + (size < n ? size : n); (body = next_entry(at, end, &head));
	     at = body + head.bytes)
		n += put_entry(out + n, max - n, &head, body);
	return n;
}

static bool is_loose(const uint8_t *data, size_t size)
{
	return size >= strlen(LOOSE_MAGIC) && !memcmp(data, LOOSE_MAGIC, strlen(LOOSE_MAGIC));
}

/* --- mutations of whole entries --------------------------------------------------------------- */

struct entries {
	size_t at[ENTRIES_MAX + 1]; /* the last one: their end */
	unsigned n;
};

static void find_entries(const uint8_t *data, size_t size, struct entries *found)
{
	const uint8_t *at = data + ENTRIES_FROM, *end = data + size, *body;
	struct entry_head head;

	for (found->n = 0; found->n < ENTRIES_MAX && (body = next_entry(at, end, &head));
	     at = body + head.bytes)
		found->at[found->n++] = at - data;
	found->at[found->n] = at - data;
}

static size_t remove_entry(uint8_t *data, size_t size, const struct entries *e, unsigned i)
{
	memmove(data + e->at[i], data + e->at[i + 1], size - e->at[i + 1]);
	return size - (e->at[i + 1] - e->at[i]);
}

/* Entry `from` once more, before entry `to`. */
static size_t repeat_entry(uint8_t *data, size_t size, size_t max, const struct entries *e,
			   unsigned from, unsigned to)
{
	uint8_t copy[sizeof(struct entry_head) + 4096];
	size_t len = e->at[from + 1] - e->at[from];

	if (len > sizeof(copy) || size + len > max)
		return size;
	memcpy(copy, data + e->at[from], len);
	memmove(data + e->at[to] + len, data + e->at[to], size - e->at[to]);
	memcpy(data + e->at[to], copy, len);
	return size + len;
}

/* A word of one entry into another: what joins marks is that they name the same. */
static void copy_word(uint8_t *data, const struct entries *e, unsigned from, unsigned to,
		      unsigned seed)
{
	size_t width = seed & 1 ? 4 : 8;
	size_t words_from = (e->at[from + 1] - e->at[from] - sizeof(struct entry_head)) / width;
	size_t words_to = (e->at[to + 1] - e->at[to] - sizeof(struct entry_head)) / width;

	if (!words_from || !words_to)
		return;
	memmove(data + e->at[to] + sizeof(struct entry_head) + seed / 2 % words_to * width,
		data + e->at[from] + sizeof(struct entry_head) + seed / 64 % words_from * width,
		width);
}

static void mutate_body(uint8_t *data, const struct entries *e, unsigned i)
{
	size_t at = e->at[i] + sizeof(struct entry_head);

	if (e->at[i + 1] > at)
		LLVMFuzzerMutate(data + at, e->at[i + 1] - at, e->at[i + 1] - at);
}

/* No longer loose: an entry says that it is longer or shorter than it is. */
static size_t lie_about_size(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	static uint8_t tight[1 << 20];
	struct entries e;
	uint32_t lies[5], i;

	size = tighten(data, size, tight, UTIL_MIN(max, sizeof(tight)));
	memcpy(data, tight, size);
	find_entries(data, size, &e);
	if (!e.n)
		return size;
	i = seed & 1 ? seed / 2 % e.n : 0; /* the first has all the file behind it */
	lies[0] = size - e.at[i] - sizeof(struct entry_head); /* all that follows */
	lies[1] = lies[0] + 1;
	lies[2] = seed / 64 % 8192;
	lies[3] = UINT32_MAX - seed % 8;
	lies[4] = e.at[i + 1] - e.at[i] - sizeof(struct entry_head) - 1;
	memcpy(data + e.at[i] + offsetof(struct entry_head, bytes), &lies[seed / 8 % 5], 4);
	return size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	unsigned what = seed % 16, from, to;
	struct entries e;

	if (what == 0 || size < ENTRIES_FROM + sizeof(struct entry_head))
		return LLVMFuzzerMutate(data, size, max);
	if (what == 1)
		return lie_about_size(data, size, max, seed / 16);
	memcpy(data, LOOSE_MAGIC, strlen(LOOSE_MAGIC));
	find_entries(data, size, &e);
	if (!e.n || what == 2) {
		LLVMFuzzerMutate(data, ENTRIES_FROM, ENTRIES_FROM);
		memcpy(data, LOOSE_MAGIC, strlen(LOOSE_MAGIC));
		return size;
	}
	from = seed / 16 % e.n;
	to = seed / 16 / e.n % e.n;
	if (what < 5)
		return remove_entry(data, size, &e, from);
	if (what < 8)
		return repeat_entry(data, size, max, &e, from, to);
	if (what < 12)
		copy_word(data, &e, from, to, seed / 7);
	else
		mutate_body(data, &e, from);
	return size;
}

/* --- the run ---------------------------------------------------------------------------------- */

struct text {
	char *text;
	size_t len;
};

struct result {
	int exit_code;
	struct fuzz_said said;
	struct text lines, metrics,
		page; /* what --output, --textfile and --html wrote; "" if nothing */
};

static struct fuzz_file recording, output;

static struct text read_text(const char *path)
{
	struct text text = {NULL, 0};

	if (util_read_file(path, &text.text, &text.len))
		text.text = strdup("");
	return text;
}

static void report(struct result *r, struct outputs outputs)
{
	char metrics[PATH_MAX], page[PATH_MAX];

	snprintf(metrics, sizeof(metrics), "%s/metrics", fuzz_dir());
	snprintf(page, sizeof(page), "%s/page", fuzz_dir());
	remove(metrics);
	remove(page);
	fuzz_file_set(&output, "", 0);
	outputs.output = output.path;
	outputs.textfile = metrics;
	outputs.filter.vcpu = FILTER_ANY_VCPU;
	fuzz_catch(&r->said);
	log_setup("seatrace", 0);
	r->exit_code = replay(
		&(struct replay_config){.path = recording.path, .html = page, .outputs = outputs});
	fuzz_caught(&r->said);
	r->lines.text = fuzz_file_text(&output, &r->lines.len);
	r->metrics = read_text(metrics);
	r->page = read_text(page);
}

static void drop(struct result *r)
{
	fuzz_drop(&r->said);
	free(r->lines.text);
	free(r->metrics.text);
	free(r->page.text);
}

static void check_clean(const struct text *text)
{
	FUZZ_CHECK(fuzz_is_clean(text->text, text->len, "\n"), "%s", text->text);
}

static void check(const struct result *r)
{
	FUZZ_CHECK(r->exit_code == EXIT_DONE || r->exit_code == EXIT_ENVIRONMENT, "%d",
		   r->exit_code);
	fuzz_check_error(&r->said, r->exit_code);
	check_clean(&(struct text){r->said.out, r->said.out_len});
	check_clean(&r->metrics);
	check_clean(&r->page);
	lines_check(r->lines.text, r->lines.len);
	FUZZ_CHECK(!r->metrics.len == (r->exit_code != EXIT_DONE), "metrics");
	FUZZ_CHECK(!r->page.len == (r->exit_code != EXIT_DONE), "a page");
	if (r->page.len)
		markup_check(r->page.text);
}

static void check_same(const struct text *a, const struct text *b, const char *what)
{
	fuzz_check_same(a->text, a->len, b->text, b->len, what);
}

static void run(const uint8_t *data, size_t size)
{
	bool marks = size && data[size - 1] & 1;
	struct result text, json;

	fuzz_file_set(&recording, data, size);
	report(&text, (struct outputs){.timeline = true, .marks = marks});
	check(&text);
	report(&json, (struct outputs){.json = true, .quiet = true, .marks = marks});
	check(&json);
	FUZZ_CHECK(text.exit_code == json.exit_code && !strcmp(text.said.err, json.said.err));
	check_same(&text.lines, &json.lines, "JSON");
	check_same(&json.lines, &(struct text){json.said.out, json.said.out_len}, "JSON on stdout");
	check_same(&text.metrics, &json.metrics, "metrics");
	check_same(&text.page, &json.page, "page");
	drop(&text);
	drop(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t tight[1 << 20];

	if (is_loose(data, size))
		run(tight, tighten(data, size, tight, sizeof(tight)));
	else
		run(data, size);
	return 0;
}
