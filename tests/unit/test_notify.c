/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/notify: what a real datagram socket gets, at a path and in the abstract name space; addresses. */
#include "tests/unit/tree.h"

#include "lib/notify.h"

#define TEXT "READY=1\nSTATUS=on"

/* A listener at this address, as notify_open() takes it. */
static int listen_at(const char *address)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	bool abstract = address[0] == '@';
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	assert_return_code(fd, errno);
	memcpy(at.sun_path, address, strlen(address));
	if (abstract)
		at.sun_path[0] = '\0';
	assert_return_code(
		bind(fd, (struct sockaddr *)&at,
		     offsetof(struct sockaddr_un, sun_path) + strlen(address) + !abstract),
		errno);
	return fd;
}

static void hears(int fd, const char *text)
{
	char got[256];
	ssize_t n = recv(fd, got, sizeof(got), 0);

	assert_int_equal(n, strlen(text)); /* no NUL at its end */
	assert_memory_equal(got, text, n);
}

static void goes_round(const char *address)
{
	int fd = listen_at(address);
	struct notify n;

	assert_int_equal(notify_open(&n, address), 0);
	assert_int_equal(notify_send(&n, TEXT, true), 0);
	assert_int_equal(notify_send(&n, "STOPPING=1", false), 0);
	hears(fd, TEXT);
	hears(fd, "STOPPING=1");
	close(fd);
	notify_close(&n);
	notify_close(&n);
	assert_int_equal(notify_send(&n, TEXT, true), 0); /* to nobody */
}

/* The longest that fit, too: the abstract one fills sun_path, the path leaves room for its NUL. */
static void abstract(void **state)
{
	char address[sizeof(((struct sockaddr_un *)0)->sun_path) + 2] = "";

	(void)state;
	snprintf(address, sizeof(address), "@test_notify-%d", getpid());
	goes_round(address);
	memset(address + strlen(address), 'x', sizeof(address) - 2 - strlen(address));
	goes_round(address);
}

static void path(void **state)
{
	const size_t longest = sizeof(((struct sockaddr_un *)0)->sun_path) - 1;
	char folder[32], address[160];
	struct notify n;

	(void)state;
	tree_make(folder);
	snprintf(address, sizeof(address), "%s/s", folder);
	goes_round(address);
	memset(address + strlen(address), 'x', sizeof(address) - strlen(address));
	address[longest] = '\0';
	goes_round(address);
	address[longest] = 'x';
	address[longest + 1] = '\0';
	assert_int_equal(notify_open(&n, address), -ENAMETOOLONG);
	assert_int_equal(n.fd, -1);
	tree_remove(folder);
}

static void bad_addresses(void **state)
{
	const char *bad[] = {"/", "@", "run/notify", "vsock:2:1234", " /run/notify"};
	struct notify n;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(notify_open(&n, bad[i]), -EINVAL);
		assert_int_equal(n.fd, -1);
		assert_int_equal(notify_send(&n, TEXT, true), 0);
	}
}

static void nobody(void **state)
{
	struct notify n;

	(void)state;
	assert_int_equal(notify_open(&n, NULL), 0);
	assert_int_equal(notify_send(&n, TEXT, true), 0);
	assert_int_equal(notify_open(&n, ""), 0);
	assert_int_equal(n.fd, -1);
}

/* Nobody is there yet, or not any more; who comes anew is found again. */
static void comes_and_goes(void **state)
{
	char folder[32], address[64];
	struct notify n;
	int fd;

	(void)state;
	tree_make(folder);
	snprintf(address, sizeof(address), "%s/s", folder);
	assert_int_equal(notify_open(&n, address), 0);
	assert_int_equal(notify_send(&n, TEXT, true), -ENOENT);
	close(listen_at(address));
	assert_int_equal(notify_send(&n, TEXT, true), -ECONNREFUSED);
	assert_int_equal(unlink(address), 0);
	fd = listen_at(address);
	assert_int_equal(notify_send(&n, TEXT, true), 0);
	hears(fd, TEXT);
	close(fd);
	notify_close(&n);
	tree_remove(folder);
}

/* Who does not read holds up neither a status, nor anything else for long. */
static void full(void **state)
{
	char address[32];
	struct notify n;
	int fd, err;

	(void)state;
	snprintf(address, sizeof(address), "@test_full-%d", getpid());
	fd = listen_at(address);
	assert_int_equal(notify_open(&n, address), 0);
	do
		err = notify_send(&n, TEXT, false);
	while (!err);
	assert_int_equal(err, -EAGAIN);
	assert_int_equal(notify_send(&n, TEXT, true), -EAGAIN);
	hears(fd, TEXT);
	assert_int_equal(notify_send(&n, TEXT, false), 0);
	close(fd);
	notify_close(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(abstract),       cmocka_unit_test(path),
		cmocka_unit_test(bad_addresses),  cmocka_unit_test(nobody),
		cmocka_unit_test(comes_and_goes), cmocka_unit_test(full),
	};

	return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
