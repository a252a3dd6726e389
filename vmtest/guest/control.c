// SPDX-License-Identifier: GPL-2.0-only
/*
 * control.c - serves command lines: one thread accepts, one thread per client reads a line, runs it
 * and answers. It must not know any command but that one may end the VM.
 */
#include "control.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "answer.h"
#include "command.h"
#include "vcpu.h"
#include "vm.h"

struct control {
	struct vm *vm;
	char *path;
	int listen_fd;
	int quit_fd; /* to main: somebody wants the VM to end */
	int stop_fd; /* to the threads below: end */
	pthread_t acceptor;
	bool accepting;
	pthread_mutex_t lock; /* guards `clients` */
	pthread_cond_t gone;
	unsigned int clients;
};

struct client {
	struct control *control;
	int in, out;
	char line[COMMAND_LINE_MAX];
	size_t len;
};

static void raise_event(int fd)
{
	uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) < 0)
		warn("eventfd");
}

/* Sleeps until `fd` can be read. Returns false when the threads shall end. */
static bool wait_readable(const struct control *control, int fd)
{
	struct pollfd fds[] = {{.fd = fd, .events = POLLIN},
			       {.fd = control->stop_fd, .events = POLLIN}};

	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return false;
	return !fds[1].revents;
}

static bool write_all(int fd, const char *text, size_t len)
{
	ssize_t done;

	for (; len; text += done, len -= done) {
		done = write(fd, text, len);
		if (done < 0 && errno == EINTR)
			done = 0;
		if (done < 0)
			return false;
	}
	return true;
}

/* Returns false when this client is served to the end. */
static bool serve_line(struct client *client)
{
	struct answer answer;
	bool quit;

	if (!client->line[strspn(client->line, " \t\r")])
		return true;
	quit = command_run(client->control->vm, client->line, &answer);
	answer.text[answer.len] = '\n';
	if (!write_all(client->out, answer.text, answer.len + 1))
		return false;
	if (quit)
		raise_event(client->control->quit_fd);
	return !quit;
}

static bool serve_buffer(struct client *client)
{
	char *end;

	while ((end = memchr(client->line, '\n', client->len))) {
		size_t used = end - client->line + 1;
		char rest[COMMAND_LINE_MAX];

		memcpy(rest, end + 1, client->len - used);
		*end = 0;
		if (!serve_line(client))
			return false;
		client->len -= used;
		memcpy(client->line, rest, client->len);
	}
	return true;
}

static void serve(struct client *client)
{
	static const char too_long[] = "error line too long\n";
	ssize_t got;

	while (wait_readable(client->control, client->in)) {
		got = read(client->in, client->line + client->len,
			   sizeof(client->line) - 1 - client->len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return;
		client->len += got;
		if (!serve_buffer(client))
			return;
		if (client->len == sizeof(client->line) - 1) {
			write_all(client->out, too_long, sizeof(too_long) - 1);
			return;
		}
	}
}

static void *client_thread(void *arg)
{
	struct client *client = arg;
	struct control *control = client->control;

	serve(client);
	if (client->in == STDIN_FILENO)
		raise_event(control->quit_fd);
	else
		close(client->in);
	free(client);
	pthread_mutex_lock(&control->lock);
	if (!--control->clients)
		pthread_cond_signal(&control->gone);
	pthread_mutex_unlock(&control->lock);
	return NULL;
}

static int add_client(struct control *control, int in, int out)
{
	struct client *client = calloc(1, sizeof(*client));
	pthread_t thread;
	int error;

	if (!client)
		return -ENOMEM;
	client->control = control;
	client->in = in;
	client->out = out;
	pthread_mutex_lock(&control->lock);
	control->clients++;
	pthread_mutex_unlock(&control->lock);
	error = pthread_create(&thread, NULL, client_thread, client);
	if (!error) {
		pthread_detach(thread);
		return 0;
	}
	pthread_mutex_lock(&control->lock);
	control->clients--;
	pthread_mutex_unlock(&control->lock);
	free(client);
	return -error;
}

static void *accept_thread(void *arg)
{
	struct control *control = arg;
	int fd, error;

	while (wait_readable(control, control->listen_fd)) {
		fd = accept4(control->listen_fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		error = add_client(control, fd, fd);
		if (!error)
			continue;
		warnx("client: %s", strerror(-error));
		close(fd);
	}
	return NULL;
}

static int make_address(const char *path, struct sockaddr_un *address)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(address->sun_path))
		return -ENAMETOOLONG;
	strcpy(address->sun_path, path);
	return 0;
}

/* A socket without a listener is what a killed VMM leaves behind. */
static void remove_stale(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct stat st;

	if (fd < 0)
		return;
	if (!lstat(address->sun_path, &st) && S_ISSOCK(st.st_mode) &&
	    connect(fd, (const void *)address, sizeof(*address)) && errno == ECONNREFUSED)
		unlink(address->sun_path);
	close(fd);
}

static int listen_at(struct control *control, const char *path)
{
	struct sockaddr_un address;
	mode_t mask;
	int error = make_address(path, &address);

	if (error)
		return error;
	control->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control->listen_fd < 0)
		return -errno;
	remove_stale(&address);
	mask = umask(0077);
	error = bind(control->listen_fd, (void *)&address, sizeof(address)) ? -errno : 0;
	umask(mask);
	if (error)
		return error;
	control->path = strdup(path);
	if (!control->path || listen(control->listen_fd, 16))
		return -errno;
	error = pthread_create(&control->acceptor, NULL, accept_thread, control);
	control->accepting = !error;
	return -error;
}

int control_new(struct vm *vm, const char *path, struct control **controlp)
{
	struct control *control = calloc(1, sizeof(*control));
	int error;

	if (!control) {
		warnx("out of memory");
		return -ENOMEM;
	}
	control->vm = vm;
	control->listen_fd = -1;
	pthread_mutex_init(&control->lock, NULL);
	pthread_cond_init(&control->gone, NULL);
	control->quit_fd = eventfd(0, EFD_CLOEXEC);
	control->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (control->quit_fd < 0 || control->stop_fd < 0)
		error = -errno;
	else if (path)
		error = listen_at(control, path);
	else
		error = add_client(control, STDIN_FILENO, STDOUT_FILENO);
	if (error) {
		warnx("%s: %s", path ? path : "stdin", strerror(-error));
		control_free(control);
		return error;
	}
	*controlp = control;
	return 0;
}

int control_quit_fd(const struct control *control)
{
	return control->quit_fd;
}

void control_free(struct control *control)
{
	unsigned int i;

	if (!control)
		return;
	for (i = 0; i < control->vm->config.vcpus; i++)
		vcpu_cancel(control->vm->vcpus[i]);
	if (control->stop_fd >= 0)
		raise_event(control->stop_fd);
	if (control->accepting)
		pthread_join(control->acceptor, NULL);
	pthread_mutex_lock(&control->lock);
	while (control->clients)
		pthread_cond_wait(&control->gone, &control->lock);
	pthread_mutex_unlock(&control->lock);
	if (control->path)
		unlink(control->path);
	if (control->listen_fd >= 0)
		close(control->listen_fd);
	if (control->quit_fd >= 0)
		close(control->quit_fd);
	if (control->stop_fd >= 0)
		close(control->stop_fd);
	pthread_cond_destroy(&control->gone);
	pthread_mutex_destroy(&control->lock);
	free(control->path);
	free(control);
}
