/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A campaign carried out: what it takes is opened, its shots are fired one after the other, and stopped when
 * they have to be.
 * Layer: main of seainject. Must not know: files, options, output.
 */
#ifndef SHOOT_H
#define SHOOT_H

#include <sea/mark.h>
#include <stdbool.h>

#include "inject/campaign.h"
#include "inject/result.h"

struct shoot;

struct shoot_config {
	const struct campaign *campaign;
	bool unsafe;  /* who runs it says that it may be fired, whether its file does or not */
	bool dry_run; /* nothing is overridden or taken away; what would be is counted */
	const char *journal; /* of what outlives us; NULL: JOURNAL_PATH */
	/* Of the shot what is known by now; doing: one word, "settling". Now and then. NULL: nobody asks. */
	void (*under_way)(void *ctx, const struct shot_result *shot, const char *doing);
	/* One is over, in their order, fired or not. False: no more, as if a signal had come. NULL: likewise. */
	bool (*over)(void *ctx, const struct shot_result *shot);
	/* Each mark in the order of time. NULL: likewise. */
	void (*mark)(void *ctx, const struct sea_hdr *mark);
	void *ctx;
};

/* Each int is 0, or an exit code (lib/exit.h) after one line on stderr per reason. */

/*
 * Finds VMs and methods and attaches; nothing is armed. EXIT_USAGE: not allowed, a target that is not
 * one VM; EXIT_UNSUPPORTED: this kernel has not a method. The campaign stays the caller's and outlives *out.
 */
int shoot_open(struct shoot **out, const struct shoot_config *config);

/* Whether what it needs is here (as shoot_open() says it), without privilege, and attaching nothing. */
int shoot_check(const struct campaign *campaign);

/* Fires until it is done, or stopped by SIGINT, SIGTERM or a condition of the campaign. */
int shoot_run(struct shoot *s);

/* What came of it, as far as it has come; owned by s. */
const struct campaign_result *shoot_result(const struct shoot *s);

/* How its result ends a program: EXIT_DONE, or EXIT_VERDICT when a shot failed or could not be fired. */
int shoot_verdict(const struct shoot *s);

void shoot_close(struct shoot *s); /* accepts NULL */

#endif
