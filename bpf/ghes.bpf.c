// SPDX-License-Identifier: GPL-2.0-only
/*
 * Phase 2: the firmware's record and its CPER sections.
 * Must not: judge a record; GUIDs become kinds, everything else stays raw.
 */
#include "bpf/common.bpf.h"

/* of one record: bounds for the verifier, far above what firmware sends */
#define MAX_SECTIONS  16
#define MAX_ARM_INFOS 4

static __always_inline int estatus_cached(void *estatus, int ret)
{
	MARK(estatus, m);
	m->estatus = (__u64)estatus;
	m->cached = ret;
	m->reserved = 0;
	SUBMIT(m);
	return 0;
}

SEC("fexit/ghes_estatus_cached")
int BPF_PROG(sea_estatus, void *estatus, int ret)
{
	return estatus_cached(estatus, ret);
}

PROBE_EXIT(sea_estatus, "ghes_estatus_cached", estatus_cached((void *)a0, ret))

static __always_inline int record(struct acpi_hest_generic *generic, struct sea_acpi_status *status,
				  __u64 estatus, enum sea_edge edge)
{
	MARK(record, m);
	m->estatus = estatus;
	m->edge = edge;
	m->source = BPF_CORE_READ(generic, header.source_id);
	m->notify = BPF_CORE_READ(generic, notify.type);
	m->severity = status->error_severity;
	m->length = status->data_length;
	m->reserved = 0;
	SUBMIT(m);
	return 0;
}

/* A GUID as two little-endian words: UEFI 2.10 N.2.2 table N.5. */
static __always_inline enum sea_section_kind section_kind(const __u8 *type)
{
	__u64 lo = *(const __u64 *)type, hi = *(const __u64 *)(type + 8);

	/* a5bc1114-6f64-4ede-b863-3e83ed7c83b1 */
	if (lo == 0x4ede6f64a5bc1114ULL && hi == 0xb1837ced833e63b8ULL)
		return SEA_SECTION_MEMORY;
	/* e19e3d16-bc11-11e4-9caa-c2051d5d46b0 */
	if (lo == 0x11e4bc11e19e3d16ULL && hi == 0xb0465d1d05c2aa9cULL)
		return SEA_SECTION_ARM;
	return SEA_SECTION_OTHER;
}

struct section_at {
	__u64 estatus;
	__u64 payload; /* kernel address of the section's body */
	__u32 index;
	__u32 kind;
	__u32 severity;
};

static __always_inline int section(const struct section_at *at, __u64 pa, bool valid)
{
	MARK(section, m);
	m->estatus = at->estatus;
	m->pa = pa;
	m->index = at->index;
	m->kind = at->kind;
	m->severity = at->severity;
	m->pa_valid = valid;
	SUBMIT(m);
	return 0;
}

static __always_inline int memory(const struct section_at *at, const struct sea_cper_memory *mem)
{
	MARK(memory, m);
	m->estatus = at->estatus;
	m->status = mem->error_status;
	m->pa = mem->physical_addr;
	m->pa_mask = mem->physical_addr_mask;
	m->index = at->index;
	m->valid = mem->validation_bits;
	m->error = mem->error_type;
	m->node = mem->node;
	m->card = mem->card;
	m->module = mem->module;
	m->bank = mem->bank;
	m->device = mem->device;
	m->row = mem->row;
	m->column = mem->column;
	m->bit = mem->bit_position;
	m->rank = mem->rank;
	m->extended = mem->extended;
	m->reserved = 0;
	SUBMIT(m);
	return 0;
}

static __always_inline void memory_section(const struct section_at *at)
{
	struct sea_cper_memory mem = {};

	bpf_probe_read_kernel(&mem, sizeof(mem), (void *)at->payload);
	section(at, mem.physical_addr, mem.validation_bits & SEA_MEMORY_VALID_PA);
	memory(at, &mem);
}

static __always_inline int processor(const struct section_at *at, const struct sea_cper_arm *arm,
				     const struct sea_cper_arm_info *info)
{
	MARK(processor, m);
	m->estatus = at->estatus;
	m->mpidr = arm->mpidr;
	m->midr = arm->midr;
	m->info = info->error_info;
	m->va = info->virt_fault_addr;
	m->pa = info->physical_fault_addr;
	m->index = at->index;
	m->valid = info->validation_bits | arm->validation_bits << 16;
	m->error = info->type;
	m->flags = info->flags;
	m->count = info->multiple_error;
	m->level = arm->affinity_level;
	m->running = arm->running_state;
	m->reserved = 0;
	SUBMIT(m);
	return 0;
}

