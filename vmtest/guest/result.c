// SPDX-License-Identifier: GPL-2.0-only
/*
 * result.c - arithmetic of results. It must not know how they are worded (answer.c).
 */
#include "result.h"

void result_read(struct vcpu_result *result, const struct guest_mailbox *mailbox)
{
	unsigned int i;

	result->done = __atomic_load_n(&mailbox->done, __ATOMIC_RELAXED);
	result->value = __atomic_load_n(&mailbox->value, __ATOMIC_RELAXED);
	for (i = 0; i < GUEST_EXC_NR; i++) {
		const struct guest_exc *exc = &mailbox->exc[i];

		result->exc[i].count = __atomic_load_n(&exc->count, __ATOMIC_ACQUIRE);
		result->exc[i].esr = __atomic_load_n(&exc->esr, __ATOMIC_RELAXED);
		result->exc[i].far = __atomic_load_n(&exc->far, __ATOMIC_RELAXED);
		result->exc[i].elr = __atomic_load_n(&exc->elr, __ATOMIC_RELAXED);
	}
}

void result_add(struct vcpu_result *sum, const struct vcpu_result *result)
{
	unsigned int i;

	if (sum->ns < result->ns) /* vCPUs work side by side */
		sum->ns = result->ns;
	sum->cpu_ns += result->cpu_ns;
	sum->done += result->done;
	sum->value = result->value;
	sum->counts.exits += result->counts.exits;
	sum->counts.mmio += result->counts.mmio;
	sum->counts.sea_exits += result->counts.sea_exits;
	sum->counts.sigbus_ar += result->counts.sigbus_ar;
	sum->counts.injected += result->counts.injected;
	for (i = 0; i < GUEST_EXC_NR; i++) {
		uint64_t count = sum->exc[i].count + result->exc[i].count;

		if (result->exc[i].count)
			sum->exc[i] = result->exc[i];
		sum->exc[i].count = count;
	}
}

void result_subtract(struct vcpu_result *result, const struct vcpu_result *before)
{
	unsigned int i;

	result->counts.exits -= before->counts.exits;
	result->counts.mmio -= before->counts.mmio;
	result->counts.sea_exits -= before->counts.sea_exits;
	result->counts.sigbus_ar -= before->counts.sigbus_ar;
	result->counts.injected -= before->counts.injected;
	for (i = 0; i < GUEST_EXC_NR; i++)
		result->exc[i].count -= before->exc[i].count;
}
