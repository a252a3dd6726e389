// SPDX-License-Identifier: GPL-2.0-only
/*
 * The journal's pending entries, listed or taken back, as text or as JSON Lines.
 * Must not: know how a thing is taken back (inject/journal.h).
 */
#include "seainject_undo.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "inject/journal.h"
#include "lib/log.h"
#include "lib/util.h"
#include "out/out_json.h"

struct config {
	const char *journal;
	bool list, json;
	int verbose;
};

#define AT(member) offsetof(struct config, member)
static const struct opt options[] = {
	{.name = "list",
	 .key = 'l',
	 .kind = OPT_FLAG,
	 .offset = AT(list),
	 .help = "only show what there is, and what was tried already"},
	{.name = "journal",
	 .arg = "FILE",
	 .kind = OPT_FILE,
	 .offset = AT(journal),
	 .help = "instead of " JOURNAL_PATH},
	{.name = "json",
	 .key = 'j',
	 .kind = OPT_FLAG,
	 .offset = AT(json),
	 .help = "print JSON Lines"},
	{.name = "verbose",
	 .key = 'v',
	 .kind = OPT_COUNT,
	 .offset = AT(verbose),
	 .help = "say more"},
	{0},
};
#undef AT

const struct opt_program seainject_undo_program = {
	.name = "seainject undo",
	.summary = "Takes back what seainject left on this host in this boot, newest first: pages "
		   "that it poisoned, error records that it left unread. The kernel gives a page "
		   "back only when nobody has it any more, so end the VM first; what was in it is "
		   "gone. Exit status 1: something could not be taken back.",
	.examples = "Examples:\n"
		    "  seainject undo --list\n"
		    "  modprobe hwpoison-inject && seainject undo\n"
		    "  seainject undo --json | jq -r 'select(.undone | not) | .note'\n",
	.opts = options,
};

/* --- output ----------------------------------------------------------------------------------- */

struct printing {
	bool json;
	const char *type; /* of a line of JSON */
	int err;          /* the first */
};

static int print_json(const struct printing *p, const struct journal_entry *e)
{
	json_t *line =
		json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:b, s:s}", "schema", "seainject/1",
			  "type", p->type, "id", (json_int_t)e->id, "what", journal_whats[e->what],
			  "vm", e->vm, "method", e->method, "undone", e->undone, "note", e->note);
	char pfn[24], gpa[24];
	int err = 0;

	snprintf(pfn, sizeof(pfn), "0x%llx", (unsigned long long)e->pfn);
	snprintf(gpa, sizeof(gpa), "0x%llx", (unsigned long long)e->gpa);
	if (e->what != JOURNAL_RECORD) {
		json_t *page =
			json_pack("{s:s, s:s, s:s, s:I}", "pfn", pfn, "gpa", gpa, "page",
				  page_kinds[e->kind], "page_size", (json_int_t)e->page_size);

		err = line && page ? json_object_update(line, page) : -1;
		json_decref(page);
	}
	return out_json_line(stdout, line, err);
}

static int print_text(const struct journal_entry *e)
{
	char text[JOURNAL_TEXT];

	printf("%s: %s%s%s\n", journal_text(e, text), e->undone ? "taken back" : "left",
	       e->undone || !*e->note ? "" : ": ", e->undone ? "" : e->note);
	return ferror(stdout) ? -EIO : 0;
}

static void print_entry(const struct journal_entry *entry, void *arg)
{
	struct printing *p = arg;
	int err = p->json ? print_json(p, entry) : print_text(entry);

	if (!p->err)
		p->err = err;
}

/* --- the command ------------------------------------------------------------------------------ */

static int list_all(const struct config *config, struct printing *p)
{
	const struct journal_entry *entry;
	struct journal *journal;
	int exit_code = journal_look(&journal, config->journal);

	p->type = "pending";
	for (unsigned i = 0; !exit_code && (entry = journal_pending(journal, i)); i++)
		print_entry(entry, p);
	if (!exit_code)
		journal_close(journal);
	return exit_code;
}

static int undo_all(const struct config *config, struct printing *p)
{
	struct journal *journal;
	int exit_code = journal_open(&journal, config->journal);

	if (exit_code)
		return exit_code;
	p->type = "undo";
	if (journal_undo_each(journal, print_entry, p))
		exit_code = EXIT_VERDICT;
	journal_close(journal);
	return exit_code;
}

int seainject_undo(int argc, char **argv)
{
	struct config config = {0};
	struct printing printing = {0};
	int exit_code = opt_parse(&seainject_undo_program, argc, argv, &config);

	if (exit_code)
		return opt_exit(exit_code);
	log_setup("seainject", config.verbose);
	printing.json = config.json;
	exit_code = config.list ? list_all(&config, &printing) : undo_all(&config, &printing);
	if (fflush(stdout) && !printing.err)
		printing.err = -errno;
	if (!printing.err)
		return exit_code;
	log_error("stdout: %s (%s)", util_errno(printing.err), strerror(-printing.err));
	return EXIT_ENVIRONMENT;
}