/* One mark per error information that names an address: each may take a page away. */
static __always_inline void arm_section(const struct section_at *at)
{
	struct sea_cper_arm arm = {};
	struct sea_cper_arm_info info = {};
	bool named = false;

	bpf_probe_read_kernel(&arm, sizeof(arm), (void *)at->payload);
	for (int i = 0; i < MAX_ARM_INFOS && i < arm.err_info_num; i++) {
		bpf_probe_read_kernel(&info, sizeof(info),
				      (void *)(at->payload + sizeof(arm) + i * sizeof(info)));
		if (info.validation_bits & SEA_PROCESSOR_VALID_PA) {
			section(at, info.physical_fault_addr, true);
			named = true;
		}
		processor(at, &arm, &info);
	}
	if (!named)
		section(at, 0, false);
}

/*
 * One entry at `pos`; its length, or 0 when it cannot be read. A global function: the verifier goes
 * through it once, instead of once for every turn of the loop below.
 */
__noinline int sea_section_at(__u64 estatus, __u64 pos, __u32 index)
{
	struct sea_acpi_data data = {};
	struct section_at at = {.estatus = estatus, .index = index};
	__u32 head = sizeof(data);

	if (bpf_probe_read_kernel(&data, sizeof(data), (void *)pos))
		return 0;
	if (data.revision >= SEA_ACPI_REVISION_3)
		head += SEA_ACPI_TIMESTAMP_SIZE;
	at.payload = pos + head;
	at.kind = section_kind(data.section_type);
	at.severity = data.error_severity;
	if (at.kind == SEA_SECTION_MEMORY)
		memory_section(&at);
	else if (at.kind == SEA_SECTION_ARM)
		arm_section(&at);
	else
		section(&at, 0, false);
	return head + data.error_data_length;
}

/* Walks as apei_estatus_for_each_section does (include/acpi/ghes.h). */
static __always_inline void sections(__u64 estatus, __u32 length)
{
	__u64 pos = estatus + sizeof(struct sea_acpi_status), end = pos + length;

	for (int i = 0; i < MAX_SECTIONS && pos < end; i++) {
		__u32 entry = sea_section_at(estatus, pos, i);

		if (!entry)
			return;
		pos += entry;
	}
}

static __always_inline int record_enter(struct acpi_hest_generic *generic, __u64 estatus)
{
	struct sea_acpi_status status = {};

	bpf_probe_read_kernel(&status, sizeof(status), (void *)estatus);
	record(generic, &status, estatus, SEA_ENTER);
	sections(estatus, status.data_length);
	return 0;
}

static __always_inline int record_exit(struct acpi_hest_generic *generic, __u64 estatus)
{
	struct sea_acpi_status status = {};

	bpf_probe_read_kernel(&status, sizeof(status), (void *)estatus);
	return record(generic, &status, estatus, SEA_EXIT);
}

/* An argument as a plain number: a typed pointer may not go into a global function. */
static __always_inline __u64 argument(unsigned long long *ctx, int i)
{
	__u64 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), &ctx[i]);
	return value;
}

SEC("fentry/ghes_do_proc")
int BPF_PROG(sea_record_enter, struct ghes *ghes)
{
	return record_enter(BPF_CORE_READ(ghes, generic), argument(ctx, 1));
}

SEC("fexit/ghes_do_proc")
int BPF_PROG(sea_record_exit, struct ghes *ghes)
{
	return record_exit(BPF_CORE_READ(ghes, generic), argument(ctx, 1));
}

SEC("kprobe/ghes_do_proc")
int BPF_KPROBE(sea_record_enter_probe, struct ghes *ghes, __u64 estatus)
{
	return record_enter(BPF_CORE_READ(ghes, generic), estatus);
}

PROBE_EXIT(sea_record_exit, "ghes_do_proc",
	   record_exit(BPF_CORE_READ((struct ghes *)a0, generic), a1))

/* 5.10 and 6.1: the compiler passes ghes->generic instead of ghes, and says so in the symbol's name */
SEC("kprobe/ghes_do_proc.isra.0")
int BPF_KPROBE(sea_record_isra_enter_probe, struct acpi_hest_generic *generic, __u64 estatus)
{
	return record_enter(generic, estatus);
}

PROBE_EXIT(sea_record_isra_exit, "ghes_do_proc.isra.0",
	   record_exit((struct acpi_hest_generic *)a0, a1))
