// SPDX-License-Identifier: GPL-2.0-only
/*
 * The floor that costs are measured against: programs that do nothing, a second one beside them, and
 * one that does what must not be done on a hot path. probe.c chooses the function.
 * Must not: do anything else; what is counted here is the cost of being there.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u64);
	__type(value, __u64);
} updated SEC(".maps");

static __always_inline int update(void)
{
	__u64 key = bpf_get_current_pid_tgid(), value = 1;

	bpf_map_update_elem(&updated, &key, &value, BPF_ANY);
	return 0;
}

#define PROBE(type, name, body)       \
	SEC(type) int name(void *ctx) \
	{                             \
		return body;          \
	}

PROBE("fentry", fentry_empty, 0)
PROBE("fexit", fexit_empty, 0)
PROBE("kprobe", kprobe_empty, 0)
PROBE("kretprobe", kretprobe_empty, 0)
PROBE("fentry", fentry_second, 0)
PROBE("kprobe", kprobe_second, 0)
PROBE("fentry", fentry_update, update())
PROBE("kprobe", kprobe_update, update())
PROBE("fmod_ret", modify_empty, 0) /* the call goes on */
PROBE("fmod_ret", modify_update, update())

char LICENSE[] SEC("license") = "GPL";
