/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A campaign as its file has it: read, checked, and laid out into shots.
 * Layer: inject. Must not know: the kernel, VMs that run, output. What is wrong is said with file, line
 * and column. The file's format: seainject(5).
 */
#ifndef INJECT_CAMPAIGN_H
#define INJECT_CAMPAIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "inject/method.h"
#include "inject/order.h"

struct campaign_probe {
	char **command; /* argv, NULL-terminated; NULL: none. `{vm}`, `{pid}`, `{uuid}` are replaced */
	uint64_t timeout_ns;
};

struct campaign_target {
	char *vm; /* NAME, UUID or PID, as --vm */
	struct campaign_probe probe;
	unsigned line; /* in the file, from 1: for messages about VMs that do not match */
};

/* One cell of the matrix: a method at a place, so often, in one VM. */
struct campaign_shot {
	unsigned target; /* index into targets */
	const struct method *method;
	char *place;        /* its name in reports: "any", "0x40000000" */
	struct order order; /* without tgid, start_ticks */
	unsigned expected;  /* OUTCOME_BIT()s */
	bool if_available;
	uint64_t timeout_ns; /* until it has fired as often as asked */
	uint64_t settle_ns;  /* then, without a mark of the VM, its consequences are over */
	unsigned line;
};

struct campaign {
	char *name, *path;
	bool unsafe;
	uint64_t seed, budget; /* budget: shots in all */
	uint64_t hugetlb_max;  /* hugetlb pages a boot: injector.h */
	uint64_t dead_man_ns, warm_up_ns;
	unsigned stop_failures;  /* stops after so many failed verdicts; 0: goes on */
	bool stop_host_affected; /* stops when anything but the VM was hit; default true */
	struct campaign_target *targets;
	unsigned n_targets;
	struct campaign_shot *shots; /* in the order in which they are fired */
	unsigned n_shots;
};

/* 0, or EXIT_USAGE (EXIT_ENVIRONMENT: the file cannot be read) after one line on stderr per mistake. */
int campaign_read(struct campaign **out, const char *path);

/* The same from memory: `name` stands for the path in messages. For tests and fuzzing. */
int campaign_parse(struct campaign **out, const char *name, const char *text, size_t len);

void campaign_free(struct campaign *c); /* accepts NULL */

#endif
