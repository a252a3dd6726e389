// SPDX-License-Identifier: GPL-2.0-only
/*
 * list.c - shows the error sources, as a table or as JSON. It changes nothing.
 */
#include "firmware.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/exit.h"
#include "lib/hest.h"
#include "source.h"

static json_t *source_json(const struct hest_source *source, int memory)
{
	json_t *json = json_pack("{s:i, s:i}", "id", source->id, "type", source->type);
	uint64_t address;
	char hex[32];
	bool state;

	if (source->type != HEST_GHES && source->type != HEST_GHES_V2)
		return json;
	json_object_set_new(json, "notify", json_string(hest_notify_name(source->notify)));
	json_object_set_new(json, "enabled", json_boolean(source->enabled));
	json_object_set_new(json, "length", json_integer(source->block_length));
	if (!source_block_address(memory, source, &address)) {
		snprintf(hex, sizeof(hex), "%#" PRIx64, address);
		json_object_set_new(json, "block", json_string(hex));
	}
	if (!source_is_full(memory, source, &state))
		json_object_set_new(json, "full", json_boolean(state));
	if (source->type == HEST_GHES_V2 && !source_is_acked(memory, source, &state))
		json_object_set_new(json, "acked", json_boolean(state));
	return json;
}

static const char *text_of(json_t *json, const char *key)
{
	json_t *value = json_object_get(json, key);

	if (json_is_boolean(value))
		return json_is_true(value) ? "yes" : "no";
	return value ? json_string_value(value) : "-";
}

static void print_source(json_t *json)
{
	printf("%4d %4d  %-9s %-7s %-18s %6d  %-4s %s\n",
	       (int)json_integer_value(json_object_get(json, "id")),
	       (int)json_integer_value(json_object_get(json, "type")), text_of(json, "notify"),
	       text_of(json, "enabled"), text_of(json, "block"),
	       (int)json_integer_value(json_object_get(json, "length")), text_of(json, "full"),
	       text_of(json, "acked"));
}

int firmware_list(const struct firmware_options *options)
{
	json_t *all = json_array(), *json;
	struct hest hest;
	size_t i;
	int memory = -1, status = firmware_read_hest(options, &hest);

	if (!status)
		status = firmware_open_memory(options, &memory);
	if (status)
		goto out;
	for (i = 0; i < hest.count; i++)
		json_array_append_new(all, source_json(&hest.sources[i], memory));
	if (options->json) {
		json_dumpf(all, stdout, JSON_COMPACT);
		putchar('\n');
		goto out;
	}
	printf("%4s %4s  %-9s %-7s %-18s %6s  %-4s %s\n", "ID", "TYPE", "NOTIFY", "ENABLED",
	       "BLOCK", "LENGTH", "FULL", "ACKED");
	json_array_foreach(all, i, json) print_source(json);
out:
	if (memory >= 0)
		close(memory);
	json_decref(all);
	return status;
}
