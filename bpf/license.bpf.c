// SPDX-License-Identifier: GPL-2.0-only
/* The licence that the kernel asks of the whole object: GPL-only helpers are called. */
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";
