/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a shot can lead to that no mark tells: failed KVM_RUNs, injected aborts, the end of the VMM.
 * Layer: inject; the only one that knows its skeleton. Must not know: methods, what it proves.
 */
#ifndef INJECT_WITNESS_H
#define INJECT_WITNESS_H

#include <sea/witness.h>
#include <stdbool.h>

#include "lib/feature.h"

struct witness;

/*
 * Loads and attaches; what this kernel has not is a warning that names what will not be seen. runs: failed
 * KVM_RUNs too; that puts a program behind each KVM_RUN of the host. 0, or EXIT_ENVIRONMENT after one line
 * on stderr.
 */
int witness_open(struct witness **out, struct feature *kernel, bool runs);

/* Takes the programs off. Accepts NULL. */
void witness_close(struct witness *w);

/* From here on this process (initial pid namespace) is watched, and no other; 0: none. All begins at 0. */
void witness_watch(struct witness *w, uint32_t tgid);

struct sea_witnessed witness_seen(const struct witness *w);

#endif
