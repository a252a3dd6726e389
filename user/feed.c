// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a session is fed, into the session and into the recording.
 * Must not: find out who a VM is; feed the one without the other.
 */
#include "feed.h"

#include <stdlib.h>
#include <string.h>

#include "trace/recording.h"

struct feed {
	struct session_config config; /* as the caller gave it */
	struct session *session;
	struct recorder *recorder; /* NULL: not recorded */
};

/* --- what the session asks -------------------------------------------------------------------- */

static struct vm *find_vm(void *ctx, uint32_t tid, uint64_t kvm)
{
	struct feed *f = ctx;
	struct vm *vm = f->config.find_vm(f->config.asked, tid, kvm);
	struct recording_answer answer = {
		.kvm = kvm,
		.tid = tid,
		.id = vm ? vm->id : RECORDING_NO_VM,
	};

	if (f->recorder) {
		recorder_vm(f->recorder, vm);
		recorder_write(f->recorder, RECORDING_ANSWER, &answer, sizeof(answer));
	}
	return vm;
}

static int find_vcpu(void *ctx, uint32_t tgid, uint32_t tid)
{
	struct feed *f = ctx;
	int vcpu = f->config.find_vcpu(f->config.asked, tgid, tid);
	struct recording_vcpu answer = {.tgid = tgid, .tid = tid, .vcpu = vcpu};

	if (f->recorder)
		recorder_write(f->recorder, RECORDING_VCPU, &answer, sizeof(answer));
	return vcpu;
}

/* --- what it is fed --------------------------------------------------------------------------- */

struct feed *feed_new(const struct session_config *config, struct sinks *sinks,
		      struct recorder *recorder)
{
	struct feed *f = calloc(1, sizeof(*f));
	struct session_config own = *config;

	if (!f)
		return NULL;
	f->config = *config;
	f->recorder = recorder;
	own.find_vm = find_vm;
	own.find_vcpu = find_vcpu;
	own.asked = f;
	f->session = session_new(&own, sinks);
	if (!f->session) {
		free(f);
		return NULL;
	}
	return f;
}

void feed_free(struct feed *f)
{
	if (!f)
		return;
	session_free(f->session);
	free(f);
}

const struct session *feed_session(const struct feed *f)
{
	return f->session;
}

/* Behind the answers that it asks for: so they are at hand when it is read. */
void feed_mark(struct feed *f, const struct sea_hdr *mark)
{
	session_mark(f->session, mark);
	if (f->recorder)
		recorder_write(f->recorder, RECORDING_MARK, mark, mark->size);
}

void feed_aborts(struct feed *f, struct vm *vm, const struct hist *fresh)
{
	if (f->recorder)
		recorder_aborts(f->recorder, vm, fresh);
	session_aborts(f->session, vm, fresh);
}

void feed_seen(struct feed *f, struct vm *vm)
{
	if (!session_seen(f->session, vm) || !f->recorder)
		return;
	recorder_vm(f->recorder, vm);
	recorder_write(f->recorder, RECORDING_SEEN, &vm->id, sizeof(vm->id));
}

void feed_expire(struct feed *f, uint64_t now_ns)
{
	if (session_deadline(f->session) > now_ns)
		return;
	if (f->recorder)
		recorder_write(f->recorder, RECORDING_EXPIRE, &now_ns, sizeof(now_ns));
	session_expire(f->session, now_ns);
}

/* As they are now: who has ended, above all. */
static void record_vms(struct feed *f)
{
	struct vm *vm;

	for (unsigned i = 0; (vm = session_vm(f->session, i)); i++)
		recorder_vm(f->recorder, vm);
}

/* Who they are is in the recording before they go. */
void feed_tidy(struct feed *f, uint64_t now_ns)
{
	if (f->recorder) {
		record_vms(f);
		recorder_write(f->recorder, RECORDING_TIDY, &now_ns, sizeof(now_ns));
	}
	session_tidy(f->session, now_ns);
}

static void record_rows(struct feed *f, enum sinks_rows when, const struct out_losses *losses,
			uint64_t now_ns)
{
	struct recording_rows rows = {
		.when = when,
		.now_ns = now_ns,
		.refused = losses->refused,
		.dropped = losses->dropped,
	};

	memcpy(rows.lost, losses->marks, sizeof(rows.lost));
	record_vms(f);
	if (losses->aborts)
		recorder_write(f->recorder, RECORDING_UNTIMED, &losses->untimed,
			       sizeof(losses->untimed));
	recorder_write(f->recorder, RECORDING_ROWS, &rows, sizeof(rows));
}

void feed_rows(struct feed *f, enum sinks_rows when, struct out_losses *losses, uint64_t now_ns)
{
	if (f->recorder)
		record_rows(f, when, losses, now_ns);
	session_rows(f->session, when, losses, now_ns);
}
