/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An armed order: waits until it has fired as often as asked, or cannot any more, and keeps the dead man
 * alive meanwhile.
 * Layer: main of seainject. Must not know: options, how a VM is found.
 */
#ifndef SEAINJECT_VOLLEY_H
#define SEAINJECT_VOLLEY_H

#include "inject/arm.h"
#include "inject/order.h"
#include "trace/attach.h"
#include "trace/source.h"

struct volley {
	struct arm *arm;       /* started */
	struct source *source; /* of the ring that the shots go to */
	int stop_fd;           /* readable: stop */
	const struct method *method;
	const struct order *order;
	uint64_t dead_man_ns, timeout_ns; /* 0: no limit */
};

enum volley_end {
	VOLLEY_DONE,    /* fired as often as asked */
	VOLLEY_TIMEOUT, /* not so */
	VOLLEY_STOPPED,
	VOLLEY_GONE, /* the VMM has ended */
};

/*
 * Arms `rule`, waits, disarms. 0, or an exit code after one line on stderr. `tally` is the rule's, after
 * it was disarmed.
 */
int volley_fire(const struct volley *v, const struct sea_rule *rule, const uint64_t *frames,
		size_t n_frames, enum volley_end *end, struct sea_tally *tally);

#endif
