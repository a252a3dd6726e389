// SPDX-License-Identifier: GPL-2.0-only
/*
 * request.c - splits command lines and reads numbers. It must not know any verb.
 */
#include "request.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "guest.h"
#include "vm.h"

#define SPACE              " \t\r"
#define DEFAULT_TIMEOUT_MS 60000

bool request_number(const char *word, uint64_t max, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(word, &end, 0);
	return *word >= '0' && *word <= '9' && !*end && !errno && *value <= max;
}

static bool parse_key(struct request *req, const struct vm *vm, const char *word,
		      struct answer *answer)
{
	unsigned int last = vm->config.vcpus - 1;
	uint64_t value;

	if (!strcmp(word, "vcpu=all")) {
		req->vcpu_given = true;
		req->last = last;
	} else if (!strncmp(word, "vcpu=", 5) && request_number(word + 5, last, &value)) {
		req->vcpu_given = true;
		req->first = req->last = value;
	} else if (!strncmp(word, "timeout=", 8) &&
		   request_number(word + 8, UINT32_MAX / 2, &value)) {
		req->timeout_ms = value;
	} else if (!strncmp(word, "async=", 6) && request_number(word + 6, 1, &value)) {
		req->async = value;
	} else {
		answer_error(answer, "\"%s\": expected vcpu=0..%u|all, timeout=MS or async=0|1",
			     word, last);
		return false;
	}
	return true;
}

bool request_parse(struct request *req, const struct vm *vm, char *line, struct answer *answer)
{
	char *rest, *word;

	*req = (struct request){.timeout_ms = DEFAULT_TIMEOUT_MS};
	req->verb = strtok_r(line, SPACE, &rest);
	if (!req->verb) {
		answer_error(answer, "empty command");
		return false;
	}
	while ((word = strtok_r(NULL, SPACE, &rest))) {
		if (strchr(word, '=')) {
			if (!parse_key(req, vm, word, answer))
				return false;
		} else if (req->nargs == REQUEST_MAX_ARGS) {
			answer_error(answer, "too many words");
			return false;
		} else {
			req->arg[req->nargs++] = word;
		}
	}
	return true;
}

bool request_count(const struct request *req, uint64_t max, uint64_t *count, struct answer *answer)
{
	if (request_number(req->arg[0], max, count) && *count)
		return true;
	answer_error(answer, "\"%s\" is no count from 1 to %" PRIu64, req->arg[0], max);
	return false;
}

bool request_page(const char *word, const struct vm *vm, uint64_t *gpa, struct answer *answer)
{
	uint64_t pages = vm->config.mem / vm->page_size, number;

	if (!request_number(word, pages - 1, &number)) {
		answer_error(answer, "\"%s\" is no page from 0 to %" PRIu64, word, pages - 1);
		return false;
	}
	*gpa = GUEST_RAM_GPA + number * vm->page_size;
	return true;
}

/* Any address below 4 GiB, where the guest's own map ends. */
bool request_gpa(const struct request *req, const struct vm *vm, uint64_t *gpa,
		 struct answer *answer)
{
	if (req->nargs == 2 && !strcmp(req->arg[0], "page"))
		return request_page(req->arg[1], vm, gpa, answer);
	if (req->nargs == 1 && request_number(req->arg[0], UINT32_MAX - 7, gpa) && !(*gpa & 7))
		return true;
	answer_error(answer, "expected \"page N\" or a guest physical address, a multiple of 8");
	return false;
}
