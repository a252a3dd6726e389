/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An observer: hooks, ring, VMs and a session wired together; what it sees it tells whoever made it.
 * seatrace and seainject alike see by it, and by nothing else.
 * Layer: mains. Must not know: outputs, options, what the incidents are wanted for.
 */
#ifndef OBSERVE_H
#define OBSERVE_H

#include <stdbool.h>
#include <stdint.h>

#include "feed.h"
#include "session.h"
#include "trace/attach.h"
#include "trace/source.h"
#include "trace/vm.h"

#define OBSERVE_HOLD_NS (20 * UTIL_NS_PER_MS) /* CPUs may be this far apart in one ring */

/* Zeros are an observer of nothing. Its parts are for others to look at; it makes and ends them. */
struct observe {
	struct feature *kernel;
	struct attach *attach;
	struct source *source;
	struct vmtab *vms;
	struct feed *feed;
	const struct session *session; /* the feed's */
	/* Each mark in the order of time, when the session has it. NULL: nobody wants to know. */
	void (*mark)(void *ctx, const struct sea_hdr *mark);
	void *ctx;
};

struct observe_config {
	/* Its find_vm, find_vcpu, asked and page_shift are the observer's affair. */
	struct session_config session;
	struct sinks *sinks;       /* of the session; none in it: nothing is written */
	struct recorder *recorder; /* NULL: not recorded */
	void (*mark)(void *ctx, const struct sea_hdr *mark); /* as above; ctx is the session's */
	unsigned drop_type; /* for tests: lose the drop_nth mark of this type; 0: none */
	uint64_t drop_nth;
};

/* Each int is 0, or an exit code (lib/exit.h) after one line on stderr. */

/* What this kernel has, and which hooks that makes. Attaches nothing. */
int observe_open(struct observe *o, const struct attach_options *options);

/* Who hears of it; the sinks and the recorder stay the caller's, and outlive the observer. */
int observe_wire(struct observe *o, const struct observe_config *config);

/* Attaches. From here on the ring fills. */
int observe_start(struct observe *o);

/* What the ring holds up to now; UINT64_MAX: all, and what it leaves open is closed. */
int observe_take(struct observe *o, uint64_t now_ns);

/* Readable when there is something to take; and when to take though it is not (UINT64_MAX: never). */
int observe_fd(const struct observe *o);
uint64_t observe_deadline(const struct observe *o, uint64_t now_ns);

/* Hooks off; then all that is left is told. */
int observe_stop(struct observe *o);

/* Ends every part that there is. */
void observe_close(struct observe *o);

/* Hooks that are on, and those that would be if the kernel had them; with -v each is named. */
void observe_hooks(const struct observe *o, unsigned *on, unsigned *wanted);

/* Marks that did not come, by what became of them; without what the session dropped. */
struct out_losses observe_losses(const struct observe *o);

/* --- VMs (observe_vms.c) ---------------------------------------------------------------------- */

/* These answer a session. kvm 0: any VM of the thread. NULL, -1: it is no VMM's, no vCPU's. */
struct vm *observe_find_vm(void *ctx, uint32_t tid, uint64_t kvm);
int observe_find_vcpu(void *ctx, uint32_t tgid, uint32_t tid);

/* For source_on_arrival(): a VM that is not known yet is named before it can end. */
void observe_meet(void *ctx, const struct sea_hdr *mark);

/* VMs to which nothing has happened have rows too. */
void observe_scan_vms(struct observe *o);

#endif
