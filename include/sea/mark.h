/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * THE contract between the BPF programs and user space: one struct per mark.
 * Layer: below bpf/ and user/ alike. Must not know: names of VMs, incidents, output.
 *
 * A mark is one timestamped fact, in raw numbers. Every struct begins with sea_hdr and has no
 * holes, so that a recording holds no kernel memory that nobody wrote (tests/contract.sh).
 */
#ifndef SEA_MARK_H
#define SEA_MARK_H

#include <sea/types.h>

/* Changes with every change of a struct or an ID below; a recording of another ABI is refused. */
#define SEA_ABI 4

enum sea_mark_id {
#define SEA_MARK(stem, id, help) SEA_MARK_ID_##stem = (id),
#include <sea/marks.def>
#undef SEA_MARK
	SEA_MARK_ID_MAX = 64, /* size of tables indexed by ID */
};

/* Functions with a duration give two marks, told apart by their edge. */
enum sea_edge {
	SEA_ENTER = 0,
	SEA_EXIT = 1,
};

struct sea_hdr {
	__u16 type; /* enum sea_mark_id */
	__u16 size; /* bytes, header included */
	__u32 cpu;
	__u64 ts_ns; /* CLOCK_MONOTONIC */
	__u32 tgid;  /* of the current task, initial pid namespace */
	__u32 tid;
};
SEA_ASSERT_SIZE(struct sea_hdr, 24);

/* Phase 1 begins. Source: struct kvm_vcpu_fault_info, arch/arm64/include/asm/kvm_host.h. */
struct sea_abort {
	struct sea_hdr hdr;
	__u64 kvm;   /* struct kvm *, an identity, never followed */
	__u64 esr;   /* ESR_EL2 (Arm ARM D24.2.40) */
	__u64 far;   /* FAR_EL2: guest virtual address, unless ESR.FnV */
	__u64 hpfar; /* HPFAR_EL2: may be stale for an SEA (decisions: IPA) */
	__u64 pc;    /* guest PC */
	__u32 vcpu;  /* kvm_vcpu.vcpu_id */
	__u32 owner; /* kvm.userspace_pid: the thread that created the VM */
};
SEA_ASSERT_SIZE(struct sea_abort, 72);

struct sea_claim {
	struct sea_hdr hdr;
	__u32 edge; /* enum sea_edge */
	__s32 ret;  /* exit: 0 claimed, -ENOENT no record, else -errno */
	__u32 host; /* 1: the thread itself hit the error, in user space (do_sea); 0: its guest did */
	__u32 reserved;
};
SEA_ASSERT_SIZE(struct sea_claim, 40);

enum sea_inject_how {
	SEA_INJECT_SERROR = 0, /* a virtual SError for the guest */
	SEA_INJECT_TO_VMM = 1, /* KVM_EXIT_ARM_SEA (6.19 and later) */
	SEA_INJECT_ERROR = 2,  /* KVM_RUN fails with ret */
};

struct sea_inject {
	struct sea_hdr hdr;
	__u64 kvm;
	__u32 vcpu;
	__u32 how; /* enum sea_inject_how */
	__s32 ret;
	__u32 reserved;
};
SEA_ASSERT_SIZE(struct sea_inject, 48);

/* Inside an SEA's claim this names the record that the later sea_record parses. */
struct sea_estatus {
	struct sea_hdr hdr;
	__u64 estatus; /* struct acpi_hest_generic_status * */
	__u32 cached;  /* 1: the same record was seen within 10 s and printed */
	__u32 reserved;
};
SEA_ASSERT_SIZE(struct sea_estatus, 40);

/* ACPI 6.5 table 18.12 (Generic Error Status Block), 18.3.2.7 (GHES). */
struct sea_record {
	struct sea_hdr hdr;
	__u64 estatus;
	__u32 edge;     /* enum sea_edge */
	__u32 source;   /* HEST source id */
	__u32 notify;   /* ACPI 6.5 table 18.14: 3 SCI, 7 GPIO, 8 SEA, 9 SEI, 10 GSIV, ... */
	__u32 severity; /* 0 recoverable, 1 fatal, 2 corrected, 3 informational */
	__u32 length;   /* data_length: bytes of all sections */
	__u32 reserved;
};
SEA_ASSERT_SIZE(struct sea_record, 56);

