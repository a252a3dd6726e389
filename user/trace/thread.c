// SPDX-License-Identifier: GPL-2.0-only
/*
 * The threads that are in the middle of something, on glibc's balanced tree.
 * Must not: interpret a window.
 */
#include "trace/thread.h"

#include <search.h>
#include <stdlib.h>

struct threads {
	void *tree;
};

static int compare(const void *pa, const void *pb)
{
	uint32_t a = ((const struct thread *)pa)->tid, b = ((const struct thread *)pb)->tid;

	return a < b ? -1 : a > b;
}

static void free_thread(void *node)
{
	struct thread *t = node;

	for (int i = 0; i < WINDOW_MAX; i++)
		incident_put(t->windows[i].inc);
	free(t);
}

struct threads *threads_new(void)
{
	return calloc(1, sizeof(struct threads));
}

void threads_free(struct threads *threads)
{
	if (!threads)
		return;
	tdestroy(threads->tree, free_thread);
	free(threads);
}

/* Opens the window for inc, or closes it (NULL). */
static void set_window(struct thread *t, enum window_kind kind, struct incident *inc)
{
	struct window *w = &t->windows[kind];
	bool counts = kind <= WINDOW_FAILURE;

	if (inc && counts)
		inc->under_way++;
	incident_get(inc);
	if (w->inc && counts)
		w->inc->under_way--;
	incident_put(w->inc);
	w->inc = inc;
}

struct thread *threads_find(const struct threads *threads, uint32_t tid)
{
	struct thread probe = {.tid = tid};
	struct thread **node = tfind(&probe, &threads->tree, compare);

	return node ? *node : NULL;
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
	t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->tid = tid;
	if (!tsearch(t, &threads->tree, compare)) {
		free(t);
		return NULL;
	}
	return t;
}

struct window *threads_open(struct threads *threads, uint32_t tid, enum window_kind kind,
			    struct incident *inc, uint64_t begin_ns)
{
	struct thread *t = make_thread(threads, tid);
	struct window *w;

	if (!t)
		return NULL;
	set_window(t, kind, inc);
	w = &t->windows[kind];
	w->begin_ns = begin_ns;
	w->nested_ns = w->key = 0;
	w->parsed = false;
	return w;
}

static bool is_idle(const struct thread *t)
{
	for (int i = 0; i < WINDOW_MAX; i++)
		if (t->windows[i].inc)
			return false;
	return true;
}

void threads_close(struct threads *threads, uint32_t tid, enum window_kind kind)
{
	struct thread *t = threads_find(threads, tid);

	if (!t)
		return;
	set_window(t, kind, NULL);
	if (is_idle(t)) {
		tdelete(t, &threads->tree, compare);
		free(t);
	}
}

struct move {
	const struct incident *from;
	struct incident *to;
	struct thread *idle; /* a tree must not change while it is walked: these go afterwards */
};

static void move_windows(const void *node, VISIT order, void *ctx)
{
	struct thread *t = *(struct thread *const *)node;
	struct move *move = ctx;

	if (order != postorder && order != leaf)
		return;
	for (int i = 0; i < WINDOW_MAX; i++) {
		if (t->windows[i].inc == move->from)
			set_window(t, i, move->to);
	}
	if (is_idle(t)) {
		t->next_idle = move->idle;
		move->idle = t;
	}
}

void threads_move(struct threads *threads, const struct incident *from, struct incident *to)
{
	struct move move = {.from = from, .to = to};

	twalk_r(threads->tree, move_windows, &move);
	for (struct thread *t = move.idle, *next; t; t = next) {
		next = t->next_idle;
		tdelete(t, &threads->tree, compare);
		free(t);
	}
}
