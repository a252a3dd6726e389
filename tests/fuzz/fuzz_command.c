// SPDX-License-Identifier: GPL-2.0-only
/*
 * The two texts of --exec: the command, split without a shell, and the user it runs as, with a passwd
 * and a group file that may be anything. No word gets lost, none is made up.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/account.h"
#include "lib/command.h"
#include "tests/fuzz/fuzz.h"

#define BLANKS " \t"

static void check_words(const struct command *command, const char *text)
{
	char **word = command->argv;

	for (text += strspn(text, BLANKS); *text; text += strspn(text, BLANKS)) {
		size_t len = strcspn(text, BLANKS);

		FUZZ_CHECK(*word && strlen(*word) == len && !memcmp(*word, text, len));
		text += len;
		word++;
	}
	FUZZ_CHECK(!*word);
}

static void command(struct fuzz_input *in)
{
	char *text = fuzz_text(in, fuzz_left(in));
	struct command command;
	struct stat st;
	int err = command_parse(&command, text);

	if (!err) {
		FUZZ_CHECK(*command.program == '/' && !stat(command.program, &st));
		FUZZ_CHECK(S_ISREG(st.st_mode) && st.st_mode & 0111);
		check_words(&command, text);
		command_free(&command);
	} else {
		FUZZ_CHECK(err == -EINVAL || err == -ENOENT || err == -EACCES ||
				   err == -ENAMETOOLONG || err == -ENOTDIR || err == -ELOOP,
			   "%d", err);
	}
	free(text);
}

static void put_file(const char *name, struct fuzz_input *in)
{
	size_t len = fuzz_take(in, 2), left = fuzz_left(in);
	char path[PATH_MAX], *text = fuzz_text(in, len);
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", fuzz_dir(), name);
	file = fopen(path, "we");
	FUZZ_CHECK(file);
	fwrite(text, 1, len < left ? len : left, file);
	fclose(file);
	free(text);
}

static void account(struct fuzz_input *in)
{
	struct account account;
	char *who;
	int err;

	put_file("passwd", in);
	put_file("group", in);
	who = fuzz_text(in, fuzz_left(in));
	err = account_find(&account, fuzz_dir(), who);
	FUZZ_CHECK(!err || err == -ENOENT || err == -EINVAL || err == -E2BIG, "%d", err);
	if (!err)
		FUZZ_CHECK(account.n_groups <= ACCOUNT_GROUPS_MAX);
	free(who);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, data + size};

	if (fuzz_take(&in, 1) & 1)
		account(&in);
	else
		command(&in);
	return 0;
}
