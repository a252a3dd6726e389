/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A session: marks in, incidents and rows out. Fed by a live watch or by a recording alike; what it
 * gives depends on nothing but what it is fed.
 * Layer: main of seatrace. Must not know: the kernel, the clock, /proc, options.
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdint.h>

#include "lib/util.h"
#include "sinks.h"
#include "trace/join.h"

struct session;

struct session_config {
	uint64_t timeout_ns;         /* an incident closes this long after its last mark */
	unsigned page_shift;         /* of the traced kernel */
	bool marks;                  /* every mark goes to the sinks too */
	const struct filter *filter; /* of incidents and rows that are shown; NULL: all */
	/* see join_ops.find_vm */
	struct vm *(*find_vm)(void *ctx, uint32_t tid, uint64_t kvm);
	int (*find_vcpu)(void *ctx, uint32_t tgid, uint32_t tid);
	void *asked; /* the ctx of these two */
	/* See join_ops.retried; it is with the sinks. Only those that are wanted. NULL: nobody is to know. */
	void (*retried)(void *ctx, const struct incident *inc);
	/* An incident has closed, is counted and, if it is wanted, with the sinks. NULL: nobody wants to know. */
	void (*closed)(void *ctx, const struct incident *inc);
	/* Something of this VM (NULL: the host) was timed once: join_ops.lap. NULL: likewise. */
	void (*lap)(void *ctx, const struct vm *vm, enum lap lap, uint64_t ns);
	/* A row of a VM that is gone goes: agg_fold(). NULL: likewise. */
	void (*folded)(void *ctx, const struct agg_row *row);
	void *ctx; /* of those who are told */
};

/* The sinks stay the caller's and outlive the session. NULL without memory. */
struct session *session_new(const struct session_config *config, struct sinks *sinks);
void session_free(struct session *s);

/* Marks come in time order. */
void session_mark(struct session *s, const struct sea_hdr *mark);

/* Aborts of a VM that were not told of yet, as the kernel timed them. */
void session_aborts(struct session *s, struct vm *vm, const struct hist *fresh);

/* A VM exists, though nothing has happened to it. True when it is new here. */
bool session_seen(struct session *s, struct vm *vm);

/* Closes what was quiet for the timeout; UINT64_MAX closes all. */
void session_expire(struct session *s, uint64_t now_ns);

/* When session_expire() has something to do; UINT64_MAX: nothing is open. */
uint64_t session_deadline(const struct session *s);

/* VMs that have ended are told of for so long, one by one. */
#define SESSION_GONE_NS (600 * UTIL_NS_PER_S)

/*
 * Folds rows of VMs that are gone; to be called now and then. Which VMs are gone is looked at here
 * only: whoever records has written that before.
 */
void session_tidy(struct session *s, uint64_t now_ns);

/* Rows to the sinks; `losses` is completed by what was dropped here. */
void session_rows(struct session *s, enum sinks_rows when, struct out_losses *losses,
		  uint64_t now_ns);

/* Whether there is anything new since rows were shown. */
bool session_changed(const struct session *s);

const struct agg *session_agg(const struct session *s);
unsigned session_open(const struct session *s); /* incidents */
/* Those of this process's VMs, and those of which nobody knows yet whose they are. */
unsigned session_open_of(const struct session *s, uint32_t tgid);
uint64_t session_incidents(const struct session *s);
uint64_t session_dropped(const struct session *s);

/* The VMs that have rows, in order; NULL past the end. */
struct vm *session_vm(const struct session *s, unsigned i);

#endif
