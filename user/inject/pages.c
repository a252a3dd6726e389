// SPDX-License-Identifier: GPL-2.0-only
/*
 * From an order to page frames, with what makes it safe (pages.h).
 */
#include "inject/pages.h"

#include "lib/log.h"
#include "lib/util.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *why_no_place(int err)
{
	switch (err) {
	case -ENXIO:
		return "none of its memslots has it";
	case -ENOTUNIQ:
		return "several VMs of the process have it, in different memory";
	case -ENOENT:
		return "the VMM has no page there: never written to, swapped out, or poisoned "
		       "already";
	case -EPERM:
		return "the kernel hides frame numbers: CAP_SYS_ADMIN is needed";
	case -ESRCH:
		return "the process is gone, or holds no VM";
	case -EAGAIN:
		return "the VMM keeps changing its memslots";
	}
	return "it cannot be looked up";
}

/* A place that may be shot at; or -errno. */
static int find_place(struct injector *injector, const struct order *order, uint64_t gpa,
		      struct place *place, char why[160])
{
	int err = slots_place(injector->slots, order->tgid, gpa, place);

	if (err) {
		snprintf(why, 160, "0x%llx: %s (%s)", (unsigned long long)gpa, util_errno(err),
			 why_no_place(err));
	} else if (place->poisoned) {
		err = -EHWPOISON;
		snprintf(why, 160, "0x%llx: its page is poisoned already", (unsigned long long)gpa);
	} else if (place->shared) {
		err = -EMLINK;
		snprintf(why, 160,
			 "0x%llx: other processes have its page too (KSM, or a fork): they would "
			 "be hit",
			 (unsigned long long)gpa);
	}
	return err;
}

static int check_hugetlb(const struct injector *injector, const struct place *place, char why[160])
{
	if (place->kind != PAGE_HUGETLB ||
	    journal_hugetlb(injector->journal) < injector->hugetlb_max)
		return 0;
	snprintf(why, 160,
		 "0x%llx: a hugetlb page, and %u of them were shot at in this boot: that is the "
		 "limit (hugetlb-max)",
		 (unsigned long long)place->gpa, journal_hugetlb(injector->journal));
	return -EDQUOT;
}

static int write_journal(struct injector *injector, const struct method *method,
			 const struct order *order, const struct place *place,
			 struct journal_entry *entry, char why[160])
{
	int err;

	snprintf(entry->vm, sizeof(entry->vm), "%s", injector->vm);
	snprintf(entry->method, sizeof(entry->method), "%s", method->name);
	entry->tgid = order->tgid;
	entry->start_ticks = order->start_ticks;
	entry->pfn = place->pfn;
	entry->gpa = place->gpa;
	entry->kind = place->kind;
	entry->page_size = place->page_size;
	err = journal_add(injector->journal, entry);
	if (err)
		snprintf(why, 160, "journal: %s (nothing is done that is not written down)",
			 util_errno(err));
	return err;
}

/* An entry of which nothing came is closed. */
static void close_entry(struct journal *journal, uint64_t id, const char *why)
{
	int err = journal_done(journal, id, true, why);

	if (err)
		log_warn("journal: %s (entry %llu, of which nothing came, is not marked)",
			 util_errno(err), (unsigned long long)id);
}

/* One page, from its place to the shot. The journal is on the disk before the last look at the place. */
static int shoot(const struct method *method, struct injector *injector, const struct order *order,
		 const struct pages_shot *shot, const struct place *place, char why[160])
{
	struct journal_entry entry = {.what = shot->what};
	bool harmed = false;
	int err = write_journal(injector, method, order, place, &entry, why);

	if (err)
		return err;
	if (!slots_holds(order->tgid, place)) {
		err = -EAGAIN;
		snprintf(why, 160, "0x%llx: its page moved right before the shot",
			 (unsigned long long)place->gpa);
	} else {
		err = shot->hit(order, place, &harmed, why);
	}
	if (err && !harmed)
		close_entry(injector->journal, entry.id, why);
	log_info("%s at 0x%llx: frame 0x%llx of a %s of %llu KiB%s", method->name,
		 (unsigned long long)place->gpa, (unsigned long long)place->pfn,
		 page_kinds[place->kind], (unsigned long long)place->page_size >> 10,
		 err ? ": failed" : "");
	return err;
}

/* Pages that the order's range has; of a range that is no longer than one, as many as are asked for. */
static int check_range(const struct order *order, uint64_t page_size, char why[160])
{
	uint64_t first = order->gpa / page_size;
	uint64_t last = (order->gpa + order->gpa_len - 1) / page_size;

	if (order->gpa_len <= page_size || order->at_most <= last - first + 1)
		return 0;
	snprintf(why, 160, "the range has %llu pages, and %llu are to be hit",
		 (unsigned long long)(last - first + 1), (unsigned long long)order->at_most);
	return -EINVAL;
}

int pages_fire(const struct method *method, struct injector *injector, const struct order *order,
	       const struct pages_shot *shot, char why[160])
{
	uint64_t page_size = sysconf(_SC_PAGESIZE), done;
	int err;

	why[0] = '\0';
	err = check_range(order, page_size, why);
	for (done = 0; !err && done < order->at_most && done < INT32_MAX; done++) {
		uint64_t gpa = (order->gpa & ~(page_size - 1)) + done * page_size;
		struct place place;

		err = find_place(injector, order, gpa, &place, why);
		if (!err)
			err = check_hugetlb(injector, &place, why);
		if (!err && !order->dry_run)
			err = shoot(method, injector, order, shot, &place, why);
		if (err)
			break;
	}
	return done ? (int)done : err;
}
