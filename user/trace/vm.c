/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of VMs (vm.h): identities, and when they end. Names come from vm_name.c.
 */
#include "trace/vm.h"

#include "lib/hash.h"
#include "lib/proc.h"
#include "lib/util.h"
#include "trace/vm_name.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

/* The link text of a VM's descriptor: anon_inode_getfile("kvm-vm"), virt/kvm/kvm_main.c. */
#define KVM_VM_LINK "anon_inode:kvm-vm"

#define CHAINS      256u

struct entry {
	struct vm vm;
	unsigned refs;
	uint64_t checked_ns;     /* when the process was last known to be the same */
	unsigned scan;           /* the last scan that saw the process */
	uint64_t nth;            /* in order of appearance */
	struct hash_link by_kvm; /* while that is known */
	TAILQ_ENTRY(entry) order;
	TAILQ_ENTRY(entry) chain;
	TAILQ_ENTRY(entry) end; /* while gone */
};
TAILQ_HEAD(entries, entry);

/* A process that was seen to be no VMM. */
struct plain {
	uint32_t pid;
	uint64_t start_ticks;
	uint64_t due_ticks; /* its descriptors are listed again then */
};

struct plains {
	struct plain *rows; /* ascending pids, as they are sorted after each scan */
	size_t count, room;
};

struct vmtab {
	char *proc_root;
	uint64_t trust_ns;
	unsigned scan;
	struct entries order; /* of appearance */
	uint64_t appeared;    /* so many */
	struct hash by_kvm;
	struct entries gone; /* oldest end first */
	unsigned gone_count;
	struct entries chains[CHAINS]; /* by tgid */
	struct entry **by_id;          /* NULL: free */
	uint32_t id_count;
	struct plains plains;
};

static struct entry *entry_of(const struct vm *vm)
{
	return UTIL_CONTAINER(vm, struct entry, vm);
}

static struct entries *chain_of(const struct vmtab *t, uint32_t tgid)
{
	return (struct entries *)&t->chains[tgid % CHAINS];
}

/* --- life ------------------------------------------------------------------------------------- */

struct vmtab *vmtab_new(const char *proc_root)
{
	struct vmtab *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->proc_root = strdup(proc_root ? proc_root : "/proc");
	if (!t->proc_root || hash_init(&t->by_kvm, CHAINS)) {
		free(t->proc_root);
		free(t);
		return NULL;
	}
	t->trust_ns = VMTAB_TRUST_NS;
	TAILQ_INIT(&t->order);
	TAILQ_INIT(&t->gone);
	for (unsigned i = 0; i < CHAINS; i++)
		TAILQ_INIT(&t->chains[i]);
	return t;
}

static void link_kvm(struct vmtab *t, struct entry *e)
{
	if (e->vm.kvm)
		hash_add(&t->by_kvm, &e->by_kvm, hash_mix(0, e->vm.kvm));
}

static void unlink_kvm(struct vmtab *t, struct entry *e)
{
	if (e->vm.kvm)
		hash_remove(&t->by_kvm, &e->by_kvm);
}

static void add_entry(struct vmtab *t, struct entry *e)
{
	e->nth = t->appeared++;
	link_kvm(t, e);
	TAILQ_INSERT_TAIL(&t->order, e, order);
	TAILQ_INSERT_TAIL(chain_of(t, e->vm.tgid), e, chain);
}

static void remove_entry(struct vmtab *t, struct entry *e)
{
	unlink_kvm(t, e);
	TAILQ_REMOVE(&t->order, e, order);
	TAILQ_REMOVE(chain_of(t, e->vm.tgid), e, chain);
	if (e->vm.gone) {
		TAILQ_REMOVE(&t->gone, e, end);
		t->gone_count--;
	}
	t->by_id[e->vm.id] = NULL;
	free(e);
}

void vmtab_free(struct vmtab *t)
{
	if (!t)
		return;
	while (!TAILQ_EMPTY(&t->order))
		remove_entry(t, TAILQ_FIRST(&t->order));
	hash_clear(&t->by_kvm);
	free(t->by_id);
	free(t->plains.rows);
	free(t->proc_root);
	free(t);
}

struct vm *vm_hold(struct vm *vm)
{
	entry_of(vm)->refs++;
	return vm;
}

void vm_put(struct vm *vm)
{
	if (vm)
		entry_of(vm)->refs--;
}

void vmtab_set_trust(struct vmtab *t, uint64_t ns)
{
	t->trust_ns = ns;
}

static void mark_gone(struct vmtab *t, struct entry *e)
{
	if (e->vm.gone)
		return;
	e->vm.gone = true;
	TAILQ_INSERT_TAIL(&t->gone, e, end);
	t->gone_count++;
}

