// SPDX-License-Identifier: GPL-2.0-only
/*
 * A matrix, cell by cell (campaign_layout.h).
 */
#include "inject/campaign_layout.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "inject/order.h"

/* One cell. */
struct cell {
	unsigned target;
	const struct group_method *method;
	const struct group_place *place;
	uint32_t vcpu;
	uint64_t count;
};

static struct order order_of(const struct campaign *c, const struct group *group,
			     const struct cell *cell)
{
	struct order order = {
		.id = c->n_shots + 1,
		.vcpu = cell->vcpu,
		.kinds = group->kinds,
		.value = cell->method->value,
		.seed = c->seed,
		.probability = group->probability,
		.after = group->after,
		.every = group->every,
		.at_most = cell->count,
		.delay_ns = group->delay_ns,
		.window_ns = group->window_ns,
		.gap_ns = group->gap_ns,
	};

	if (cell->vcpu != SEA_RULE_ANY_VCPU)
		order.asked |= SEA_PRED_VCPU;
	if (group->kinds)
		order.asked |= SEA_PRED_KIND;
	if (!cell->place->any) {
		order.asked |= SEA_PRED_GPA;
		order.gpa = cell->place->range.gpa;
		order.gpa_len = cell->place->range.len;
	}
	return order;
}

static int add_shot(struct campaign *c, const struct group *group, const struct cell *cell)
{
	const struct method *method = cell->method->method;
	struct campaign_shot *shot = &c->shots[c->n_shots];

	*shot = (struct campaign_shot){
		.target = cell->target,
		.method = method,
		.place = strdup(cell->place->name),
		.order = order_of(c, group, cell),
		.expected = group->expected ? group->expected : method->expected,
		.if_available = group->if_available,
		.timeout_ns = group->timeout_ns,
		.settle_ns = group->settle_ns,
		.line = group->node->at.line,
	};
	if (!shot->place)
		return -ENOMEM;
	c->n_shots++;
	return 0;
}

/* A method is refused once, for the first of its cells that it cannot carry out. */
static void check_orders(const struct campaign *c, const struct group *group,
			 const struct group_method *of, struct mistakes *m)
{
	struct cell cell = {.method = of, .count = group->counts[0].shots};
	char why[160];

	for (unsigned p = 0; p < group->n_places; p++) {
		for (unsigned v = 0; v < group->n_vcpus; v++) {
			struct order order;

			cell.place = &group->places[p];
			cell.vcpu = group->vcpus[v];
			order = order_of(c, group, &cell);
			if (!order_check(&order, of->method, why))
				continue;
			mistakes_add(m, of->node->at, "%s", why);
			return;
		}
	}
}

static int add_method(struct campaign *c, const struct group *group, struct cell *cell)
{
	int err = 0;

	for (unsigned p = 0; p < group->n_places; p++) {
		cell->place = &group->places[p];
		for (unsigned v = 0; v < group->n_vcpus; v++) {
			cell->vcpu = group->vcpus[v];
			for (unsigned n = 0; !err && n < group->n_counts; n++) {
				cell->count = group->counts[n].shots;
				err = add_shot(c, group, cell);
			}
		}
	}
	return err;
}

/* Room for all of them, or a mistake. */
static int make_room(struct campaign *c, const struct group *group, struct mistakes *m)
{
	uint64_t n = (uint64_t)group->n_targets * group->n_methods * group->n_places *
		     group->n_vcpus * group->n_counts; /* at most 2^35 */
	struct campaign_shot *shots;

	if (n > LAYOUT_SHOTS_MAX - c->n_shots) {
		mistakes_add(m, group->node->at,
			     "%" PRIu64 " shots, with %u before them; %d are the most, make the "
			     "matrix smaller",
			     n, c->n_shots, LAYOUT_SHOTS_MAX);
		return -E2BIG;
	}
	if (!n) /* no targets: a mistake of the file, and none of the group */
		return 0;
	shots = reallocarray(c->shots, c->n_shots + n, sizeof(*shots));
	if (!shots)
		return -ENOMEM;
	c->shots = shots;
	return 0;
}

int layout_add(struct campaign *c, const struct group *group, struct mistakes *m)
{
	int err = make_room(c, group, m);
	struct cell cell;

	if (err)
		return err == -E2BIG ? 0 : err;
	for (unsigned i = 0; i < group->n_methods; i++)
		check_orders(c, group, &group->methods[i], m);
	for (unsigned t = 0; t < group->n_targets; t++) {
		cell.target = group->targets[t];
		for (unsigned i = 0; !err && i < group->n_methods; i++) {
			cell.method = &group->methods[i];
			err = add_method(c, group, &cell);
		}
	}
	return err;
}

void layout_free(struct campaign *c)
{
	for (unsigned i = 0; i < c->n_shots; i++)
		free(c->shots[i].place);
	free(c->shots);
}