enum sea_section_kind {
	SEA_SECTION_OTHER = 0,
	SEA_SECTION_MEMORY = 1, /* UEFI 2.10 N.2.5 */
	SEA_SECTION_ARM = 2,    /* UEFI 2.10 N.2.4.4 */
};

struct sea_section {
	struct sea_hdr hdr;
	__u64 estatus;
	__u64 pa;       /* physical address, when pa_valid */
	__u32 index;    /* of the section within its record */
	__u32 kind;     /* enum sea_section_kind */
	__u32 severity; /* as in sea_record */
	__u32 pa_valid;
};
SEA_ASSERT_SIZE(struct sea_section, 56);

/*
 * A memory section in full, behind its sea_section: UEFI 2.10 N.2.5. A field holds where its bit of
 * `valid` (the section's validation bits) is set.
 */
#define SEA_MEMORY_VALID_STATUS   (1u << 0)
#define SEA_MEMORY_VALID_PA       (1u << 1)
#define SEA_MEMORY_VALID_PA_MASK  (1u << 2)
#define SEA_MEMORY_VALID_NODE     (1u << 3)
#define SEA_MEMORY_VALID_CARD     (1u << 4)
#define SEA_MEMORY_VALID_MODULE   (1u << 5)
#define SEA_MEMORY_VALID_BANK     (1u << 6 | 1u << 19 | 1u << 20) /* or bank group, bank address */
#define SEA_MEMORY_VALID_DEVICE   (1u << 7)
#define SEA_MEMORY_VALID_ROW      (1u << 8)
#define SEA_MEMORY_VALID_COLUMN   (1u << 9)
#define SEA_MEMORY_VALID_BIT      (1u << 10)
#define SEA_MEMORY_VALID_TYPE     (1u << 14)
#define SEA_MEMORY_VALID_RANK     (1u << 15)
#define SEA_MEMORY_VALID_EXTENDED (1u << 18 | 1u << 21) /* row bits 17..16, chip */

struct sea_memory {
	struct sea_hdr hdr;
	__u64 estatus;
	__u64 status; /* error status: table N.8 */
	__u64 pa;
	__u64 pa_mask;
	__u32 index;
	__u32 valid;
	__u32 error; /* memory error type */
	__u32 node, card, module, bank, device, row, column, bit, rank, extended;
	__u32 reserved;
};
SEA_ASSERT_SIZE(struct sea_memory, 112);

/*
 * One error information of an ARM processor section: UEFI 2.10 N.2.4.4. `valid` are its validation
 * bits, and the section's from bit 16 on.
 */
#define SEA_PROCESSOR_VALID_COUNT   (1u << 0)
#define SEA_PROCESSOR_VALID_FLAGS   (1u << 1)
#define SEA_PROCESSOR_VALID_INFO    (1u << 2)
#define SEA_PROCESSOR_VALID_VA      (1u << 3)
#define SEA_PROCESSOR_VALID_PA      (1u << 4)
#define SEA_PROCESSOR_VALID_MPIDR   (1u << 16)
#define SEA_PROCESSOR_VALID_LEVEL   (1u << 17)
#define SEA_PROCESSOR_VALID_RUNNING (1u << 18)

struct sea_processor {
	struct sea_hdr hdr;
	__u64 estatus;
	__u64 mpidr, midr;
	__u64 info; /* error information structure, by its type */
	__u64 va;   /* virtual fault address */
	__u64 pa;   /* physical fault address */
	__u32 index;
	__u32 valid;
	__u32 error; /* type, bits: 1 cache, 2 TLB, 3 bus, 4 micro-architectural */
	__u32 flags; /* bits: 0 first, 1 last, 2 propagated, 3 overflow */
	__u32 count; /* 0 one error, 1 several, else so many */
	__u32 level; /* error affinity */
	__u32 running;
	__u32 reserved;
};
SEA_ASSERT_SIZE(struct sea_processor, 104);

