// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memslots of the VMs of one process, for whom a system call reads them: an iterator over files,
 * which needs no trampoline and therefore runs on every kernel.
 * Must not: keep anything, translate addresses.
 *
 * A table is read while KVM may replace it. Reading it is safe, what is read may not fit together: so
 * every slot carries its table's generation, and the reader asks again when two of them differ.
 */
#include <linux/bpf.h>
#include <linux/magic.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <sea/slot.h>
#include "bpf/compat.bpf.h"
#include "bpf/kernel.bpf.h"

/* Of one call; the verifier walks every one of them. */
#define SLOTS_MAX 64  /* of an array */
#define STEPS_MAX 128 /* through a tree: of ten slots each takes 5, of 2^15 (SHRT_MAX) 31 at most */

/* What is asked for. */
__u32 slots_tgid;
__u64 slots_kvm;  /* 0: all of them */
__u64 slots_from; /* what the end of the call before said, 0: from the first */

/*
 * Where a walk through a tree stands. In memory, about which the verifier assumes nothing: so all the ways
 * through one step are one state, where nested loops would be thousands.
 */
struct walk {
	struct rb_node *at;
	struct kvm_memory_slot *found; /* the last one at or behind the frame */
	__u64 gfn;
};
static volatile struct walk walk;

/*
 * The VM behind a descriptor; NULL: it is something else. All files of the anonymous inode's file system
 * have their names from the kernel, so the name says whose private_data it is (kvm_dev_ioctl_create_vm,
 * virt/kvm/kvm_main.c). The address of kvm_vm_fops would say so too, but stock kernels up to 6.1 do not
 * tell it.
 */
static __always_inline struct kvm *file_kvm(struct file *file)
{
	char name[8] = {};

	if (BPF_CORE_READ(file, f_inode, i_sb, s_magic) != ANON_INODE_FS_MAGIC)
		return NULL;
	bpf_probe_read_kernel_str(name, sizeof(name),
				  BPF_CORE_READ(file, f_path.dentry, d_name.name));
	if (__builtin_memcmp(name, "kvm-vm\0", sizeof(name))) /* all 8: one comparison, no call */
		return NULL;
	return BPF_CORE_READ(file, private_data);
}

static __always_inline void put_slot(struct seq_file *seq, struct kvm *kvm, __u64 generation,
				     struct kvm_memory_slot *slot)
{
	struct sea_slot out = {
		.kvm = (__u64)kvm,
		.generation = generation,
		.base_gfn = BPF_CORE_READ(slot, base_gfn),
		.npages = BPF_CORE_READ(slot, npages),
		.userspace_addr = BPF_CORE_READ(slot, userspace_addr),
		.id = (__u16)BPF_CORE_READ(slot, id),
		.flags = BPF_CORE_READ(slot, flags),
	};

	if (out.npages)
		bpf_seq_write(seq, &out, sizeof(out));
}

/* Both return what to go on from, or 0: that was all. Of an array it is how many have been told. */
static __always_inline __u64 put_array(struct seq_file *seq, struct kvm *kvm, __u64 generation,
				       struct kvm_memslots *table)
{
	struct kvm_memslots___array *array = (void *)table;
	void *end = (void *)array + bpf_core_field_offset(array->memslots);
	__u64 size = bpf_core_type_size(struct kvm_memory_slot), used, i;

	used = BPF_CORE_READ(array, used_slots);
	end += used * size;
	for (i = 1; i <= SLOTS_MAX; i++) {
		if (slots_from + i > used)
			return 0;
		put_slot(seq, kvm, generation, end - (slots_from + i) * size);
	}
	return slots_from + SLOTS_MAX;
}

/* One node further, or one slot; false: there is none. `node` is where this table's node is in a slot. */
static __always_inline bool step(struct seq_file *seq, struct kvm *kvm, __u64 generation,
				 struct kvm_memslots *table, __u64 node)
{
	struct rb_node *at =
		walk.at; /* not inside of BPF_CORE_READ: it would relocate our struct, too */
	struct kvm_memory_slot *slot = (void *)at - node;

	if (at) {
		if (BPF_CORE_READ(slot, base_gfn) >= walk.gfn) {
			walk.found = slot;
			walk.at = BPF_CORE_READ(at, rb_left);
		} else {
			walk.at = BPF_CORE_READ(at, rb_right);
		}
		return true;
	}
	slot = walk.found;
	if (!slot)
		return false;
	put_slot(seq, kvm, generation, slot);
	walk.gfn = BPF_CORE_READ(slot, base_gfn) + 1;
	walk.found = NULL;
	walk.at = BPF_CORE_READ(table, gfn_tree.rb_node);
	return true;
}

/* Of a tree it is a frame. */
static __always_inline __u64 put_tree(struct seq_file *seq, struct kvm *kvm, __u64 generation,
				      struct kvm_memslots *table)
{
	__u64 node = bpf_core_field_offset(((struct kvm_memory_slot *)0)->gfn_node);
	int i;

	if (BPF_CORE_READ(table, node_idx))
		node += bpf_core_type_size(struct rb_node);
	walk.gfn = slots_from;
	walk.found = NULL;
	walk.at = BPF_CORE_READ(table, gfn_tree.rb_node);
	for (i = 0; i < STEPS_MAX; i++)
		if (!step(seq, kvm, generation, table, node))
			return 0;
	return walk.gfn;
}

SEC("iter/task_file")
int sea_slots(struct bpf_iter__task_file *ctx)
{
	struct sea_slot end = {};
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct seq_file *seq = ctx->meta->seq;
	struct kvm_memslots *table;
	struct kvm *kvm;

	if (!task || !file || (__u32)BPF_CORE_READ(task, tgid) != slots_tgid)
		return 0;
	kvm = file_kvm(file);
	/* Whoever was handed a VM by another process has not the memory that its slots speak of. */
	if (!kvm || (slots_kvm && slots_kvm != (__u64)kvm) ||
	    BPF_CORE_READ(kvm, mm) != BPF_CORE_READ(task, mm))
		return 0;
	table = BPF_CORE_READ(kvm, memslots[0]);
	end.kvm = (__u64)kvm;
	end.generation = BPF_CORE_READ(table, generation);
	end.base_gfn = slots_are_array() ? put_array(seq, kvm, end.generation, table)
					 : put_tree(seq, kvm, end.generation, table);
	end.generation = BPF_CORE_READ(kvm, memslots[0], generation);
	bpf_seq_write(seq, &end, sizeof(end));
	return 0;
}
