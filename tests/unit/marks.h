/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Marks as the kernel sends them, for scenarios: a sane header, the usual values, and after them
 * whatever a scenario wants different: mark_abort(1000, vcpu, .far = 0x2000). For tests only.
 */
#ifndef TESTS_UNIT_MARKS_H
#define TESTS_UNIT_MARKS_H

#include <sea/mark.h>

#include <errno.h>
#include <signal.h>
#include <stdint.h>

/* The usual values come first and may be named again. */
#pragma GCC diagnostic ignored "-Woverride-init"

/* A thread on a CPU; a vCPU's has a VM too. */
struct who {
	uint32_t tgid, tid, cpu;
	uint64_t kvm;
	uint32_t vcpu;
};

/* As measured: a data abort from a lower EL, external abort; the frames of a 4 KiB kernel. */
#define MARK_ESR        0x92000010
#define MARK_FAR        0xffff000010000000
#define MARK_PC         0xffff800080012340
#define MARK_PAGE_SHIFT 12

/* clang-format off */
#define MARK(stem, at, w, ...) \
	((const struct sea_hdr *)&(const struct sea_##stem){ \
		.hdr = { .type = SEA_MARK_ID_##stem, .size = sizeof(struct sea_##stem), \
			 .cpu = (w).cpu, .ts_ns = (at), .tgid = (w).tgid, .tid = (w).tid }, \
		__VA_ARGS__ })
/* clang-format on */

#define mark_abort(at, w, ...)                                                                   \
	MARK(abort, at, w, .kvm = (w).kvm, .vcpu = (w).vcpu, .owner = (w).tgid, .esr = MARK_ESR, \
	     .far = MARK_FAR, .pc = MARK_PC, __VA_ARGS__)

#define mark_claim_enter(at, w)      MARK(claim, at, w, .edge = SEA_ENTER)
#define mark_claim_exit(at, w, what) MARK(claim, at, w, .edge = SEA_EXIT, .ret = (what))
#define mark_host_enter(at, w)       MARK(claim, at, w, .edge = SEA_ENTER, .host = 1)
#define mark_host_exit(at, w, what)  MARK(claim, at, w, .edge = SEA_EXIT, .ret = (what), .host = 1)

#define mark_inject(at, w, what, ...) \
	MARK(inject, at, w, .kvm = (w).kvm, .vcpu = (w).vcpu, .how = (what), __VA_ARGS__)

#define mark_estatus(at, w, block, hit) MARK(estatus, at, w, .estatus = (block), .cached = (hit))

/* As the lab's firmware reports: HEST source 1 by GSIV, recoverable, one memory section. */
#define mark_record(at, w, block, which, ...)                                               \
	MARK(record, at, w, .estatus = (block), .edge = (which), .source = 1, .notify = 10, \
	     .length = 152, __VA_ARGS__)
#define mark_record_enter(at, w, block, ...) mark_record(at, w, block, SEA_ENTER, __VA_ARGS__)
#define mark_record_exit(at, w, block, ...)  mark_record(at, w, block, SEA_EXIT, __VA_ARGS__)

#define mark_section(at, w, block, address, ...)                                              \
	MARK(section, at, w, .estatus = (block), .kind = SEA_SECTION_MEMORY, .pa = (address), \
	     .pa_valid = 1, __VA_ARGS__)

#define mark_failure_enter(at, w, frame) MARK(failure, at, w, .pfn = (frame), .edge = SEA_ENTER)
#define mark_failure_exit(at, w, frame, ...) \
	MARK(failure, at, w, .pfn = (frame), .edge = SEA_EXIT, __VA_ARGS__)

/* kind: MF_MSG_DIRTY_LRU of 6.12 */
#define mark_page(at, w, frame, what) \
	MARK(page, at, w, .pfn = (frame), .kind = 12, .result = (what))

/* of: a thread of the VM that loses the page */
#define mark_unmap(at, w, frame, of, address, ...)                                                \
	MARK(unmap, at, w, .pfn = (frame), .kvm = (of).kvm, .owner = (of).tgid, .hva = (address), \
	     .gpa = (address)-0xffff00000000 + 0x40000000, .len = 0x1000, .gpa_valid = 1,         \
	     __VA_ARGS__)

#define mark_signal(at, w, what, address, to, ...)                                     \
	MARK(signal, at, w, .code = (what), .addr = (address), .lsb = MARK_PAGE_SHIFT, \
	     .to_tgid = (to).tgid, .to_tid = (to).tid, __VA_ARGS__)

#define mark_deliver(at, w, what, address, ...)                                               \
	MARK(deliver, at, w, .code = (what), .addr = (address), .action = SEA_ACTION_HANDLER, \
	     __VA_ARGS__)

#define mark_events(at, w, which, ...) \
	MARK(events, at, w, .kvm = (w).kvm, .vcpu = (w).vcpu, .edge = (which), __VA_ARGS__)
#define mark_events_enter(at, w, ...) mark_events(at, w, SEA_ENTER, __VA_ARGS__)
#define mark_events_exit(at, w, ...)  mark_events(at, w, SEA_EXIT, __VA_ARGS__)

#endif
