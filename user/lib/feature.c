/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What this kernel can do (feature.h): questions to its BTF and to its lists, and experiments.
 */
#include "lib/feature.h"

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/types.h"
#include "lib/util.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <errno.h>
#include <linux/bpf.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

struct feature {
	struct btf *btf;
	struct types *types; /* its names */
	char *symbols;       /* /proc/kallsyms, when it was asked for */
	char *injectable;    /* error_injection/list, likewise */
	const char *debugfs;
	char lockdown[32];
};

/* --- what nothing works without --------------------------------------------------------------- */

static int load_btf(const struct feature_host *host, struct feature *f)
{
	char words[64];
	int err;

	f->btf = btf__parse(host->btf, NULL);
	err = libbpf_get_error(f->btf);
	if (err)
		f->btf = NULL;
	else if (!(f->types = types_new(f->btf)))
		err = -ENOMEM;
	else
		return 0;
	if (err == -ENOENT)
		log_error("%s: ENOENT (this kernel has no BTF; it needs CONFIG_DEBUG_INFO_BTF=y)",
			  host->btf);
	else if (-err >= __LIBBPF_ERRNO__START && !libbpf_strerror(err, words, sizeof(words)))
		log_error("%s: %s (this is no BTF)", host->btf, words);
	else
		log_error("%s: %s (cannot be read)", host->btf, util_errno(err));
	return EXIT_ENVIRONMENT;
}

static int check_kvm(const struct feature_host *host, const struct feature *f)
{
	if (!feature_has_function(f, "kvm_handle_guest_abort")) {
		log_error("kernel without KVM: no kvm_handle_guest_abort in %s "
			  "(an arm64 kernel with CONFIG_KVM=y is needed)",
			  host->btf);
		return EXIT_ENVIRONMENT;
	}
	if (access(host->kvm, F_OK)) {
		log_error("%s: %s (KVM did not start; was this machine booted at EL2? "
			  "See the kernel log for 'kvm')",
			  host->kvm, util_errno(errno));
		return EXIT_ENVIRONMENT;
	}
	return 0;
}

/* "none [integrity] confidentiality": the word in brackets. */
static void read_lockdown(const struct feature_host *host, struct feature *f)
{
	char *text;

	snprintf(f->lockdown, sizeof(f->lockdown), "unknown");
	if (util_read_file(host->lockdown, &text, NULL))
		return;
	if (strchr(text, '['))
		sscanf(strchr(text, '['), "[%31[a-z]", f->lockdown);
	free(text);
}

static int load_probe(const struct bpf_insn *program, size_t count)
{
	int fd = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "sea_probe", "GPL", program, count, NULL);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* Who may load programs, but none that calls this helper, is locked out of it (5.10.223 to 7.3). */
static bool memory_is_hidden(void)
{
	static const struct bpf_insn program[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_10},
		{.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_1, .imm = -8},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = 8},
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_3, .src_reg = BPF_REG_10},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_probe_read_kernel},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	const size_t count = UTIL_COUNT(program);

	return load_probe(program, count) == -EINVAL && !load_probe(program + count - 2, 2);
}

/*
 * Only the strictest forbids BPF to read kernel memory, and kprobes. Where securityfs is not mounted,
 * it would be met as an EINVAL of the verifier.
 */
static int check_lockdown(const struct feature_host *host, struct feature *f)
{
	bool told = strcmp(f->lockdown, "unknown");

	if (!told && memory_is_hidden())
		snprintf(f->lockdown, sizeof(f->lockdown), "confidentiality");
	if (strcmp(f->lockdown, "confidentiality"))
		return 0;
	log_error("kernel lockdown 'confidentiality' (%s%s) forbids BPF to read kernel memory "
		  "(boot with lockdown=integrity or none)",
		  host->lockdown, told ? "" : " is not there, but it was tried");
	return EXIT_ENVIRONMENT;
}

int feature_open_on(const struct feature_host *host, struct feature **out)
{
	struct feature *f = calloc(1, sizeof(*f));
	int err;

	libbpf_set_print(log_libbpf);
	if (!f) {
		log_error("kernel features: ENOMEM");
		return EXIT_ENVIRONMENT;
	}
	f->debugfs = host->debugfs;
	read_lockdown(host, f);
	err = load_btf(host, f);
	if (!err)
		err = check_kvm(host, f);
	if (!err)
		err = check_lockdown(host, f);
	if (err) {
		feature_free(f);
		return err;
	}
	*out = f;
	return 0;
}

