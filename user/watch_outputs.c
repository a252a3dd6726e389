// SPDX-License-Identifier: GPL-2.0-only
/*
 * The outputs of a watch: opened as the options want them, and whether all could be written.
 * Must not: hand anything to one.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/exit.h"
#include "lib/feature.h"
#include "lib/log.h"
#include "watch_int.h"

#define EXEC_BURST      10
#define EXEC_EVERY_NS   UTIL_NS_PER_S
#define EXEC_TIMEOUT_NS (30 * UTIL_NS_PER_S)

/* --- what the traced kernel calls things ------------------------------------------------------ */

static const char *page_kind(const void *kernel, uint32_t value)
{
	return feature_enum_name(kernel, "mf_action_page_type", value);
}

static const char *page_result(const void *kernel, uint32_t value)
{
	return feature_enum_name(kernel, "mf_result", value);
}

static void name_values(const struct watch *w, char (*names)[RECORDING_NAME], uint32_t n,
			const char *(*name_of)(const void *kernel, uint32_t value))
{
	for (uint32_t i = 0; i < n; i++) {
		const char *name = name_of(w->observe.kernel, i);

		snprintf(names[i], RECORDING_NAME, "%s", name ? name : "");
	}
}

/* --- one by one ------------------------------------------------------------------------------- */

static int open_sinks(struct watch *w, uint64_t clock_offset_ns)
{
	w->sinks.timeline = w->config.outputs.timeline;
	w->sinks.quiet = w->config.outputs.quiet;
	return sinks_open(&w->sinks, &(struct sinks_config){
					     .json = w->config.outputs.json,
					     .mute = w->config.outputs.tui,
					     .path = w->config.outputs.output,
					     .clock_offset_ns = clock_offset_ns,
					     .page_kind = page_kind,
					     .page_result = page_result,
					     .page_kind_ctx = w->observe.kernel,
				     });
}

static int open_recorder(struct watch *w, uint64_t clock_offset_ns)
{
	struct recording_head head;
	int err;

	if (!w->config.record)
		return 0;
	memset(&head, 0, sizeof(head));
	head.page_shift = __builtin_ctzl(sysconf(_SC_PAGESIZE));
	head.clock_offset_ns = clock_offset_ns;
	head.timeout_ns = w->config.timeout_ns;
	name_values(w, head.page_kinds, RECORDING_NAMES, page_kind);
	name_values(w, head.page_results, RECORDING_RESULTS, page_result);
	err = recorder_open(&w->recorder, w->config.record, &head);
	if (!err)
		return 0;
	log_error("record: create %s: %s", w->config.record, strerror(-err));
	return EXIT_ENVIRONMENT;
}

static int open_metrics(struct watch *w)
{
	if (!w->config.outputs.prom && !w->config.outputs.textfile)
		return 0;
	return metrics_open(&w->metrics, &(struct metrics_config){
						 .listen = w->config.outputs.prom,
						 .textfile = w->config.outputs.textfile,
						 .keep_ns = SESSION_GONE_NS,
						 .look = watch_look,
						 .ctx = w,
					 });
}

static int open_exec(struct watch *w)
{
	if (!w->config.exec)
		return 0;
	return exec_open(&w->exec, &(struct exec_config){
					   .command = w->config.exec,
					   .user = w->config.exec_user,
					   .burst = EXEC_BURST,
					   .every_ns = EXEC_EVERY_NS,
					   .timeout_ns = EXEC_TIMEOUT_NS,
				   });
}

/* --- all together ----------------------------------------------------------------------------- */

int watch_open_outputs(struct watch *w)
{
	uint64_t clock_offset_ns = util_clock_ns(CLOCK_REALTIME) - util_clock_ns(CLOCK_MONOTONIC);
	int exit_code = w->config.outputs.tui ? screen_new(&w->screen) : 0;

	if (!exit_code)
		exit_code = open_sinks(w, clock_offset_ns);
	if (!exit_code)
		exit_code = open_recorder(w, clock_offset_ns);
	if (!exit_code)
		exit_code = open_metrics(w);
	return exit_code ? exit_code : open_exec(w);
}

int watch_show_screen(struct watch *w)
{
	if (!w->screen)
		return 0;
	return screen_show(w->screen, &(struct screen_config){
					      .tui = {&w->sinks.list[0].out, "live"},
					      .look = watch_look_for_screen,
					      .ctx = w,
				      });
}

int watch_close_outputs(struct watch *w)
{
	int err = recorder_close(w->recorder);

	w->recorder = NULL;
	if (err) {
		log_error("record: write %s: %s", w->config.record, strerror(-err));
		return EXIT_ENVIRONMENT;
	}
	if (!w->sinks.error || w->sinks.error == -EPIPE)
		return 0; /* nobody reads any more: an orderly stop */
	log_error("write the output: %s", strerror(-w->sinks.error));
	return EXIT_ENVIRONMENT;
}
