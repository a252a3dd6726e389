// SPDX-License-Identifier: GPL-2.0-only
/*
 * Phase 1: an SEA in a vCPU thread, its claim, what KVM did about it; and one that a thread of the host
 * took itself, which has the claim alone.
 * Must not: look at records, beyond tying a status block to the claim it was found in.
 */
#include "trace/join_int.h"

/* The vCPU is at the same instruction and address again: it was sent back, not hit anew. */
static struct incident *retried(struct join *join, const struct sea_abort *m)
{
	struct vcpu *vcpu = vcpus_learn(join->vcpus, m->hdr.tgid, m->hdr.tid, m->kvm, m->vcpu);
	bool again = vcpu->hit && vcpu->pc == m->pc && vcpu->far == m->far;

	vcpu->hit = true;
	vcpu->pc = m->pc;
	vcpu->far = m->far;
	return again ? keymap_find(join->keys, (struct key){KEY_VCPU, m->kvm, m->vcpu}) : NULL;
}

static struct incident *new_sea(struct join *join, const struct sea_abort *m)
{
	struct incident *inc = join_open(join, join->ops.find_vm(join->ctx, m->hdr.tgid, m->kvm));

	if (!inc)
		return NULL;
	inc->fields |= INCIDENT_FIELD_SEA | INCIDENT_FIELD_VCPU;
	inc->kvm = m->kvm;
	inc->vcpu = m->vcpu;
	inc->esr = m->esr;
	inc->far = m->far;
	inc->hpfar = m->hpfar;
	inc->pc = m->pc;
	join_key(join, inc, (struct key){KEY_VCPU, m->kvm, m->vcpu});
	return inc;
}

void join_abort(struct join *join, const struct sea_abort *m)
{
	struct incident *inc = retried(join, m);
	bool again = inc;

	/* it comes from the guest, not from the kernel */
	for (int kind = 0; kind <= WINDOW_FAILURE; kind++)
		join_abandon(join, m->hdr.tid, kind);
	if (!inc)
		inc = new_sea(join, m);
	if (!inc)
		return;
	join_count(join, inc, METER_SEA);
	join_touch(join, inc, &m->hdr);
	if (again)
		join_retried(join, inc);
	if (!threads_open(join->threads, m->hdr.tid, WINDOW_SEA, inc, m->hdr.ts_ns))
		join->dropped++;
}

static void end_phase1(struct join *join, uint32_t tid, uint64_t ts_ns)
{
	struct window *sea = threads_window(join->threads, tid, WINDOW_SEA);

	if (!sea)
		return;
	timeline_interval(&sea->inc->time, SPAN_PHASE1, sea->begin_ns, ts_ns);
	join_lap(join, sea->inc, LAP_PHASE1, join_took(sea->begin_ns + sea->nested_ns, ts_ns));
	threads_close(join->threads, tid, WINDOW_SEA);
}

/* Without an abort's mark: the thread took it itself, or that mark is missing. Its VM is the thread's. */
static struct incident *claimed_alone(struct join *join, const struct sea_claim *m)
{
	struct incident *inc = join_open(join, join->ops.find_vm(join->ctx, m->hdr.tgid, 0));

	if (!inc)
		return NULL;
	inc->host_consumed = m->host;
	inc->incomplete = !m->host;
	return inc;
}

static void claim_enter(struct join *join, const struct sea_claim *m)
{
	struct window *sea = threads_window(join->threads, m->hdr.tid, WINDOW_SEA);
	struct incident *inc;

	join_abandon(join, m->hdr.tid, WINDOW_CLAIM);
	inc = sea && !m->host ? sea->inc : claimed_alone(join, m);
	if (!inc)
		return;
	join_touch(join, inc, &m->hdr);
	if (!threads_open(join->threads, m->hdr.tid, WINDOW_CLAIM, inc, m->hdr.ts_ns))
		join->dropped++;
}

static void claim_exit(struct join *join, const struct sea_claim *m)
{
	struct window *claim = threads_window(join->threads, m->hdr.tid, WINDOW_CLAIM);

	if (!claim)
		return;
	join_touch(join, claim->inc, &m->hdr);
	timeline_interval(&claim->inc->time, SPAN_CLAIM, claim->begin_ns, m->hdr.ts_ns);
	join_lap(join, claim->inc, LAP_CLAIM,
		 join_took(claim->begin_ns + claim->nested_ns, m->hdr.ts_ns));
	if (m->ret == 0) {
		join_count(join, claim->inc, METER_CLAIMED);
		end_phase1(join, m->hdr.tid, m->hdr.ts_ns);
	} else {
		join_settle(join, claim->inc);
		if (m->host)
			join_await_object_error(join, claim->inc, &m->hdr);
	}
	threads_close(join->threads, m->hdr.tid, WINDOW_CLAIM);
}

void join_claim(struct join *join, const struct sea_claim *m)
{
	if (m->edge == SEA_ENTER)
		claim_enter(join, m);
	else
		claim_exit(join, m);
}

/*
 * Within a claim only: ghes_proc asks the cache too. And before anything is parsed there: whoever
 * parses asks once more afterwards, also when it drained another CPU's record.
 */
void join_estatus(struct join *join, const struct sea_estatus *m)
{
	struct window *claim = threads_window(join->threads, m->hdr.tid, WINDOW_CLAIM);

	if (!claim || claim->parsed || threads_window(join->threads, m->hdr.tid, WINDOW_RECORD))
		return;
	join_touch(join, claim->inc, &m->hdr);
	if (m->cached)
		join_count(join, claim->inc, METER_DUPLICATE);
	else
		join_key(join, claim->inc, (struct key){KEY_ESTATUS, m->estatus, 0});
}

/* Outside an SEA the same functions serve KVM_SET_VCPU_EVENTS, or a claim that was granted. */
void join_inject(struct join *join, const struct sea_inject *m)
{
	struct window *sea = threads_window(join->threads, m->hdr.tid, WINDOW_SEA);
	struct incident *inc;

	if (!sea)
		return;
	inc = sea->inc;
	join_abandon(join, m->hdr.tid, WINDOW_CLAIM);
	join_touch(join, inc, &m->hdr);
	if (m->how == SEA_INJECT_SERROR)
		join_count(join, inc, METER_SERROR);
	if (m->how == SEA_INJECT_TO_VMM) {
		join_count(join, inc, METER_TO_VMM);
		threads_open(join->threads, m->hdr.tid, WINDOW_TOLD, inc, m->hdr.ts_ns);
	}
	join_settle(join, inc);
	end_phase1(join, m->hdr.tid, m->hdr.ts_ns);
}
