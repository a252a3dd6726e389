/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From marks and closed incidents to the evidence of one shot: what is its VM's and in its time, and what
 * happened elsewhere meanwhile.
 * Layer: inject. Must not know: the kernel, clocks, what the evidence proves (verdict.h). No I/O.
 *
 * A page without a VM that says so (its record was dropped, nobody had it mapped) is the shot's when it is
 * one of the frames that the shot is about.
 */
#ifndef INJECT_GATHER_H
#define INJECT_GATHER_H

#include <sea/mark.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inject/verdict.h"
#include "trace/hist.h"
#include "trace/join.h"

/* Zeros gather nothing yet. One for a whole campaign: it remembers which incidents it has seen. */
struct gather {
	struct evidence evidence; /* of the last shot, as far as marks and incidents tell */
	struct hist phase1, phase2;
	uint64_t shots;   /* marks of calls that its rule overrode */
	uint64_t last_ns; /* of its VM's marks; the beginning, when there was none */
	/* gather's own */
	bool open;
	unsigned page_shift;
	uint32_t tgid, rule;
	uint64_t start_ticks, began_ns;
	uint64_t newest_id, newest_before; /* of all incidents so far; when this shot began */
	const uint64_t *frames;
	size_t n_frames;
};

/* Whose shot it is, and since when. frames: page frames that it is about; borrowed until the next. */
struct gather_scope {
	uint32_t tgid;
	uint64_t start_ticks;
	uint32_t rule; /* sea_rule.id */
	uint64_t began_ns;
	const uint64_t *frames;
	size_t n_frames;
	unsigned page_shift;
};

void gather_begin(struct gather *g, const struct gather_scope *scope);

/* From here on nothing counts, but incidents are still remembered. */
void gather_end(struct gather *g);

/* In the order of time, in the midst of a shot or not. */
void gather_mark(struct gather *g, const struct sea_hdr *mark);

/* A closed incident, for the first time or (inc->late) once more. */
void gather_incident(struct gather *g, const struct incident *inc);

/* Something of this VM was timed. */
void gather_lap(struct gather *g, const struct vm *vm, enum lap lap, uint64_t ns);

#endif
