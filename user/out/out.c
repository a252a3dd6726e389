// SPDX-License-Identifier: GPL-2.0-only
/*
 * What renderers share.
 * Must not: format a whole line of any of them.
 */
#include "out/out.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "lib/util.h"
#include "out/out_text.h"
#include "trace/agg.h"
#include "trace/incident.h"
#include "trace/vm.h"

static unsigned terminal_columns(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return 80;
}

struct out out_on(FILE *file)
{
	return (struct out){
		.file = file,
		.color = isatty(fileno(file)) && !getenv("NO_COLOR"),
		.unicode = out_is_utf8(),
		.columns = terminal_columns(),
		.clock_offset_ns = util_clock_ns(CLOCK_REALTIME) - util_clock_ns(CLOCK_MONOTONIC),
	};
}

uint64_t out_losses_total(const struct out_losses *losses)
{
	uint64_t total = losses->refused + losses->dropped + losses->untimed;

	for (int id = 0; id < SEA_MARK_ID_MAX; id++)
		total += losses->marks[id];
	return total;
}

const char *out_vm_name(const struct vm *vm)
{
	return vm ? vm->name : "host";
}

const char *out_row_name(const struct agg_row *row)
{
	return row->n_folded ? "gone" : out_vm_name(row->vm);
}

const char *out_style(const struct out *out, const char *sgr)
{
	return out->color ? sgr : "";
}

const char *out_page_kind(const struct out *out, uint32_t value)
{
	return out->page_kind ? out->page_kind(out->page_kind_ctx, value) : NULL;
}

char *out_time(const struct out *out, uint64_t mono_ns, char buf[OUT_TIME])
{
	uint64_t ns = mono_ns + out->clock_offset_ns;
	time_t seconds = ns / UTIL_NS_PER_S;
	struct tm tm;

	localtime_r(&seconds, &tm);
	snprintf(buf, OUT_TIME, "%02d:%02d:%02d.%06u", tm.tm_hour, tm.tm_min, tm.tm_sec,
		 (unsigned)(ns % UTIL_NS_PER_S / UTIL_NS_PER_US));
	return buf;
}

/* MF_RECOVERED: the enum's name is the kernel's, the rest of the word is what it says. */
char *out_page_result(const struct out *out, const struct incident *inc, char buf[OUT_RESULT])
{
	static const char *const names[] = {
		[SEA_PAGE_IGNORED] = "ignored", [SEA_PAGE_FAILED] = "failed",
		[SEA_PAGE_DELAYED] = "delayed", [SEA_PAGE_RECOVERED] = "recovered",
		[SEA_PAGE_UNKNOWN] = "unknown",
	};
	const char *name = NULL;

	if (out->page_result)
		name = out->page_result(out->page_kind_ctx, inc->page_raw);
	if (name && !strncmp(name, "MF_", 3))
		name += 3;
	if (!name)
		name = names[UTIL_MIN(inc->page_result, (uint32_t)SEA_PAGE_UNKNOWN)];
	snprintf(buf, OUT_RESULT, "%s", name);
	for (char *c = buf; *c; c++)
		*c = tolower((unsigned char)*c);
	return buf;
}

char *out_delivered_to(const struct incident *inc, char buf[OUT_PROCESS])
{
	if (inc->delivered_to)
		snprintf(buf, OUT_PROCESS, "%s", inc->delivered_to->name);
	else
		snprintf(buf, OUT_PROCESS, "pid:%u", inc->delivered_tgid);
	return buf;
}
