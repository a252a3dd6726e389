/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Marks as a busy host's kernel would send them, the same ones each time, and what has to be counted
 * of them. For the benchmark of user space only. Must not know: who takes them.
 */
#ifndef TESTS_BENCH_USER_TRAFFIC_H
#define TESTS_BENCH_USER_TRAFFIC_H

#include <sea/mark.h>

#include <stddef.h>
#include <stdint.h>

#include "trace/incident.h"

/* Virtual machines and their processes, 0 .. TRAFFIC_VMS - 1. */
#define TRAFFIC_VMS     1000
#define TRAFFIC_TGID(n) (1000 + 10 * (n))
#define TRAFFIC_KVM(n)  (0xffff000100000000ULL + 0x4000 * (n))

struct traffic {
	char *marks; /* one after the other, as they come out of the ring */
	size_t bytes, room;
	uint64_t n;
	uint64_t now_ns;              /* of the next story */
	uint64_t stories;             /* so far */
	uint64_t expected[METER_MAX]; /* of all VMs and the host together */
};

/*
 * Errors of all sorts in all VMs, a hundred a second: SEAs that nobody claims, that come with a record,
 * records by interrupt whose page is touched or not, touches of pages that were poisoned long ago.
 */
int traffic_mix(struct traffic *t, uint64_t marks);

/* A few vCPUs that take the same SEA over and over, while records pour in. */
int traffic_storm(struct traffic *t, uint64_t marks);

/* One error each in the first `vms`, the guest told of it. */
int traffic_each(struct traffic *t, unsigned vms);

/* So many errors in the first VM, one after the other. */
int traffic_one(struct traffic *t, unsigned errors);

void traffic_free(struct traffic *t);

#endif