int feature_open(struct feature **out)
{
	const char *btf = getenv("SEA_BTF");
	const struct feature_host host = {
		.btf = btf ? btf : "/sys/kernel/btf/vmlinux",
		.kvm = "/dev/kvm",
		.lockdown = "/sys/kernel/security/lockdown",
		.debugfs = "/sys/kernel/debug",
	};

	return feature_open_on(&host, out);
}

void feature_free(struct feature *f)
{
	if (!f)
		return;
	types_free(f->types);
	btf__free(f->btf);
	free(f->symbols);
	free(f->injectable);
	free(f);
}

/* --- questions to the BTF --------------------------------------------------------------------- */

bool feature_has_function(const struct feature *f, const char *name)
{
	return types_find(f->types, name, BTF_KIND_FUNC) > 0;
}

/* Of one of these types, as nm(1) has them. Lines: "ADDRESS TYPE NAME", "\t[MODULE]" for a module's. */
static bool has_symbol(struct feature *f, const char *name, const char *types)
{
	size_t len = strlen(name);

	if (!f->symbols && util_read_file("/proc/kallsyms", &f->symbols, NULL))
		f->symbols = NULL;
	for (const char *at = f->symbols; at && (at = strstr(at, name)); at += len)
		if (at - f->symbols > 2 && at[len] == '\n' && at[-1] == ' ' &&
		    strchr(types, at[-2]))
			return true;
	return false;
}

bool feature_has_symbol(struct feature *f, const char *name)
{
	return has_symbol(f, name, "tT");
}

/* The kernel looks for its address (check_pseudo_btf_id()), which takes less than to read all symbols. */
static int try_variable(int id)
{
	const struct bpf_insn program[] = {
		{.code = BPF_LD | BPF_IMM | BPF_DW,
		 .dst_reg = BPF_REG_1,
		 .src_reg = BPF_PSEUDO_BTF_ID,
		 .imm = id},
		{},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
		{.code = BPF_JMP | BPF_EXIT},
	};

	return load_probe(program, UTIL_COUNT(program));
}

bool feature_has_variable(struct feature *f, const char *name)
{
	int id = types_find(f->types, name, BTF_KIND_VAR);
	int err = id > 0 ? try_variable(id) : id;

	return err == -EPERM ? has_symbol(f, name, "bBdD") : !err;
}

bool feature_has_tracepoint(const struct feature *f, const char *name)
{
	char type[128];

	if ((size_t)snprintf(type, sizeof(type), "btf_trace_%s", name) >= sizeof(type))
		return false;
	return types_find(f->types, type, BTF_KIND_TYPEDEF) > 0;
}

static const struct btf_type *skip_modifiers(const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	while (type && (btf_is_mod(type) || btf_is_typedef(type)))
		type = btf__type_by_id(btf, type->type);
	return type;
}

static bool has_member(const struct btf *btf, const struct btf_type *type, const char *name)
{
	const struct btf_member *m = btf_members(type);

	for (unsigned i = 0; i < btf_vlen(type); i++, m++) {
		const char *own = btf__name_by_offset(btf, m->name_off);
		const struct btf_type *inner;

		if (*own) {
			if (!strcmp(own, name))
				return true;
			continue;
		}
		inner = skip_modifiers(btf, m->type);
		if (inner && btf_is_composite(inner) && has_member(btf, inner, name))
			return true;
	}
	return false;
}

bool feature_has_member(const struct feature *f, const char *type, const char *member)
{
	int id = types_find(f->types, type, BTF_KIND_STRUCT);

	if (id < 0)
		id = types_find(f->types, type, BTF_KIND_UNION);
	return id > 0 && has_member(f->btf, btf__type_by_id(f->btf, id), member);
}

static const char *name_in_enum64(const struct btf *btf, const struct btf_type *type, int64_t value)
{
	const struct btf_enum64 *v = btf_enum64(type);

	for (unsigned i = 0; i < btf_vlen(type); i++, v++)
		if ((int64_t)btf_enum64_value(v) == value)
			return btf__name_by_offset(btf, v->name_off);
	return NULL;
}

const char *feature_enum_name(const struct feature *f, const char *type, int64_t value)
{
	int id = types_find(f->types, type, BTF_KIND_ENUM);
	const struct btf_type *t;
	const struct btf_enum *v;

	if (id < 0) {
		id = types_find(f->types, type, BTF_KIND_ENUM64);
		return id < 0 ? NULL : name_in_enum64(f->btf, btf__type_by_id(f->btf, id), value);
	}
	t = btf__type_by_id(f->btf, id);
	v = btf_enum(t);
	for (unsigned i = 0; i < btf_vlen(t); i++, v++)
		/* The bits are stored unsigned; BTF before 6.0 does not say which they were. */
		if (v->val == value || (uint32_t)v->val == value)
			return btf__name_by_offset(f->btf, v->name_off);
	return NULL;
}

