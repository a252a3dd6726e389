/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of VMs (vm_name.h).
 */
#include "trace/vm_name.h"

#include "lib/util.h"

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool set_name(char name[VM_NAME_SIZE], const char *text, size_t len)
{
	if (!len)
		return false;
	util_clean(name, VM_NAME_SIZE, text, len);
	return true;
}

/* --- the VMM's own option --------------------------------------------------------------------- */

static bool plain_name(char name[VM_NAME_SIZE], const char *value)
{
	return set_name(name, value, strlen(value));
}

/* One `key=value` of a QEMU option up to a single comma, `,,` being one; returns what follows. */
static const char *qemu_component(const char *text, char *out, size_t size)
{
	size_t n = 0;

	for (; *text; text++) {
		if (*text == ',' && *++text != ',')
			break;
		if (n + 1 < size)
			out[n++] = *text;
	}
	out[n] = '\0';
	return text;
}

/* QEMU: guest=NAME anywhere, or NAME in front (qemu_name_opts: implied key "guest"). */
static bool qemu_name(char name[VM_NAME_SIZE], const char *value)
{
	bool found = false;

	for (unsigned i = 0; *value; i++) {
		char part[4 * VM_NAME_SIZE];

		value = qemu_component(value, part, sizeof(part));
		if (!strncmp(part, "guest=", 6))
			found = plain_name(name, part + 6);
		else if (!i && !strchr(part, '='))
			found = plain_name(name, part);
	}
	return found;
}

static size_t without_suffix(const char *text, size_t len)
{
	static const char *const suffixes[] = {".sock", ".socket", "-socket"};

	for (size_t i = 0; i < UTIL_COUNT(suffixes); i++) {
		size_t n = strlen(suffixes[i]);

		if (len > n && !memcmp(text + len - n, suffixes[i], n))
			return len - n;
	}
	return len;
}

/*
 * cloud-hypervisor has no name, but one API socket per VM: /run/ch/NAME.sock, or as Kata lays it
 * out /run/vc/vm/NAME/clh-api.sock.
 */
static bool socket_name(char name[VM_NAME_SIZE], const char *value)
{
	static const char *const generic[] = {"api", "ch", "ch-api", "clh-api", "cloud-hypervisor"};
	const char *path = strncmp(value, "path=", 5) ? value : value + 5;
	const char *end = path + strcspn(path, ",");
	const char *base = end;
	size_t len;

	if (!strncmp(path, "fd=", 3))
		return false;
	while (base > path && base[-1] != '/')
		base--;
	len = without_suffix(base, end - base);
	for (size_t i = 0; i < UTIL_COUNT(generic); i++) {
		if (len != strlen(generic[i]) || memcmp(base, generic[i], len) || base == path)
			continue;
		end = base - 1;
		for (base = end; base > path && base[-1] != '/';)
			base--;
		len = end - base;
		break;
	}
	return set_name(name, base, len);
}

static const struct vmm {
	const char *binary; /* its name begins so; "" for all others, which speak like QEMU */
	const char *options[3];
	bool (*name)(char name[VM_NAME_SIZE], const char *value);
} vmms[] = {
	{"cloud-hypervisor", {"--api-socket"}, socket_name},
	{"firecracker", {"--id"}, plain_name},
	{"crosvm", {"--name"}, plain_name},
	{"lkvm", {"--name", "-n"}, plain_name},
	{"", {"-name", "--name"}, qemu_name},
};

static const struct vmm *find_vmm(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');
	const char *binary = slash ? slash + 1 : argv0;

	for (size_t i = 0;; i++)
		if (!strncmp(binary, vmms[i].binary, strlen(vmms[i].binary)))
			return &vmms[i];
}

/* The value when arg is one of the VMM's options: behind '=', else the next argument. */
static const char *value_of(const struct vmm *vmm, const char *arg, const char *end)
{
	for (size_t i = 0; i < UTIL_COUNT(vmm->options) && vmm->options[i]; i++) {
		size_t n = strlen(vmm->options[i]);

		if (strncmp(arg, vmm->options[i], n))
			continue;
		if (arg[n] == '=')
			return arg + n + 1;
		if (!arg[n] && arg + n + 1 < end)
			return arg + n + 1;
	}
	return NULL;
}

bool vm_name_of_args(char name[VM_NAME_SIZE], const char *args, size_t len)
{
	const char *end = args + len;
	const struct vmm *vmm;
	bool found = false;

	if (!len)
		return false;
	vmm = find_vmm(args);
	for (const char *arg = args + strlen(args) + 1; arg < end;) {
		const char *value = value_of(vmm, arg, end);

		/* As for the VMM itself, the last one holds. */
		if (value && vmm->name(name, value))
			found = true;
		if (value)
			arg = value;
		arg += strlen(arg) + 1;
	}
	return found;
}

/* --- the scope, the pid file ------------------------------------------------------------------ */

/* systemd's unit name escapes, \x2d: in place. */
static void unescape(char *text)
{
	char *out = text;

	for (; *text; text++) {
		unsigned byte;

		if (text[0] == '\\' && text[1] == 'x' && isxdigit((unsigned char)text[2]) &&
		    isxdigit((unsigned char)text[3]) && sscanf(text + 2, "%2x", &byte) == 1 &&
		    byte) {
			*out++ = byte;
			text += 3;
		} else {
			*out++ = *text;
		}
	}
	*out = '\0';
}

