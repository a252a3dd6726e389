/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What this kernel can do for us, and why not: read out of its BTF, or tried.
 * Layer: lib; with types.c and log.c the only one that knows libbpf. Must not know: which hooks a tool wants.
 *
 * Versions are not asked for, capabilities are. SEA_BTF=FILE (raw BTF or an ELF file with a .BTF
 * section) in the environment stands in for /sys/kernel/btf/vmlinux.
 */
#ifndef LIB_FEATURE_H
#define LIB_FEATURE_H

#include <stdbool.h>
#include <stdint.h>

struct feature;

/* Where feature_open() looks; tests look elsewhere. Strings are borrowed during the call. */
struct feature_host {
	const char *btf;      /* /sys/kernel/btf/vmlinux */
	const char *kvm;      /* /dev/kvm */
	const char *lockdown; /* /sys/kernel/security/lockdown; absent: it is tried */
	const char *debugfs;  /* /sys/kernel/debug */
};

/*
 * Loads the kernel's BTF and checks what nothing works without, in this order: BTF
 * (CONFIG_DEBUG_INFO_BTF), KVM (kvm_handle_guest_abort in the BTF, /dev/kvm there), lockdown
 * (confidentiality forbids BPF to read kernel memory). 0, or EXIT_ENVIRONMENT after one line on
 * stderr that names the first unmet need.
 * *out: feature_free().
 */
int feature_open(struct feature **out);
int feature_open_on(const struct feature_host *host, struct feature **out);

/* Accepts NULL. */
void feature_free(struct feature *f);

/* A function of the kernel proper (not of modules), out of line: BTF kind FUNC. */
bool feature_has_function(const struct feature *f, const char *name);

/*
 * A function by its symbol in /proc/kallsyms, for kprobes: also static ones that BTF leaves out, and
 * the compiler's variants ("ghes_do_proc.isra.0"). The first question reads the table.
 */
bool feature_has_symbol(struct feature *f, const char *name);

/* A variable that a BPF program can be given: in the BTF and among the kernel's symbols; tried. */
bool feature_has_variable(struct feature *f, const char *name);

/* A tracepoint, by the typedef btf_trace_NAME (since 5.5) that tp_btf needs. */
bool feature_has_tracepoint(const struct feature *f, const char *name);

/* A member of a struct or union, also inside its anonymous structs and unions. */
bool feature_has_member(const struct feature *f, const char *type, const char *member);

/* A parameter of a function of the kernel proper, by its name. */
bool feature_has_parameter(const struct feature *f, const char *function, const char *parameter);

/* "none" or "integrity"; "unknown" where the kernel does not tell. */
const char *feature_lockdown(const struct feature *f);

/* The number in /proc/sys/NAME; -1: there is none. */
int64_t feature_sysctl(const char *name);

/*
 * Whether fentry works on a function: loads and attaches two instructions there, then takes them
 * off again. 0 or -errno: -ENOENT no such function, -524 (ENOTSUPP: arm64 before 6.4 has no
 * trampoline), -EPERM. Does not print; util_errno() names the answer.
 */
int feature_fentry(const struct feature *f, const char *function);

/*
 * Whether fmod_ret works on a function, tried in the same way. Besides -EINVAL: the kernel does not let
 * its result be modified (before 7.2 of a system call, unless it has error injection).
 */
int feature_modify(const struct feature *f, const char *function);

/*
 * Whether a kprobe's program may override a function: one that would is loaded, not attached. 0 or
 * -errno: -ENOTSUP no CONFIG_BPF_KPROBE_OVERRIDE, -ENOSYS no atomic operations that return something
 * (before 5.12), -EPERM. Does not print.
 */
int feature_override(struct feature *f);

/*
 * Whether a function is among those whose errors may be injected, by the kernel's own list in debugfs.
 * 1, 0, or -errno: -ENOENT it has no such list (no CONFIG_FUNCTION_ERROR_INJECTION), -ENODEV debugfs
 * is not mounted, -EACCES. The first question reads the list.
 */
int feature_injectable(struct feature *f, const char *function);

/*
 * The running kernel's own name of an enum's value ("MF_MSG_HUGE"): numbers move between versions.
 * NULL when it has no such enum or value. Owned by f.
 */
const char *feature_enum_name(const struct feature *f, const char *type, int64_t value);

#endif
