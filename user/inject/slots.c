/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The reader of memslots (slots.h): runs the iterator of bpf/slots.bpf.c, which writes struct sea_slot.
 */
#include "inject/slots.h"

#include "inject/place.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"
#include "slots.skel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <sea/slot.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRIES     16 /* a VMM that plugs memory changes its slots a few times in a row */
#define RESTS_MAX 16

struct slots {
	struct slots_bpf *skel;
	bool by_process; /* the kernel can iterate over one process's files alone: since 6.1 */
};

/* Where a table with more slots than one run tells goes on. */
struct rest {
	uint64_t kvm, generation, from;
};

/* What one read is collected in. */
struct reading {
	struct slot *slots;
	int n, room;
	struct rest at; /* the table under way */
	struct rest rests[RESTS_MAX];
	unsigned n_rests;
	bool torn, any;
};

/* --- the iterator ---------------------------------------------------------------------------- */

static struct bpf_link *attach_to(struct slots *s, uint32_t tgid)
{
	union bpf_iter_link_info one = {.task = {.pid = tgid}};
	LIBBPF_OPTS(bpf_iter_attach_opts, options, .link_info = &one, .link_info_len = sizeof(one));
	struct bpf_link *link = NULL;

	if (s->by_process)
		link = bpf_program__attach_iter(s->skel->progs.sea_slots, &options);
	if (link || (s->by_process && errno == ESRCH))
		return link;
	s->by_process = false;
	return bpf_program__attach_iter(s->skel->progs.sea_slots, NULL);
}

/* The output of one run, as a stream; NULL with errno. */
static FILE *run_iterator(struct slots *s, uint32_t tgid)
{
	struct bpf_link *link = attach_to(s, tgid);
	FILE *stream = NULL;
	int fd;

	if (!link)
		return NULL;
	fd = bpf_iter_create(bpf_link__fd(link)); /* which holds the link */
	bpf_link__destroy(link);
	if (fd >= 0)
		stream = fdopen(fd, "r");
	if (fd >= 0 && !stream)
		close(fd);
	return stream;
}

static int add_slot(struct reading *r, const struct sea_slot *raw)
{
	uint64_t page_size = sysconf(_SC_PAGESIZE);

	if (raw->flags & SEA_SLOT_INVALID)
		return 0;
	if (r->n == r->room) {
		int room = r->room ? 2 * r->room : 16;
		struct slot *slots = reallocarray(r->slots, room, sizeof(*slots));

		if (!slots)
			return -ENOMEM;
		r->slots = slots;
		r->room = room;
	}
	r->slots[r->n++] = (struct slot){
		.gpa = raw->base_gfn * page_size,
		.hva = raw->userspace_addr,
		.len = raw->npages * page_size,
		.kvm = raw->kvm,
		.id = raw->id,
		.flags = raw->flags & SEA_SLOT_FLAGS,
	};
	return 0;
}

static int add_rest(struct reading *r, uint64_t from)
{
	if (from <= r->at.from) { /* no step forward: it changed under the walk */
		r->torn = true;
		return 0;
	}
	for (unsigned i = 0; i < r->n_rests; i++)
		if (r->rests[i].kvm == r->at.kvm) /* of another descriptor of the same VM */
			return 0;
	if (r->n_rests == RESTS_MAX)
		return -E2BIG;
	r->rests[r->n_rests] = r->at;
	r->rests[r->n_rests++].from = from;
	return 0;
}

static int take(struct reading *r, const struct sea_slot *raw)
{
	if (raw->kvm != r->at.kvm)
		r->at = (struct rest){raw->kvm, raw->generation, 0};
	r->torn |= raw->generation != r->at.generation;
	if (raw->npages)
		return add_slot(r, raw);
	r->any = true;
	return raw->base_gfn ? add_rest(r, raw->base_gfn) : 0;
}

/* One run: of one VM from a frame on, or (kvm 0) of all from the first. */
static int read_run(struct slots *s, uint32_t tgid, const struct rest *from, struct reading *r)
{
	struct sea_slot raw;
	FILE *stream;
	int err = 0;

	r->at = *from;
	s->skel->bss->slots_tgid = tgid;
	s->skel->bss->slots_kvm = from->kvm;
	s->skel->bss->slots_from = from->from;
	stream = run_iterator(s, tgid);
	if (!stream)
		return -errno;
	while (!err && fread(&raw, sizeof(raw), 1, stream) == 1)
		err = take(r, &raw);
	if (!err && ferror(stream))
		err = -errno;
	fclose(stream);
	return err;
}

static int read_all(struct slots *s, uint32_t tgid, struct reading *r)
{
	struct rest from = {0};
	int err = read_run(s, tgid, &from, r);

	while (!err && !r->torn && r->n_rests) {
		from = r->rests[--r->n_rests];
		err = read_run(s, tgid, &from, r);
	}
	if (!err && !r->any)
		err = -ESRCH;
	return err;
}

int slots_read(struct slots *s, uint32_t tgid, struct slot **out)
{
	for (int i = 0; i < TRIES; i++) {
		struct reading r = {0};
		int err = read_all(s, tgid, &r);

		if (!err && !r.torn) {
			*out = r.slots;
			return place_sort(r.slots, r.n);
		}
		free(r.slots);
		if (err)
			return err;
	}
	return -EAGAIN;
}

int slots_place(struct slots *s, uint32_t tgid, uint64_t gpa, struct place *out)
{
	struct place place = {.gpa = gpa};
	struct slot *slots = NULL;
	int n = slots_read(s, tgid, &slots), err = n;

	if (n >= 0)
		err = place_hva(slots, n, gpa, &place.hva);
	free(slots);
	if (!err)
		err = place_fill("/proc", tgid, &place);
	if (!err)
		*out = place;
	return err;
}

bool slots_holds(uint32_t tgid, const struct place *place)
{
	return place_holds("/proc", tgid, place);
}

/* --- life ------------------------------------------------------------------------------------ */

int slots_open(struct slots **out)
{
	struct slots *s = calloc(1, sizeof(*s));
	int err;

	if (!s) {
		log_error("no memory to read memslots");
		return EXIT_ENVIRONMENT;
	}
	s->by_process = true;
	libbpf_set_print(log_libbpf);
	log_libbpf_clear();
	s->skel = slots_bpf__open();
	err = s->skel ? slots_bpf__load(s->skel) : -errno;
	if (!err) {
		*out = s;
		return EXIT_DONE;
	}
	log_error("load the reader of memslots: %s (%s)", util_errno(err),
		  err == -EPERM        ? "it needs CAP_BPF and CAP_PERFMON: run as root"
		  : *log_libbpf_last() ? log_libbpf_last()
				       : "try -vv for the verifier's words");
	slots_close(s);
	return EXIT_ENVIRONMENT;
}

void slots_close(struct slots *s)
{
	if (!s)
		return;
	slots_bpf__destroy(s->skel);
	free(s);
}
