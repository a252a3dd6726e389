// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_boot.c - the parts of vmtest-boot that need no machine: which lines are splats, what a console
 * says, and that the command's output passes byte for byte up to its mark. The lists are the real ones.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "vmtest/boot/console.h"
#include "vmtest/boot/splat.h"
#include "vmtest/boot/stream.h"

#define DENY  "vmtest/splats.deny"
#define ALLOW "vmtest/splats.allow"
#define MARK  "vmtest-end:0123456789abcdef"

static const char *const splats[] = {
	"[    2.197933] WARNING: CPU: 1 PID: 77 at kernel/trace/ftrace.c:2180 "
	"ftrace_bug+0x90/0x2b8",
	"[    2.197933][   T77] WARNING: possible circular locking dependency detected",
	"WARNING: made up",
	"[   12.000000] BUG: KASAN: slab-out-of-bounds in kvm_handle_guest_abort+0x40/0x1d0",
	"[   12.000000] BUG: kernel NULL pointer dereference, address: 0000000000000008",
	"[   12.000000] BUG: sleeping function called from invalid context at mm/page_alloc.c:1",
	"[   12.000000] watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [seatrace:90]",
	"[   12.000000] kernel BUG at mm/memory-failure.c:1234!",
	"[   12.000000] Unable to handle kernel paging request at virtual address dead000000000108",
	"[   12.000000] Internal error: Oops: 0000000096000044 [#1] SMP",
	"[   12.000000] Internal error: synchronous external abort: 0000000096000410 [#1] SMP",
	"[   12.000000] rcu: INFO: rcu_preempt self-detected stall on CPU",
	"[   12.000000] rcu: INFO: rcu_sched detected expedited stalls on CPUs/tasks: { 1-... }",
	"[   12.000000] INFO: task kworker/0:1:9 blocked for more than 120 seconds.",
	"[   12.000000] UBSAN: array-index-out-of-bounds in drivers/acpi/apei/ghes.c:1:2",
	"[   12.000000] refcount_t: underflow; use-after-free.",
	"[   12.000000] list_del corruption. prev->next should be ffff000001, but was 0",
};

/* What the errors that we provoke on purpose make a healthy kernel say. */
static const char *const harmless[] = {
	"[    0.000000] Linux version 6.12.107+deb13-cloud-arm64",
	"[    3.100000] {1}[Hardware Error]: Hardware error from APEI Generic Hardware Error "
	"Source: 0",
	"[    3.100000] {1}[Hardware Error]: event severity: recoverable",
	"[    3.100000] Memory failure: 0x10a000: recovery action for dirty LRU page: Recovered",
	"[    3.100000] Memory failure: 0x10a000: Sending SIGBUS to vm-a:99 due to hardware memory "
	"corruption",
	"[    3.100000] kvm [99]: nv: 0 coarse grained trap handlers",
	"[    3.100000] EDAC MC0: 1 UE memory read error",
	"[    3.100000] rcu: INFO: not a stall",
	"[    3.100000] ACPI: BUGS are not what this is about",
};

static struct splat *lists(void)
{
	struct splat *splat = splat_new(DENY, ALLOW);

	assert_non_null(splat);
	return splat;
}

static void splats_are_told_from_what_we_provoke(void **state)
{
	struct splat *splat = lists();

	(void)state;
	for (size_t i = 0; i < sizeof(splats) / sizeof(*splats); i++)
		if (!splat_match(splat, splats[i]))
			fail_msg("not a splat: %s", splats[i]);
	for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++)
		if (splat_match(splat, harmless[i]))
			fail_msg("a splat: %s", harmless[i]);
	splat_free(splat);
}

/* A scratch file with this text; the caller frees the name, which outlives the file. */
static char *scratch(const char *text)
{
	char *path = strdup("/tmp/test_boot.XXXXXX");
	int fd;

	assert_non_null(path);
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return path;
}

static struct splat *read_lists(const char *deny_text, const char *allow_text)
{
	char *deny = scratch(deny_text), *allow = scratch(allow_text);
	struct splat *splat = splat_new(deny, allow);

