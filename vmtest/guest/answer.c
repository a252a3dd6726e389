// SPDX-License-Identifier: GPL-2.0-only
/*
 * answer.c - words answers. It must not know which command it answers. What does not fit is cut
 * off: no answer comes near the limit.
 */
#include "answer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "result.h"

static void add_va(struct answer *answer, const char *format, va_list args)
{
	size_t room = sizeof(answer->text) - answer->len;
	int len = vsnprintf(answer->text + answer->len, room, format, args);

	if (len > 0)
		answer->len += (size_t)len < room ? (size_t)len : room - 1;
}

void answer_add(struct answer *answer, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_va(answer, format, args);
	va_end(args);
}

void answer_error(struct answer *answer, const char *format, ...)
{
	va_list args;

	answer->len = 0;
	answer_add(answer, "error ");
	va_start(args, format);
	add_va(answer, format, args);
	va_end(args);
}

static void add_exception(struct answer *answer, unsigned int kind, const struct guest_exc *exc)
{
	static const char *const names[GUEST_EXC_NR] = {
		[GUEST_EXC_DABT] = "dabt", [GUEST_EXC_IABT] = "iabt", [GUEST_EXC_SYNC] = "sync",
		[GUEST_EXC_IRQ] = "irq",   [GUEST_EXC_FIQ] = "fiq",   [GUEST_EXC_SERROR] = "serror",
	};
	const char *name = names[kind];

	answer_add(answer, " %s=%" PRIu64, name, exc->count);
	if (!exc->count)
		return;
	/* 32 bits: KVM up to 6.1 gives the guest a sign-extended syndrome. */
	answer_add(answer, " %s_esr=%#" PRIx32 " %s_elr=%#" PRIx64, name, (uint32_t)exc->esr, name,
		   exc->elr);
	if (kind <= GUEST_EXC_IABT) /* all others leave FAR unknown */
		answer_add(answer, " %s_far=%#" PRIx64, name, exc->far);
}

void answer_exceptions(struct answer *answer, const struct vcpu_result *result)
{
	uint64_t total = 0;
	unsigned int kind;

	for (kind = 0; kind < GUEST_EXC_NR; kind++)
		total += result->exc[kind].count;
	answer_add(answer, " exceptions=%" PRIu64, total);
	for (kind = 0; kind < GUEST_EXC_NR; kind++)
		add_exception(answer, kind, &result->exc[kind]);
}

void answer_counts(struct answer *answer, const struct vcpu_counts *counts)
{
	answer_add(answer,
		   " exits=%" PRIu64 " mmio=%" PRIu64 " sea_exits=%" PRIu64 " sigbus_ar=%" PRIu64
		   " injected=%" PRIu64,
		   counts->exits, counts->mmio, counts->sea_exits, counts->sigbus_ar,
		   counts->injected);
}
