/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * control.h - the channel by which commands reach a running VMM: a socket, or stdin and stdout.
 */
#ifndef VMTEST_GUEST_CONTROL_H
#define VMTEST_GUEST_CONTROL_H

struct control;
struct vm;

/* `path` NULL: stdin, whose end ends the VM. Says on stderr what failed. */
int control_new(struct vm *vm, const char *path, struct control **controlp);

/* Readable once somebody asked the VM to end. */
int control_quit_fd(const struct control *control);

/* Cancels what is under way and returns when no client is left. */
void control_free(struct control *control);

/* The other end: send one command, print its answer. Returns an exit code. */
int control_call(const char *path, int argc, char **argv);

#endif
