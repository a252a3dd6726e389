/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which capabilities a watch takes to start, and which it keeps while it runs.
 * Layer: main of seatrace. Must not know: how capabilities are had or given up.
 */
#ifndef RIGHTS_H
#define RIGHTS_H

#include <stdint.h>

#include "trace/attach.h"
#include "watch.h"

/* Sets of lib/privilege.h. */
uint64_t rights_to_start(const struct watch_config *config, const struct attach *attach);
uint64_t rights_to_run(const struct watch_config *config);

/* 0, or EXIT_ENVIRONMENT after one line on stderr that names what is missing to start. */
int rights_check(const struct watch_config *config, const struct attach *attach);

/* Gives up what is not needed any more, once all is attached and open; as rights_check(). */
int rights_reduce(const struct watch_config *config);

#endif