/* "qemu-1-NAME" of libvirt, "qemu-NAME" of older ones; other machines are containers. */
static bool machine_name(char name[VM_NAME_SIZE], const char *machine)
{
	const char *rest;
	size_t digits;

	if (strncmp(machine, "qemu-", 5))
		return false;
	rest = machine + 5;
	digits = strspn(rest, "0123456789");
	if (digits && rest[digits] == '-' && rest[digits + 1])
		rest += digits + 1;
	return set_name(name, rest, strlen(rest));
}

bool vm_name_of_cgroup(char name[VM_NAME_SIZE], const char *cgroup)
{
	static const char prefix[] = "/machine-", suffix[] = ".scope";

	for (const char *at = cgroup; (at = strstr(at, prefix));) {
		char machine[PATH_MAX];
		size_t len;

		at += strlen(prefix);
		len = strcspn(at, "/\n");
		if (len <= strlen(suffix) || len >= sizeof(machine) ||
		    memcmp(at + len - strlen(suffix), suffix, strlen(suffix)))
			continue;
		memcpy(machine, at, len - strlen(suffix));
		machine[len - strlen(suffix)] = '\0';
		unescape(machine);
		if (machine_name(name, machine))
			return true;
	}
	return false;
}

static bool file_holds_pid(const char *dir, const char *file, uint32_t pid)
{
	char path[PATH_MAX], *text;
	unsigned held = 0;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, file) >= sizeof(path) ||
	    util_read_file(path, &text, NULL))
		return false;
	if (sscanf(text, "%u", &held) != 1)
		held = 0;
	free(text);
	return held == pid;
}

bool vm_name_of_pidfile(char name[VM_NAME_SIZE], const char *dir, uint32_t pid)
{
	struct dirent *entry;
	bool found = false;
	DIR *d = opendir(dir);

	while (d && !found && (entry = readdir(d))) {
		size_t len = strlen(entry->d_name);

		if (len > 4 && !strcmp(entry->d_name + len - 4, ".pid") &&
		    file_holds_pid(dir, entry->d_name, pid))
			found = set_name(name, entry->d_name, len - 4);
	}
	if (d)
		closedir(d);
	return found;
}

bool vm_name(char name[VM_NAME_SIZE], const char *proc_root, uint32_t pid)
{
	char path[PATH_MAX], *text;
	bool found = false;
	size_t len;

	snprintf(path, sizeof(path), "%s/%u/cmdline", proc_root, pid);
	if (!util_read_file(path, &text, &len)) {
		found = vm_name_of_args(name, text, len);
		free(text);
	}
	snprintf(path, sizeof(path), "%s/%u/cgroup", proc_root, pid);
	if (!found && !util_read_file(path, &text, NULL)) {
		found = vm_name_of_cgroup(name, text);
		free(text);
	}
	/* The machine's root is the parent of its /proc. */
	snprintf(path, sizeof(path), "%s/../run/libvirt/qemu", proc_root);
	if (!found)
		found = vm_name_of_pidfile(name, path, pid);
	if (!found)
		snprintf(name, VM_NAME_SIZE, "pid:%u", pid);
	return found;
}

/* --- what is no name -------------------------------------------------------------------------- */

/* A UUID at the beginning of `text`, or nothing. */
static bool is_uuid(const char *text)
{
	for (int i = 0; i < 36; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-'
							    : !isxdigit((unsigned char)text[i]))
			return false;
	return true;
}

void vm_uuid(char uuid[VM_UUID_SIZE], const char *proc_root, uint32_t pid)
{
	char path[PATH_MAX], *text;
	const char *value;
	size_t len;

	*uuid = '\0';
	snprintf(path, sizeof(path), "%s/%u/cmdline", proc_root, pid);
	if (util_read_file(path, &text, &len))
		return;
	for (const char *arg = text; arg < text + len; arg += strlen(arg) + 1) {
		const char *next = arg + strlen(arg) + 1;

		value = NULL;
		if ((!strcmp(arg, "-uuid") || !strcmp(arg, "--uuid")) && next < text + len)
			value = next;
		else if (!strcmp(arg, "--platform") && next < text + len)
			value = strstr(next, "uuid=") ? strstr(next, "uuid=") + 5 : NULL;
		if (value && is_uuid(value))
			snprintf(uuid, VM_UUID_SIZE, "%.36s", value);
	}
	free(text);
}

int vm_vcpu_of_comm(const char *comm)
{
	static const char *const patterns[] = {
		"CPU %u/KVM%n", /* QEMU with debug-threads, as libvirt starts it */
		"vcpu%u%n",     /* cloud-hypervisor */
		"fc_vcpu %u%n", /* Firecracker */
		"crosvm_vcpu%u%n", "kvm-vcpu-%u%n", /* kvmtool */
	};

	for (size_t i = 0; i < UTIL_COUNT(patterns); i++) {
		unsigned vcpu;
		int n = 0;

		if (sscanf(comm, patterns[i], &vcpu, &n) == 1 && n && !comm[n])
			return (int)vcpu;
	}
	return -1;
}
