/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A recording: everything that a session was fed, in order, so that it can be fed again elsewhere and
 * give the same output to the byte.
 * Layer: trace. Must not know: how incidents come about, output.
 *
 * The file: struct recording_head, the sizes of all marks, the kernel's names of page kinds, then
 * entries {u32 kind, u32 bytes} with their bodies, little-endian as arm64 and x86-64 are.
 */
#ifndef TRACE_RECORDING_H
#define TRACE_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sea/mark.h>

#include "trace/hist.h"
#include "trace/vm.h"

#define RECORDING_MAGIC   "SEATRACE"
#define RECORDING_FORMAT  2
#define RECORDING_NAMES   64 /* page kinds that can be named */
#define RECORDING_NAME    32
#define RECORDING_RESULTS 8 /* results of memory_failure that can be named */

struct recording_head {
	char magic[8];
	uint32_t format; /* RECORDING_FORMAT */
	uint32_t abi;    /* SEA_ABI */
	uint32_t page_shift;
	uint32_t reserved;
	uint64_t clock_offset_ns; /* CLOCK_REALTIME - CLOCK_MONOTONIC at the start */
	uint64_t timeout_ns;      /* of the session */
	char release[64];         /* uname -r */
	char boot_id[40];         /* /proc/sys/kernel/random/boot_id */
	char page_kinds[RECORDING_NAMES][RECORDING_NAME];     /* enum mf_action_page_type */
	char page_results[RECORDING_RESULTS][RECORDING_NAME]; /* enum mf_result */
};

enum recording_kind {
	RECORDING_MARK = 1,    /* a mark */
	RECORDING_VM = 2,      /* struct recording_vm: a VM that is new, or has changed */
	RECORDING_ANSWER = 3,  /* struct recording_answer: to "whose VM is this", before its mark */
	RECORDING_SEEN = 4,    /* u32 id: a VM that was found without any mark */
	RECORDING_EXPIRE = 5,  /* u64 now_ns */
	RECORDING_ROWS = 6,    /* struct recording_rows */
	RECORDING_TIDY = 7,    /* u64 now_ns: VMs that are gone may be forgotten */
	RECORDING_ABORTS = 8,  /* struct recording_aborts: aborts of a VM not told of before */
	RECORDING_UNTIMED = 9, /* u64: aborts that could not be timed, for the rows that follow */
	RECORDING_VCPU = 10,   /* struct recording_vcpu: to "which vCPU is this", before its mark */
};

struct recording_vm {
	uint32_t id; /* struct vm's */
	uint32_t tgid;
	uint64_t start_ticks, kvm;
	char name[64], comm[16], uuid[40];
	uint32_t named, gone;
};

#define RECORDING_NO_VM UINT32_MAX

struct recording_answer {
	uint64_t kvm;
	uint32_t tid;
	uint32_t id; /* RECORDING_NO_VM: none */
};

struct recording_vcpu {
	uint32_t tgid, tid;
	int32_t vcpu; /* -1: none */
	uint32_t reserved;
};

struct recording_rows {
	uint32_t when; /* of the session */
	uint32_t reserved;
	uint64_t now_ns;
	uint64_t lost[SEA_MARK_ID_MAX], refused, dropped;
};

/* Followed by n of u64: a bucket of struct hist in the top 16 bits, how many more it has below. */
#define RECORDING_BUCKET_SHIFT 48
struct recording_aborts {
	uint32_t id; /* RECORDING_NO_VM: none */
	uint32_t n;
	uint64_t sum_ns, min_ns, max_ns;
};

/* --- writing ---------------------------------------------------------------------------------- */

struct recorder;

/* Creates `path`; fills in the head's magic, format, abi, release, boot_id. 0 or -errno. */
int recorder_open(struct recorder **out, const char *path, struct recording_head *head);

/* The first error of writing, as -errno; else 0. */
int recorder_close(struct recorder *r);

void recorder_write(struct recorder *r, enum recording_kind kind, const void *body, size_t bytes);

/* Writes the VM if it is new or has changed since it was written. NULL is no VM. */
void recorder_vm(struct recorder *r, const struct vm *vm);

void recorder_aborts(struct recorder *r, const struct vm *vm, const struct hist *fresh);

/* --- reading ---------------------------------------------------------------------------------- */

struct recording;

/* 0, -errno, or -EPROTO with `why` (a static text): no recording, another format or ABI. */
int recording_open(struct recording **out, const char *path, const char **why);
void recording_free(struct recording *rec);

const struct recording_head *recording_head(const struct recording *rec);

/* The bytes that an entry of this kind has; 0: as many as it says itself (marks, aborts), or unknown. */
size_t recording_size(enum recording_kind kind);

struct recording_entry {
	enum recording_kind kind;
	uint32_t bytes;
	const void *body; /* valid until the next call */
};

/* 1 with an entry, 0 at the end, -EPROTO when the file is cut or damaged (`why`), -errno. */
int recording_next(struct recording *rec, struct recording_entry *entry, const char **why);

/* What recorder_aborts() was given. */
void recording_aborts(const struct recording_aborts *entry, struct hist *fresh);

#endif