/* Down to `most` gone VMs, oldest first; those that are held stay. */
static void recycle(struct vmtab *t, unsigned most)
{
	struct entry *e, *next;

	for (e = TAILQ_FIRST(&t->gone); e && t->gone_count > most; e = next) {
		next = TAILQ_NEXT(e, end);
		if (!e->refs)
			remove_entry(t, e);
	}
}

/* --- creation --------------------------------------------------------------------------------- */

/* A VM that was started again: no scan has seen yet that the old process has ended. */
static bool still_lives(struct vmtab *t, struct entry *e)
{
	struct proc_stat stat;
	int err;

	if (e->vm.gone)
		return false;
	err = proc_stat(t->proc_root, e->vm.tgid, &stat);
	if (err == -ENOENT || err == -ESRCH ||
	    (!err && (stat.dead || stat.start_ticks != e->vm.start_ticks)))
		mark_gone(t, e);
	return !e->vm.gone;
}

static bool name_taken(struct vmtab *t, const char *name)
{
	struct entry *e;

	for (e = TAILQ_FIRST(&t->order); e; e = TAILQ_NEXT(e, order))
		if (!strcmp(e->vm.name, name) && still_lives(t, e))
			return true;
	return false;
}

/* The second of a name is `name#2`; a long name is cut so that its number fits. */
static void make_unique(struct vmtab *t, char name[VM_NAME_SIZE])
{
	char base[VM_NAME_SIZE];

	strcpy(base, name);
	for (unsigned n = 2; name_taken(t, name); n++) {
		char number[16];
		size_t len = snprintf(number, sizeof(number), "#%u", n);

		util_clean(name, VM_NAME_SIZE - len, base, strlen(base));
		strcat(name, number);
	}
}

