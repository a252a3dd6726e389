/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an incident can be found by: a status block's address, a page frame, ...
 * Layer: trace, private to join. Must not know: marks.
 */
#ifndef TRACE_KEY_H
#define TRACE_KEY_H

#include <stdint.h>

struct incident;

enum key_kind {
	KEY_ESTATUS, /* a = status block; from the claim, or the parse itself */
	KEY_PFN,     /* a = page frame */
	KEY_HVA,     /* a = tgid, b = page of the VMM's address space */
	KEY_VCPU,    /* a = kvm, b = vcpu: its last SEA */
};

struct key {
	enum key_kind kind;
	uint64_t a, b;
};

/* A map from keys to incidents; holds a reference to each. An incident is in one map only. */
struct keymap;

struct keymap *keymap_new(void);
void keymap_free(struct keymap *map);

/* Replaces what the key named before. 0 or -ENOMEM. */
int keymap_set(struct keymap *map, struct key key, struct incident *inc);

/* The incident, or NULL. Not a reference of the caller's. */
struct incident *keymap_find(const struct keymap *map, struct key key);

void keymap_forget(struct keymap *map, struct key key);

/* Every key of `from` becomes one of `to`. 0, or -ENOMEM: some are forgotten. */
int keymap_move(struct keymap *map, const struct incident *from, struct incident *to);

/* Forgets every key of this incident. */
void keymap_forget_incident(struct keymap *map, const struct incident *inc);

#endif
