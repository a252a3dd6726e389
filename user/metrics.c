// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks, groups, and hands the text to whoever wants it.
 * Must not: count.
 */
#include "metrics.h"

#include <stdlib.h>
#include <string.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"
#include "out/serve.h"
#include "trace/group.h"

struct metrics {
	struct metrics_config config;
	struct groups *groups;
	struct serve *serve;
	int said;            /* the error of the file that was told last */
	uint64_t written_ns; /* the file; 0: never */
};

static int look(struct metrics *m, struct metrics_view *view)
{
	memset(view, 0, sizeof(*view));
	m->config.look(m->config.ctx, view);
	view->self.losses.dropped += groups_dropped(m->groups);
	return groups_update(m->groups, view->agg, view->now_ns);
}

static int page_body(void *ctx, char **body, size_t *len)
{
	struct metrics *m = ctx;
	struct metrics_view view;
	int err = look(m, &view);

	return err ? err : prom_text(m->groups, &view.self, body, len);
}

void metrics_write(struct metrics *m)
{
	struct metrics_view view;
	int err;

	err = look(m, &view);
	if (!err && m->config.textfile)
		err = prom_write(m->config.textfile, m->groups, &view.self);
	if (err && err != m->said && m->config.textfile)
		log_warn("--textfile: write %s: %s (%s)", m->config.textfile, util_errno(err),
			 strerror(-err));
	m->said = err;
	m->written_ns = view.now_ns;
}

void metrics_tick(struct metrics *m, uint64_t now_ns)
{
	if (now_ns - m->written_ns >= METRICS_FILE_SECONDS * UTIL_NS_PER_S)
		metrics_write(m);
}

int metrics_open(struct metrics **out, const struct metrics_config *config)
{
	struct metrics *m = calloc(1, sizeof(*m));
	const struct serve_page page = {
		.content_type = PROM_CONTENT_TYPE,
		.body = page_body,
		.ctx = m,
	};
	int exit_code = 0;

	if (m)
		m->groups = groups_new(config->keep_ns);
	if (!m || !m->groups) {
		log_error("no memory for metrics");
		metrics_free(m);
		return EXIT_ENVIRONMENT;
	}
	m->config = *config;
	if (config->listen)
		exit_code = serve_open(&m->serve, "--prom", config->listen, &page);
	if (exit_code)
		metrics_free(m);
	else
		*out = m;
	return exit_code;
}

void metrics_free(struct metrics *m)
{
	if (!m)
		return;
	serve_free(m->serve);
	groups_free(m->groups);
	free(m);
}

void metrics_changed(struct metrics *m, const struct vm *vm, enum outcome from)
{
	groups_changed(m->groups, vm, from);
}

void metrics_folded(struct metrics *m, const struct agg_row *row)
{
	groups_folded(m->groups, row);
}

int metrics_fd(const struct metrics *m)
{
	return m->serve ? serve_fd(m->serve) : -1;
}

uint64_t metrics_deadline(const struct metrics *m, uint64_t now_ns)
{
	return m->serve ? serve_deadline(m->serve, now_ns) : UINT64_MAX;
}

void metrics_run(struct metrics *m)
{
	if (m->serve)
		serve_run(m->serve);
}

const char *metrics_where(const struct metrics *m)
{
	return m->serve ? serve_where(m->serve) : NULL;
}