/* The lowest free index. */
static int take_id(struct vmtab *t, struct entry *e)
{
	uint32_t id = 0, room;
	struct entry **more;

	while (id < t->id_count && t->by_id[id])
		id++;
	if (id == t->id_count) {
		room = t->id_count ? t->id_count * 2 : 16;
		more = reallocarray(t->by_id, room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		memset(more + t->id_count, 0, (room - t->id_count) * sizeof(*more));
		t->by_id = more;
		t->id_count = room;
	}
	t->by_id[id] = e;
	e->vm.id = id;
	return 0;
}

/* stat NULL: the process could not be looked at. */
static struct entry *create(struct vmtab *t, uint32_t tgid, uint64_t kvm,
			    const struct proc_stat *stat)
{
	struct entry *e;

	/* Before there is a new one: it must not be the one that goes. */
	recycle(t, VMTAB_GONE_MAX - 1);
	e = calloc(1, sizeof(*e));
	if (!e || take_id(t, e)) {
		free(e);
		return NULL;
	}
	e->vm.tgid = tgid;
	e->vm.kvm = kvm;
	e->vm.named = vm_name(e->vm.name, t->proc_root, tgid);
	make_unique(t, e->vm.name);
	vm_uuid(e->vm.uuid, t->proc_root, tgid);
	if (stat) {
		e->vm.start_ticks = stat->start_ticks;
		memcpy(e->vm.comm, stat->comm, sizeof(e->vm.comm));
	}
	e->scan = t->scan;
	add_entry(t, e);
	return e;
}

struct vm *vmtab_told(struct vmtab *t, struct vm *known, const struct vm *told)
{
	bool was_gone = known && known->gone;
	struct entry *e;
	uint32_t id;

	if (!known)
		recycle(t, VMTAB_GONE_MAX - 1);
	e = known ? entry_of(known) : calloc(1, sizeof(*e));
	if (!e || (!known && take_id(t, e))) {
		free(e);
		return NULL;
	}
	id = e->vm.id;
	unlink_kvm(t, e);
	e->vm = *told;
	e->vm.id = id;
	e->vm.gone = was_gone;
	if (told->gone)
		mark_gone(t, e);
	if (known)
		link_kvm(t, e);
	else
		add_entry(t, e);
	return &e->vm;
}

/* --- finding ---------------------------------------------------------------------------------- */

/* What a VM has to be for find(); a NULL criterion does not matter. */
struct wanted {
	uint32_t tgid;
	const uint64_t *start_ticks;
	const uint64_t *kvm;
};

static bool matches(const struct entry *e, const struct wanted *w)
{
	return e->vm.tgid == w->tgid && (!w->kvm || e->vm.kvm == *w->kvm) &&
	       (!w->start_ticks || e->vm.start_ticks == *w->start_ticks);
}

/* The first that lives, else the last that is gone. */
static struct entry *find(const struct vmtab *t, const struct wanted *w)
{
	struct entry *e, *gone = NULL;

	for (e = TAILQ_FIRST(chain_of(t, w->tgid)); e; e = TAILQ_NEXT(e, chain)) {
		if (!matches(e, w))
			continue;
		if (!e->vm.gone)
			return e;
		gone = e;
	}
	return gone;
}

struct vm *vmtab_find(const struct vmtab *t, uint32_t tgid)
{
	struct entry *e = find(t, &(struct wanted){.tgid = tgid});

	return e ? &e->vm : NULL;
}

struct vm *vmtab_find_kvm(const struct vmtab *t, uint64_t kvm)
{
	struct entry *alive = NULL, *gone = NULL, *e;

	HASH_EACH(link, &t->by_kvm, hash_mix(0, kvm))
	{
		e = UTIL_CONTAINER(link, struct entry, by_kvm);
		if (e->vm.kvm != kvm)
			continue;
		if (e->vm.gone)
			gone = !gone || e->nth > gone->nth ? e : gone;
		else
			alive = !alive || e->nth < alive->nth ? e : alive;
	}
	if (!alive)
		alive = gone;
	return alive ? &alive->vm : NULL;
}

struct vm *vmtab_each(const struct vmtab *t, const struct vm *after)
{
	struct entry *e = after ? TAILQ_NEXT(entry_of(after), order) : TAILQ_FIRST(&t->order);

	return e ? &e->vm : NULL;
}

/* All VMs of a process id whose process is not the one that started at `start`; NULL: all. */
static void end_others(struct vmtab *t, uint32_t tgid, const uint64_t *start)
{
	struct entry *e;

	for (e = TAILQ_FIRST(chain_of(t, tgid)); e; e = TAILQ_NEXT(e, chain))
		if (e->vm.tgid == tgid && (!start || e->vm.start_ticks != *start))
			mark_gone(t, e);
}

/* A process as vmtab_get() finds it. */
struct process {
	bool ended; /* no such process any more, or a zombie */
	bool known; /* stat is filled */
	struct proc_stat stat;
};

static void look_up(const struct vmtab *t, uint32_t tgid, struct process *p)
{
	int err = proc_stat(t->proc_root, tgid, &p->stat);

	p->known = !err;
	p->ended = err ? err == -ENOENT || err == -ESRCH : p->stat.dead;
}

/*
 * The VM itself, or one of the same process whose pointer nobody has named yet. kvm 0: whichever.
 * In a process that lives, what is gone does not come back: it runs another VM now.
 */
static struct entry *find_or_complete(struct vmtab *t, uint32_t tgid, const struct process *p,
				      uint64_t kvm)
{
	static const uint64_t unnamed;
	struct wanted w = {
		.tgid = tgid,
		.start_ticks = p->known ? &p->stat.start_ticks : NULL,
		.kvm = kvm ? &kvm : NULL,
	};
	struct entry *e = find(t, &w);

	if (e || !kvm)
		return e;
	w.kvm = &unnamed;
	e = find(t, &w);
	if (!e || (e->vm.gone && !p->ended))
		return NULL;
	e->vm.kvm = kvm;
	link_kvm(t, e);
	return e;
}

struct vm *vmtab_get(struct vmtab *t, uint32_t tgid, uint64_t kvm)
{
	const struct wanted same = {.tgid = tgid, .kvm = kvm ? &kvm : NULL};
	uint64_t now = util_clock_ns(CLOCK_MONOTONIC);
	struct entry *e = find(t, &same);
	struct process p;

	if (e && now - e->checked_ns < t->trust_ns)
		return &e->vm;
	look_up(t, tgid, &p);
	if (p.known || p.ended)
		end_others(t, tgid, p.known ? &p.stat.start_ticks : NULL);
	e = find_or_complete(t, tgid, &p, kvm);
	if (!e)
		e = create(t, tgid, kvm, p.known ? &p.stat : NULL);
	if (!e)
		return NULL;
	if (p.ended)
		mark_gone(t, e);
	e->checked_ns = now;
	return &e->vm;
}

uint32_t vmtab_tgid(const struct vmtab *t, uint32_t tid)
{
	return proc_tgid(t->proc_root, tid);
}

int vmtab_vcpu(const struct vmtab *t, uint32_t tgid, uint32_t tid)
{
	char comm[16];

	return proc_comm(t->proc_root, tgid, tid, comm) ? -1 : vm_vcpu_of_comm(comm);
}

struct vm *vmtab_owner(struct vmtab *t, uint32_t tid_or_tgid)
{
	uint32_t tgid = vmtab_tgid(t, tid_or_tgid);
	struct proc_stat stat;
	struct entry *e;

	if (!tgid)
		return vmtab_find(t, tid_or_tgid);
	if (proc_stat(t->proc_root, tgid, &stat))
		return vmtab_find(t, tgid);
	e = find(t, &(struct wanted){.tgid = tgid, .start_ticks = &stat.start_ticks});
	if (e)
		return &e->vm;
	if (proc_holds(t->proc_root, tgid, KVM_VM_LINK) <= 0)
		return NULL;
	return vmtab_get(t, tgid, 0);
}

/* --- scan ------------------------------------------------------------------------------------- */

struct scan {
	struct vmtab *t;
	struct plains plains;
	uint64_t now_ticks;
	uint64_t old_ticks;   /* started at or before: old */
	uint64_t again_ticks; /* VMTAB_AGAIN_SECONDS */
};

static int by_pid(const void *a, const void *b)
{
	uint32_t x = ((const struct plain *)a)->pid, y = ((const struct plain *)b)->pid;

	return (x > y) - (x < y);
}

/* What is known of a process that need not be looked at yet, or NULL. */
static const struct plain *find_plain(const struct plains *plains, uint32_t pid,
				      const struct scan *scan, uint64_t start_ticks)
{
	const struct plain key = {.pid = pid};
	const struct plain *row;

	if (!plains->count)
		return NULL;
	row = bsearch(&key, plains->rows, plains->count, sizeof(key), by_pid);
	return row && row->start_ticks == start_ticks && scan->now_ticks < row->due_ticks ? row
											  : NULL;
}

static int add_plain(struct plains *plains, struct plain plain)
{
	if (plains->count == plains->room) {
		size_t room = plains->room ? plains->room * 2 : 256;
		struct plain *more = reallocarray(plains->rows, room, sizeof(*more));

		if (!more)
			return -ENOMEM;
		plains->rows = more;
		plains->room = room;
	}
	plains->rows[plains->count++] = plain;
	return 0;
}

/* Half to one and a half of the time from now, by process id: not all of them in one scan. */
static uint64_t look_again(const struct scan *scan, uint32_t pid)
{
	return scan->now_ticks + scan->again_ticks / 2 + pid * 2654435761ULL % scan->again_ticks;
}

/* This scan has seen the VMs of this very process. */
static void touch(struct vmtab *t, uint32_t pid, uint64_t start_ticks)
{
	struct entry *e;

	for (e = TAILQ_FIRST(chain_of(t, pid)); e; e = TAILQ_NEXT(e, chain))
		if (e->vm.tgid == pid && e->vm.start_ticks == start_ticks)
			e->scan = t->scan;
}

static int look(uint32_t pid, void *arg)
{
	struct scan *scan = arg;
	struct vmtab *t = scan->t;
	const struct plain *plain;
	struct proc_stat stat;
	const struct entry *e;
	bool known;
	int holds;

	if (proc_stat(t->proc_root, pid, &stat) || stat.dead)
		return 0;
	e = find(t, &(struct wanted){.tgid = pid, .start_ticks = &stat.start_ticks});
	known = e && !e->vm.gone;
	plain = known ? NULL : find_plain(&t->plains, pid, scan, stat.start_ticks);
	if (plain)
		return add_plain(&scan->plains, *plain);
	holds = proc_holds(t->proc_root, pid, KVM_VM_LINK);
	/* What cannot be looked into is not known to have given up its VM. */
	if (known && holds)
		touch(t, pid, stat.start_ticks);
	if (holds > 0 && !known)
		return create(t, pid, 0, &stat) ? 0 : -ENOMEM;
	if (!holds && !known && stat.start_ticks <= scan->old_ticks)
		return add_plain(&scan->plains,
				 (struct plain){pid, stat.start_ticks, look_again(scan, pid)});
	return 0;
}

/* Those that this scan did not see have ended; returns how many have not. */
static int end_unseen(struct vmtab *t)
{
	struct entry *e;
	int live = 0;

	for (e = TAILQ_FIRST(&t->order); e; e = TAILQ_NEXT(e, order)) {
		if (e->scan != t->scan)
			mark_gone(t, e);
		live += !e->vm.gone;
	}
	return live;
}

int vmtab_scan(struct vmtab *t)
{
	uint64_t second = sysconf(_SC_CLK_TCK), young = VMTAB_YOUNG_SECONDS * second;
	uint64_t now = proc_now_ticks(t->proc_root);
	struct scan scan = {
		.t = t,
		.now_ticks = now,
		.old_ticks = now > young ? now - young : 0,
		.again_ticks = VMTAB_AGAIN_SECONDS * second,
	};
	int err, live;

	t->scan++;
	err = proc_each(t->proc_root, look, &scan);
	if (err) {
		/* Half a scan ends nobody. */
		free(scan.plains.rows);
		return err;
	}
	if (scan.plains.count)
		qsort(scan.plains.rows, scan.plains.count, sizeof(*scan.plains.rows), by_pid);
	free(t->plains.rows);
	t->plains = scan.plains;
	live = end_unseen(t);
	recycle(t, VMTAB_GONE_MAX);
	return live;
}