	unlink(deny);
	unlink(allow);
	free(deny);
	free(allow);
	return splat;
}

static void lists_are_read_as_they_say(void **state)
{
	struct splat *splat =
		read_lists("# head\n\nOops.*\\[#1\\]\t# a hash inside stays\nBUG:#x\n",
			   "made up  # by a test\n");

	(void)state;
	assert_non_null(splat);
	assert_true(splat_match(splat, "Oops: 0 [#1] SMP"));
	assert_false(splat_match(splat, "Oops: 0 [#2] SMP"));
	assert_true(splat_match(splat, "BUG:#x"));
	assert_false(splat_match(splat, "BUG:"));
	assert_false(splat_match(splat, "Oops: made up [#1]"));
	assert_false(splat_match(splat, ""));
	splat_free(splat);
}

static void bad_lists_are_refused(void **state)
{
	(void)state;
	assert_null(read_lists("BUG:\n", "allowed without a reason\n"));
	assert_null(read_lists("BUG: (\n", ""));
	assert_null(splat_new("/nonexistent", ALLOW));
}

static const struct console_seen *feed(struct console *console, const char *text)
{
	/* The serial line brings bytes as it likes. */
	for (; *text; text++)
		console_feed(console, text, 1);
	return console_seen(console);
}

static void console_sees_what_matters(void **state)
{
	struct splat *splat = lists();
	char *path = scratch("old"), log[64];
	struct console *console = console_new(path, splat, MARK);
	const struct console_seen *seen;
	int fd;

	(void)state;
	assert_non_null(console);
	seen = feed(console, "\033[2J[ 1.0] all is well\r\n\r\n");
	assert_string_equal(seen->last, "[2J[ 1.0] all is well");
	assert_int_equal(seen->splats, 0);
	feed(console, "[ 2.0] WARNING: one\r\n[ 2.1] BUG: two\r\n[ 2.2] Kernel panic - not");
	assert_string_equal(seen->panic, "");
	feed(console, " syncing: WARNING: three\r\n[ 2.3] Kernel panic - not syncing: again\r\n");
	assert_int_equal(seen->splats, 2);
	assert_string_equal(seen->splat[0].line, "[ 2.0] WARNING: one");
	assert_string_equal(seen->panic, "Kernel panic - not syncing: WARNING: three");
	assert_false(seen->end);
	feed(console, "[ 2.4] " MARK "\r\n");
	assert_true(seen->end);
	console_free(console);

	fd = open(path, O_RDONLY);
	assert_int_equal(read(fd, log, 25), 25); /* anew, and as it came */
	assert_memory_equal(log, "\033[2J[ 1.0] all is well\r\n\r", 25);
	close(fd);
	unlink(path);
	free(path);
	splat_free(splat);
}

static void endless_lines_are_cut(void **state)
{
	struct splat *splat = lists();
	struct console *console = console_new("/dev/null", splat, MARK);

	(void)state;
	for (int i = 0; i < 100000; i++)
		console_feed(console, "x", 1);
	feed(console, "\n[ 1.0] WARNING: behind it\n");
	assert_int_equal(console_seen(console)->splats, 1);
	console_free(console);
	splat_free(splat);
}

struct pipe {
	struct stream stream;
	int port; /* the host's side */
	int out;  /* the user's side */
};

static struct pipe *pipe_new(void)
{
	struct pipe *made = calloc(1, sizeof(*made));
	int port[2], out[2];

	assert_non_null(made);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, port), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, out), 0);
	made->port = port[0];
	made->stream = (struct stream){.in = port[1], .out = out[1], .end = MARK};
	made->out = out[0];
	return made;
}

static void pipe_free(struct pipe *made)
{
	close(made->port);
	close(made->out);
	close(made->stream.in);
	close(made->stream.out);
	free(made);
}

