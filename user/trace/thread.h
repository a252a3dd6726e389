/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a kernel thread is in the middle of, between the enter mark and the exit mark.
 * Layer: trace, private to join. Must not know: VMs, keys.
 */
#ifndef TRACE_THREAD_H
#define TRACE_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/hash.h"
#include "trace/incident.h"

/* Something that has begun for an incident; inc is held, NULL when nothing has. */
struct window {
	struct incident *inc;
	uint64_t begin_ns;
	uint64_t nested_ns; /* time in it that belongs to a window inside */
	uint64_t key;       /* status block, page frame or address it is about */
	bool parsed;        /* a record was parsed in it, not necessarily its own */
	/* threads' own */
	struct thread *thread;
	LIST_ENTRY(window) of_incident;
};

enum window_kind {
	WINDOW_SEA,     /* abort .. what KVM did */
	WINDOW_CLAIM,   /* apei_claim_sea */
	WINDOW_RECORD,  /* ghes_do_proc */
	WINDOW_FAILURE, /* memory_failure */
	/* up to here the kernel is at work: the incident's under_way counts these */
	WINDOW_AO,   /* a SIGBUS AO on its way to this thread */
	WINDOW_AR,   /* likewise AR */
	WINDOW_TOLD, /* the VMM's thread knows; it has not told the guest yet */
	WINDOW_MAX,
};

struct thread {
	struct hash_link link; /* threads' own */
	uint32_t tid;
	unsigned n_open; /* of these */
	struct window windows[WINDOW_MAX];
};

struct threads;

struct threads *threads_new(void);
void threads_free(struct threads *threads);

/* The thread, or NULL: nothing is under way in it. */
struct thread *threads_find(const struct threads *threads, uint32_t tid);

/* The open window of a thread whose incident is still open, or NULL. */
struct window *threads_window(const struct threads *threads, uint32_t tid, enum window_kind kind);

/* Opens a window, over an old one of the kind if need be. NULL without memory. */
struct window *threads_open(struct threads *threads, uint32_t tid, enum window_kind kind,
			    struct incident *inc, uint64_t begin_ns);

/* Closes it; a thread with none left is forgotten. */
void threads_close(struct threads *threads, uint32_t tid, enum window_kind kind);

/* Hands every window of `from` to `to`, or closes it (NULL). The caller keeps a hold on `from`. */
void threads_move(struct threads *threads, const struct incident *from, struct incident *to);

#endif
