/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One incident: everything that followed from one error in one VM, and how it ended.
 * Layer: trace. Must not know: how marks are joined (trace/join), output, the kernel.
 */
#ifndef TRACE_INCIDENT_H
#define TRACE_INCIDENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "trace/timeline.h"
#include "trace/vm.h"

/* How it ended; the first that applies, in this order. */
enum outcome {
	OUTCOME_VMM_KILLED,    /* SIGBUS met the default action */
	OUTCOME_NOTIFIED,      /* the VMM told the guest */
	OUTCOME_SERROR,        /* KVM injected an SError */
	OUTCOME_TO_VMM,        /* KVM_EXIT_ARM_SEA, and the guest was not told */
	OUTCOME_HOST_CONSUMED, /* a thread of the VMM itself touched the page */
	OUTCOME_VMM_SIGNALLED, /* the VMM handled an AR and told nobody */
	OUTCOME_FAILED,        /* the page could not be taken away */
	OUTCOME_RECOVERED,     /* taken away before anybody touched it */
	OUTCOME_IGNORED,       /* memory_failure would not touch it */
	OUTCOME_DROPPED,       /* claimed or recorded, and nothing came of it */
	OUTCOME_OPEN,          /* the marks do not say */
	OUTCOME_MAX,
};

struct joined;
struct key_node;
struct window;

extern const char *const outcome_names[OUTCOME_MAX];

/* What is counted, per incident and per VM. */
enum meter {
	METER_INCIDENT,
	METER_SEA,
	METER_CLAIMED,
	METER_SERROR,
	METER_TO_VMM,
	METER_RECORD,
	METER_DUPLICATE, /* records that the kernel had seen just before */
	METER_FAILURE,
	METER_SIGNAL_AO,
	METER_SIGNAL_AR,
	METER_DELIVERED,
	METER_NOTIFIED,
	METER_MAX,
};

extern const char *const meter_names[METER_MAX];

#define INCIDENT_FIELD_SEA       (1u << 0) /* esr, far, pc, hpfar hold; and vcpu */
#define INCIDENT_FIELD_RECORD    (1u << 1) /* source, notify, severity */
#define INCIDENT_FIELD_PA        (1u << 2)
#define INCIDENT_FIELD_HVA       (1u << 3)
#define INCIDENT_FIELD_GPA       (1u << 4)
#define INCIDENT_FIELD_PAGE      (1u << 5) /* page_kind, page_result */
#define INCIDENT_FIELD_MEMORY    (1u << 7) /* memory: the last section that named the page */
#define INCIDENT_FIELD_PROCESSOR (1u << 8) /* processor, likewise */
#define INCIDENT_FIELD_VCPU      (1u << 6) /* vcpu: it took the SEA, or touched the page */

struct incident {
	uint64_t id;       /* 1, 2, ...: one error in one VM; a late touch keeps it */
	uint64_t error_id; /* the same for all VMs that one error hit */
	struct vm *vm;     /* held; NULL: the host's */
	unsigned fields;   /* INCIDENT_FIELD_*: which of these hold */
	uint32_t vcpu;
	uint64_t kvm, esr, far, hpfar, pc;
	uint32_t source, notify, severity;
	uint64_t pa, hva, gpa;
	uint32_t page_kind, page_result; /* enum sea_page_result */
	uint32_t page_raw;               /* the kernel's own number of that */
	struct sea_memory memory;
	struct sea_processor processor;
	uint64_t counts[METER_MAX];
	uint64_t parse_ns;  /* parsed since the last page was taken away */
	uint64_t named_ns;  /* the beginning of the last record that named it */
	uint64_t queued_ns; /* memory_failure was asked for, and has not begun; 0: it was not */
	uint64_t signal_ns; /* its last SIGBUS was generated */
	struct vm *delivered_to; /* held; a VMM got the signals in place of this one's, or NULL */
	uint32_t delivered_tgid; /* a process did; 0: none */
	bool vmm_killed, host_consumed;
	bool explicit_notify; /* the VMM set a pending exception, not just registers */
	bool retried;         /* its vCPU was sent back to the same instruction and address */
	bool late;            /* a touch after the incident had been closed */
	enum outcome before;  /* when late: how it had ended until then */
	bool incomplete;      /* a mark that must have been there is missing */
	bool closed;
	unsigned under_way; /* open windows in the kernel: see trace/thread.h */
	struct timeline time;
	struct incident *twin;       /* next of the ring of open ones of this error; itself: none */
	struct joined *joined;       /* join's own; NULL once closed */
	LIST_HEAD(, key_node) keys;  /* those that name it: trace/key's own */
	LIST_HEAD(, window) windows; /* those that are open for it: trace/thread's own */
};

/* Takes a hold on vm. NULL without memory. */
struct incident *incident_new(uint64_t id, struct vm *vm);

/* Incidents are counted references: threads and keys outlive a close. Both accept NULL. */
struct incident *incident_get(struct incident *inc);
void incident_put(struct incident *inc);

/* What is known of an open one by now, for whoever looks at it while it goes on. NULL without memory. */
struct incident *incident_copy(const struct incident *inc);

/*
 * Where the guest had the page that the SEA was about. HPFAR_EL2 need not hold it for an SEA; kernels
 * from 6.18 on set bit 63 where it does. False: not known.
 */
bool incident_ipa(const struct incident *inc, uint64_t *ipa);

/* Of a late incident: of all that happened to it, before and now. */
enum outcome incident_outcome(const struct incident *inc);

#endif