/* Moves what can be moved at once; gives what has come out in all since the last call. */
static size_t move(struct pipe *made, char *got, size_t size)
{
	struct pollfd fds[2];
	ssize_t some;
	size_t len = 0;

	for (;;) {
		stream_poll(&made->stream, fds);
		if (poll(fds, 2, 0) <= 0)
			break;
		stream_move(&made->stream, fds);
		while ((some = recv(made->out, got + len, size - len, MSG_DONTWAIT)) > 0)
			len += some;
	}
	return len;
}

static void assert_moves(struct pipe *made, const char *in, const char *out)
{
	char got[4096];
	size_t len;

	assert_int_equal(write(made->port, in, strlen(in)), strlen(in));
	len = move(made, got, sizeof(got) - 1);
	got[len] = 0;
	assert_string_equal(got, out);
}

static void output_passes_up_to_the_mark(void **state)
{
	struct pipe *made = pipe_new();

	(void)state;
	assert_moves(made, "at once", "at once");
	assert_moves(made, "vmtest-e", ""); /* may be the mark */
	assert_moves(made, "xit", "vmtest-exit");
	assert_moves(made, "vvmtest-", "v");
	assert_moves(made, "vmtest-end:01234567", "vmtest-");
	assert_false(stream_done(&made->stream));
	assert_moves(made, "89abcdef", "");
	assert_true(made->stream.ended);
	assert_true(stream_done(&made->stream));
	pipe_free(made);
}

static void a_torn_mark_is_output(void **state)
{
	struct pipe *made = pipe_new();
	char got[64];

	(void)state;
	assert_moves(made, "half a vmtest-end:0123", "half a ");
	shutdown(made->port, SHUT_WR);
	assert_int_equal(move(made, got, sizeof(got)), strlen("vmtest-end:0123"));
	assert_true(stream_done(&made->stream));
	assert_false(made->stream.ended);
	pipe_free(made);
}

static void output_is_whole_however_it_is_cut(void **state)
{
	enum { SIZE = 300000 };
	struct pipe *made = pipe_new();
	char *sent = malloc(SIZE), *got = malloc(SIZE);
	size_t in = 0, out = 0;

	(void)state;
	assert_true(sent && got);
	for (int i = 0; i < SIZE; i++)
		sent[i] = i * 2654435761u >> 24; /* every byte, zero among them */
	while (in < SIZE) {
		size_t most = in % 7919 + 1;
		ssize_t done = send(made->port, sent + in, SIZE - in < most ? SIZE - in : most,
				    MSG_DONTWAIT);

		if (done > 0)
			in += done;
		out += move(made, got + out, SIZE - out);
	}
	out += move(made, got + out, SIZE - out);
	assert_int_equal(out, SIZE);
	assert_memory_equal(sent, got, SIZE);
	free(sent);
	free(got);
	pipe_free(made);
}

static void a_reader_that_left_holds_nothing_up(void **state)
{
	struct pipe *made = pipe_new();

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	close(made->out);
	made->out = dup(made->port); /* so that pipe_free() has one to close */
	for (int i = 0; i < 3; i++) {
		struct pollfd fds[2];

		assert_int_equal(write(made->port, "x", 1), 1);
		for (int turn = 0; turn < 2; turn++) {
			stream_poll(&made->stream, fds);
			poll(fds, 2, 0);
			stream_move(&made->stream, fds);
		}
		assert_int_equal(made->stream.len, 0);
	}
	assert_int_equal(made->stream.error, -EPIPE);
	pipe_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splats_are_told_from_what_we_provoke),
		cmocka_unit_test(lists_are_read_as_they_say),
		cmocka_unit_test(bad_lists_are_refused),
		cmocka_unit_test(console_sees_what_matters),
		cmocka_unit_test(endless_lines_are_cut),
		cmocka_unit_test(output_passes_up_to_the_mark),
		cmocka_unit_test(a_torn_mark_is_output),
		cmocka_unit_test(output_is_whole_however_it_is_cut),
		cmocka_unit_test(a_reader_that_left_holds_nothing_up),
	};

	return cmocka_run_group_tests_name("boot", tests, NULL, NULL);
}