struct sea_failure {
	struct sea_hdr hdr;
	__u64 pfn;
	__u32 edge;  /* enum sea_edge */
	__s32 ret;   /* exit: memory_failure's answer */
	__u32 flags; /* MF_*, raw */
	__u32 reserved;
};
SEA_ASSERT_SIZE(struct sea_failure, 48);

/* enum mf_result of the running kernel, translated by CO-RE: its numbers move between versions. */
enum sea_page_result {
	SEA_PAGE_IGNORED = 0,
	SEA_PAGE_FAILED = 1,
	SEA_PAGE_DELAYED = 2,
	SEA_PAGE_RECOVERED = 3,
	SEA_PAGE_UNKNOWN = 4,
};

struct sea_page {
	struct sea_hdr hdr;
	__u64 pfn;
	__u32 kind;   /* enum mf_action_page_type of the running kernel, raw */
	__u32 result; /* enum sea_page_result */
	__u32 raw;    /* enum mf_result of the running kernel */
	__u32 reserved;
};
SEA_ASSERT_SIZE(struct sea_page, 48);

struct sea_unmap {
	struct sea_hdr hdr;
	__u64 kvm;
	__u64 pfn; /* the one memory_failure works on in this thread */
	__u64 gpa; /* guest physical address of the first page unmapped */
	__u64 hva; /* the same in the VMM's address space */
	__u64 len; /* bytes */
	__u32 owner;
	__u32 gpa_valid; /* 0: 5.10, which unmaps by the VMM's addresses */
};
SEA_ASSERT_SIZE(struct sea_unmap, 72);

struct sea_signal {
	struct sea_hdr hdr;
	__u64 addr; /* si_addr */
	__u32 code; /* BUS_MCEERR_AR 4, BUS_MCEERR_AO 5 */
	__u32 lsb;  /* si_addr_lsb: log2 of the bytes lost */
	__u32 to_tgid;
	__u32 to_tid;
	__u32 forced; /* 1: force_sig_mceerr, for the current task's own access */
	__u32 reserved;
};
SEA_ASSERT_SIZE(struct sea_signal, 56);

enum sea_action {
	SEA_ACTION_DEFAULT = 0, /* SIG_DFL: the process dies of it */
	SEA_ACTION_IGNORE = 1,
	SEA_ACTION_HANDLER = 2,
};

struct sea_deliver {
	struct sea_hdr hdr;
	__u64 addr;
	__u32 code;   /* those, BUS_OBJERR 3: of an SEA in user space that nobody claimed */
	__u32 action; /* enum sea_action */
};
SEA_ASSERT_SIZE(struct sea_deliver, 40);

#define SEA_PENDING_SERROR 1u
#define SEA_PENDING_DABT   2u /* ext_dabt_pending: KVM injects a data SEA */

/* struct kvm_vcpu_events, arch/arm64/include/uapi/asm/kvm.h. */
struct sea_events {
	struct sea_hdr hdr;
	__u64 kvm;
	__u64 serror_esr;
	__u32 vcpu;
	__u32 pending; /* SEA_PENDING_* */
	__u32 edge;    /* enum sea_edge */
	__s32 ret;     /* exit only */
};
SEA_ASSERT_SIZE(struct sea_events, 56);

/*
 * A rule has fired (rule.h): seainject answered for the kernel. What probes of the same function see of
 * an overridden call differs: behind a kprobe nothing comes any more.
 */
struct sea_shot {
	struct sea_hdr hdr;
	__u64 kvm;    /* as in sea_abort; 0: the target does not know it */
	__u64 addr;   /* GPA, HVA or PFN: what the target's rules go by; 0: none */
	__u64 match;  /* its number on that vCPU, from 1: struct sea_rule */
	__s64 value;  /* what the caller got */
	__u32 rule;   /* sea_rule.id */
	__u32 target; /* enum sea_target_id */
	__u32 vcpu;   /* SEA_RULE_ANY_VCPU: the target has none */
	__u32 flags;  /* SEA_RULE_DRY: it was not answered, only counted */
};
SEA_ASSERT_SIZE(struct sea_shot, 72);

#endif
