// SPDX-License-Identifier: GPL-2.0-only
/*
 * The threads that are in the middle of something, in a hash table; each incident's own windows are
 * chained, so that a close costs as many steps as it has windows.
 * Must not: interpret a window.
 */
#include "trace/thread.h"

#include <stdlib.h>

#include "lib/pool.h"
#include "lib/util.h"

#define EXPECTED 256

struct threads {
	struct hash by_tid;
	struct pool pool; /* of threads: most have one thing to do at a time, and are idle again */
};

static struct thread *thread_of(struct hash_link *link)
{
	return UTIL_CONTAINER(link, struct thread, link);
}

struct threads *threads_new(void)
{
	struct threads *threads = calloc(1, sizeof(*threads));

	if (!threads)
		return NULL;
	threads->pool.size = sizeof(struct thread);
	if (hash_init(&threads->by_tid, EXPECTED)) {
		free(threads);
		return NULL;
	}
	return threads;
}

/* Of an open window: it is closed. */
static void leave(struct window *w)
{
	if (w - w->thread->windows <= WINDOW_FAILURE)
		w->inc->under_way--;
	LIST_REMOVE(w, of_incident);
	incident_put(w->inc);
	w->inc = NULL;
	w->thread->n_open--;
}

/* Of a closed window: it is open for inc. */
static void enter(struct window *w, struct incident *inc)
{
	if (w - w->thread->windows <= WINDOW_FAILURE)
		inc->under_way++;
	LIST_INSERT_HEAD(&inc->windows, w, of_incident);
	w->inc = incident_get(inc);
	w->thread->n_open++;
}

static void free_thread(struct hash_link *link)
{
	struct thread *t = thread_of(link);

	for (int i = 0; i < WINDOW_MAX; i++)
		if (t->windows[i].inc)
			leave(&t->windows[i]);
	free(t);
}

void threads_free(struct threads *threads)
{
	if (!threads)
		return;
	hash_drain(&threads->by_tid, free_thread);
	pool_clear(&threads->pool);
	free(threads);
}

struct thread *threads_find(const struct threads *threads, uint32_t tid)
{
	HASH_EACH(link, &threads->by_tid, hash_mix(0, tid))
	if (thread_of(link)->tid == tid)
		return thread_of(link);
	return NULL;
}

struct window *threads_window(const struct threads *threads, uint32_t tid, enum window_kind kind)
{
	struct thread *t = threads_find(threads, tid);
	struct window *w = t ? &t->windows[kind] : NULL;

	return w && w->inc && !w->inc->closed ? w : NULL;
}

static struct thread *make_thread(struct threads *threads, uint32_t tid)
{
	struct thread *t = threads_find(threads, tid);

	if (t)
		return t;
	t = pool_take(&threads->pool);
	if (!t)
		return NULL;
	t->tid = tid;
	t->n_open = 0;
	for (int i = 0; i < WINDOW_MAX; i++) {
		t->windows[i].inc = NULL;
		t->windows[i].thread = t;
	}
	hash_add(&threads->by_tid, &t->link, hash_mix(0, tid));
	return t;
}

struct window *threads_open(struct threads *threads, uint32_t tid, enum window_kind kind,
			    struct incident *inc, uint64_t begin_ns)
{
	struct thread *t = make_thread(threads, tid);
	struct window *w;

	if (!t)
		return NULL;
	w = &t->windows[kind];
	incident_get(inc); /* it may be what the old one holds */
	if (w->inc)
		leave(w);
	enter(w, inc);
	incident_put(inc);
	w->begin_ns = begin_ns;
	w->nested_ns = w->key = 0;
	w->parsed = false;
	return w;
}

static void forget_idle(struct threads *threads, struct thread *t)
{
	if (t->n_open)
		return;
	hash_remove(&threads->by_tid, &t->link);
	pool_give(&threads->pool, t);
}

void threads_close(struct threads *threads, uint32_t tid, enum window_kind kind)
{
	struct thread *t = threads_find(threads, tid);

	if (!t || !t->windows[kind].inc)
		return;
	leave(&t->windows[kind]);
	forget_idle(threads, t);
}

void threads_move(struct threads *threads, const struct incident *from, struct incident *to)
{
	struct window *w;

	while ((w = LIST_FIRST(&from->windows))) {
		leave(w);
		if (to)
			enter(w, to);
		else
			forget_idle(threads, w->thread);
	}
}
