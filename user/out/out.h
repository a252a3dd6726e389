/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every renderer is given beside incidents and rows.
 * Layer: out. Must not know: any renderer, BPF.
 */
#ifndef OUT_OUT_H
#define OUT_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <sea/mark.h>

#define OUT_SCHEMA "seatrace/1" /* of every JSON line */

struct out {
	FILE *file;
	bool color;
	bool unicode;             /* a terminal shows UTF-8, not ASCII only */
	unsigned columns;         /* width of the terminal */
	uint64_t clock_offset_ns; /* CLOCK_REALTIME - CLOCK_MONOTONIC */
	/* The traced kernel's name of a page kind (enum mf_action_page_type), or NULL. May be NULL. */
	const char *(*page_kind)(const void *ctx, uint32_t value);
	/* Likewise of what memory_failure made of it (enum mf_result). */
	const char *(*page_result)(const void *ctx, uint32_t value);
	const void *page_kind_ctx; /* of both */
};

/* As wide and as colourful as the terminal is; 80 columns and no colours elsewhere. Clocks as they are now. */
struct out out_on(FILE *file);

/* What did not arrive: part of every output, so that the rest can be believed. */
struct out_losses {
	uint64_t marks[SEA_MARK_ID_MAX]; /* the ring was full, by type */
	uint64_t refused;                /* marks of an unknown type or size */
	uint64_t dropped;                /* by --drop-mark, or for want of memory */
	uint64_t untimed;                /* aborts that could not be timed */
	bool aborts; /* all were to be timed: else nothing is said of `untimed` */
};

uint64_t out_losses_total(const struct out_losses *losses);

/* The name of a VM, "host" for NULL. */
struct vm;
const char *out_vm_name(const struct vm *vm);

/*
 * "12:34:56.123456", local time of day: who watches a screen thinks in it; JSON has the date.
 * Returns buf.
 */
#define OUT_TIME 40
char *out_time(const struct out *out, uint64_t mono_ns, char buf[OUT_TIME]);

/* What to call a row: the VM's name, "host", or "gone" for the VMs that are folded into one. */
struct agg_row;
const char *out_row_name(const struct agg_row *row);

/* The name of a page kind, or NULL. */
const char *out_page_kind(const struct out *out, uint32_t value);

/* What memory_failure made of the page, in the traced kernel's words: "recovered". Returns buf. */
#define OUT_RESULT 32
struct incident;
char *out_page_result(const struct out *out, const struct incident *inc, char buf[OUT_RESULT]);

/* Who got the signals in place of the incident's VMM: a VM's name, else "pid:N". Returns buf. */
#define OUT_PROCESS 64
char *out_delivered_to(const struct incident *inc, char buf[OUT_PROCESS]);

/* "\033[...m" or "" */
const char *out_style(const struct out *out, const char *sgr);

#endif