bool feature_has_parameter(const struct feature *f, const char *function, const char *parameter)
{
	int id = types_find(f->types, function, BTF_KIND_FUNC);
	const struct btf_type *proto;
	const struct btf_param *p;

	if (id < 0)
		return false;
	proto = btf__type_by_id(f->btf, btf__type_by_id(f->btf, id)->type);
	p = btf_params(proto);
	for (unsigned i = 0; i < btf_vlen(proto); i++, p++)
		if (!strcmp(btf__name_by_offset(f->btf, p->name_off), parameter))
			return true;
	return false;
}

const char *feature_lockdown(const struct feature *f)
{
	return f->lockdown;
}

int64_t feature_sysctl(const char *name)
{
	char path[128], *text;
	long long value;

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	if (util_read_file(path, &text, NULL))
		return -1;
	if (sscanf(text, "%lld", &value) != 1)
		value = -1;
	free(text);
	return value;
}

/* --- what may be overridden -------------------------------------------------------------------- */

/* Lines: "NAME+OFFSET/SIZE\tTYPE", or "NAME\tTYPE" (lib/error-inject.c: %pS, %ps before 6.1). */
static bool has_line(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = list; (at = strstr(at, name)); at += len)
		if ((at == list || at[-1] == '\n') && strchr("+ \t\n", at[len]))
			return true;
	return false;
}

static int read_injectable(struct feature *f)
{
	struct statfs fs;
	char path[256];
	int err;

	if (!f->debugfs || statfs(f->debugfs, &fs))
		return f->debugfs ? -errno : -ENOENT;
	snprintf(path, sizeof(path), "%s/error_injection/list", f->debugfs);
	err = util_read_file(path, &f->injectable, NULL);
	return err == -ENOENT && fs.f_type != DEBUGFS_MAGIC ? -ENODEV : err;
}

int feature_injectable(struct feature *f, const char *function)
{
	int err = f->injectable ? 0 : read_injectable(f);

	return err ? err : has_line(f->injectable, function);
}

/* --- experiments ------------------------------------------------------------------------------ */

static const struct bpf_insn return_0[] = {
	{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
	{.code = BPF_JMP | BPF_EXIT},
};

static int try_trampoline(const struct feature *f, const char *function, enum bpf_attach_type type)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = type);
	int id = types_find(f->types, function, BTF_KIND_FUNC);
	int prog, link, err = 0;

	if (id < 0)
		return -ENOENT;
	opts.attach_btf_id = id;
	prog = bpf_prog_load(BPF_PROG_TYPE_TRACING, "sea_probe", "GPL", return_0,
			     UTIL_COUNT(return_0), &opts);
	if (prog < 0)
		return -errno;
	link = bpf_raw_tracepoint_open(NULL, prog);
	if (link < 0)
		err = -errno;
	else
		close(link);
	close(prog);
	return err;
}

int feature_fentry(const struct feature *f, const char *function)
{
	return try_trampoline(f, function, BPF_TRACE_FENTRY);
}

/* It goes on: 0 is not returned to anybody (kernel/bpf/trampoline.c). */
int feature_modify(const struct feature *f, const char *function)
{
	return try_trampoline(f, function, BPF_MODIFY_RETURN);
}

/* Who may not try can see whether the helper is there. */
int feature_override(struct feature *f)
{
	static const struct bpf_insn overrides[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = 0},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_override_return},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	static const struct bpf_insn adds[] = {
		{.code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_10, .off = -8},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1},
		{.code = BPF_STX | BPF_ATOMIC | BPF_DW,
		 .dst_reg = BPF_REG_10,
		 .src_reg = BPF_REG_0,
		 .off = -8,
		 .imm = BPF_ADD | BPF_FETCH},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int err = load_probe(return_0, UTIL_COUNT(return_0));

	if (err)
		return feature_has_symbol(f, "bpf_override_return") ? err : -ENOTSUP;
	if (load_probe(overrides, UTIL_COUNT(overrides)))
		return -ENOTSUP;
	return load_probe(adds, UTIL_COUNT(adds)) ? -ENOSYS : 0;
}
