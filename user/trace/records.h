/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which records named an incident, and which VM was told of which: a record that names three pages of a
 * VM is three incidents' and one of the VM's. A record is known by the time it began.
 * Layer: trace, private to join. Bounded: what was long ago is forgotten, and would count again. Must
 * not know: marks, incidents.
 */
#ifndef TRACE_RECORDS_H
#define TRACE_RECORDS_H

#include <stdbool.h>
#include <stdint.h>

struct vm;

#define RECORDS_KEPT 16 /* of an incident: the last ones */
#define RECORDS_TOLD 1024

/* Zeroed it is empty. */
struct records {
	uint64_t ns[RECORDS_KEPT]; /* oldest first */
	unsigned n;
};

bool records_has(const struct records *r, uint64_t ns);
void records_add(struct records *r, uint64_t ns);

/* Zeroed nobody has been told of any. */
struct records_told {
	struct {
		uint64_t ns;
		const struct vm *vm; /* NULL: the host. Compared, never looked at */
		uint16_t next;       /* of its chain */
	} pairs[RECORDS_TOLD];
	uint16_t chains[RECORDS_TOLD]; /* by hash: 1 + the index of a pair; 0: none */
	unsigned n, next;
};

/* Whether this VM has not been told of this record; from now on it has. */
bool records_tell(struct records_told *told, uint64_t ns, const struct vm *vm);

#endif
