/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a campaign shoots with and sees by, opened together, and the one loop that they live in: marks are
 * taken, the dead man's switch is held, a signal stops it all.
 * Layer: main of seainject. Must not know: campaigns, verdicts, output.
 */
#ifndef RIG_H
#define RIG_H

#include <stdbool.h>
#include <stdint.h>

#include "inject/arm.h"
#include "inject/gather.h"
#include "inject/journal.h"
#include "inject/slots.h"
#include "inject/witness.h"
#include "observe.h"

/* Zeros are none. Its parts are for others to use; it makes and ends them. */
struct rig {
	struct observe observe;
	struct arm *arm;
	struct slots *slots; /* NULL: nobody's memory is looked up */
	struct witness *witness;
	struct journal *journal; /* NULL: nothing is fired that outlives us */
	struct gather gather;    /* is told of all that is observed */
	bool stopped;            /* by SIGINT or SIGTERM: it stays so */
	/* Each mark in the order of time. NULL: nobody else wants to know. */
	void (*mark)(void *ctx, const struct sea_hdr *mark);
	void *ctx;
	/* rig's own */
	struct sinks sinks; /* none */
	int signal_fd;
	uint64_t dead_man_ns, deadline_ns, beat_ns; /* the last two: 0 while nothing is armed */
	bool held_up;
};

struct rig_config {
	unsigned targets;         /* bit 1 << enum sea_target_id each: what is going to be armed */
	uint64_t quiet_ns;        /* an incident closes this long after its last mark */
	uint64_t dead_man_ns;     /* what is armed expires this long after the last sign of life */
	uint64_t budget;          /* shots */
	bool runs;                /* a KVM_RUN may fail that nobody else tells of */
	bool memory;              /* somebody's memory is going to be looked up */
	bool journal;             /* something is going to be fired that outlives us ... */
	const char *journal_path; /* ... and is written down here; NULL: JOURNAL_PATH */
};

/* Each int is 0, or an exit code (lib/exit.h) after one line on stderr. */

/*
 * What this kernel has. Attaches nothing, finds no VM; needs no privilege, but tells less without.
 * targets: as rig_config's, of all that may come to be armed.
 */
int rig_look(struct rig *r, unsigned targets);

/* Who hears of it; from here on VMs can be looked for. Says what privilege is missing to go on. */
int rig_wire(struct rig *r, const struct rig_config *config);

/* Attaches all of it; nothing is armed yet. */
int rig_start(struct rig *r, const struct rig_config *config);

/*
 * One round of the loop: waits until something is to be done, until_ns or until fd is readable (-1:
 * none), whatever comes first. Whoever waits for something calls it again.
 */
int rig_wait(struct rig *r, uint64_t until_ns, int fd);

/* All that has happened up to now has been told when it returns. */
int rig_catch_up(struct rig *r);

/*
 * Between these the dead man's switch is held by rig_wait(). rig_release() says whether it was held all
 * the time: if not, rules that were armed had expired, and what they missed is not known.
 */
void rig_hold(struct rig *r);
bool rig_release(struct rig *r);

/* Held, and not yet lost. */
bool rig_holds(const struct rig *r);

/* Marks that are missing, of all kinds, since the beginning. */
uint64_t rig_lost(const struct rig *r);

/* Disarms all, takes all off, tells what is left, ends every part. */
void rig_close(struct rig *r);

#endif
