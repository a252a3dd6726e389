/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/feature: questions to a BTF made here, and what is said, in which order, about a machine
 * that lacks something. What only a kernel can answer is tested in tests/vm.
 */
#include "tests/unit/tree.h"

#include "lib/exit.h"
#include "lib/feature.h"
#include "lib/log.h"
#include "lib/util.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>

/* A machine on which everything is there; each path may be replaced by a missing one. */
static char root[32], btf_path[64], kvm_path[64], lockdown_path[64];
static struct feature_host host;
static struct feature *feature;

/* struct kvm_run { int exit; union { int hw; const struct { int arm_sea; }; }; }, as it is nested.
 */
static void add_kvm_run(struct btf *btf, int number)
{
	int inner, constant, anonymous, alias;

	inner = btf__add_struct(btf, NULL, 4);
	assert_true(inner > 0);
	assert_int_equal(btf__add_field(btf, "arm_sea", number, 0, 0), 0);
	constant = btf__add_const(btf, inner);
	alias = btf__add_typedef(btf, "alias_t", constant);
	anonymous = btf__add_union(btf, NULL, 4);
	assert_true(constant > 0 && alias > 0 && anonymous > 0);
	assert_int_equal(btf__add_field(btf, "hw", number, 0, 0), 0);
	assert_int_equal(btf__add_field(btf, NULL, alias, 0, 0), 0);
	assert_true(btf__add_struct(btf, "kvm_run", 8) > 0);
	assert_int_equal(btf__add_field(btf, "exit_reason", number, 0, 0), 0);
	assert_int_equal(btf__add_field(btf, NULL, anonymous, 32, 0), 0);
	/* A named member: what is inside belongs to it, not to the struct around it. */
	assert_true(btf__add_struct(btf, "outer", 8) > 0);
	assert_int_equal(btf__add_field(btf, "run", anonymous, 0, 0), 0);
	assert_true(btf__add_union(btf, "either", 4) > 0);
	assert_int_equal(btf__add_field(btf, "one", number, 0, 0), 0);
}

static void add_enums(struct btf *btf)
{
	assert_true(btf__add_enum(btf, "mf_action_page_type", 4) > 0);
	assert_int_equal(btf__add_enum_value(btf, "MF_MSG_KERNEL", 0), 0);
	assert_int_equal(btf__add_enum_value(btf, "MF_MSG_HUGE", 4), 0);
	assert_int_equal(btf__add_enum_value(btf, "MF_MSG_MINUS", -1), 0);
	assert_true(btf__add_enum64(btf, "wide", 8, true) > 0);
	assert_int_equal(btf__add_enum64_value(btf, "WIDE_HIGH", 0x123456789aULL), 0);
	assert_int_equal(btf__add_enum64_value(btf, "WIDE_MINUS", -2), 0);
}

static void write_btf(const char *function, const char *name)
{
	struct btf *btf = btf__new_empty();
	const void *data;
	int number, proto;
	uint32_t size;

	assert_non_null(btf);
	number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	proto = btf__add_func_proto(btf, number);
	assert_true(number > 0 && proto > 0);
	assert_true(btf__add_func(btf, function, BTF_FUNC_STATIC, proto) > 0);
	assert_true(btf__add_typedef(btf, "btf_trace_memory_failure_event", proto) > 0);
	assert_true(btf__add_typedef(btf, "alone", proto) > 0);
	add_kvm_run(btf, number);
	add_enums(btf);
	data = btf__raw_data(btf, &size);
	assert_non_null(data);
	tree_write(root, data, size, "%s", name);
	btf__free(btf);
}

static void write_lockdown(const char *text)
{
	tree_write(root, text, strlen(text), "lockdown");
}

static int setup(void **state)
{
	(void)state;
	tree_make(root);
	snprintf(btf_path, sizeof(btf_path), "%s/btf", root);
	snprintf(kvm_path, sizeof(kvm_path), "%s/kvm", root);
	snprintf(lockdown_path, sizeof(lockdown_path), "%s/lockdown", root);
	host = (struct feature_host){
		.btf = btf_path,
		.kvm = kvm_path,
		.lockdown = lockdown_path,
		.debugfs = root,
	};
	write_btf("kvm_handle_guest_abort", "btf");
	tree_write(root, "", 0, "kvm");
	write_lockdown("[none] integrity confidentiality\n");
	feature = NULL;
	log_setup("tool", 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	feature_free(feature);
	tree_remove(root);
	return 0;
}

/* libbpf warns about what it cannot parse; so do the mains: it is not for the user. */
static int quiet(enum libbpf_print_level level, const char *fmt, va_list args)
{
	return log_libbpf(level, fmt, args);
}

static void assert_refused(const char *line)
{
	char want[256];
	struct capture err;
	char *text;
	int answer;

	capture_start(&err, STDERR_FILENO);
	answer = feature_open_on(&host, &feature);
	text = capture_end(&err);
	snprintf(want, sizeof(want), "tool: %s\n", line);
	assert_string_equal(text, want);
	assert_int_equal(answer, EXIT_ENVIRONMENT);
	assert_null(feature);
	free(text);
}

static void assert_opens(void)
{
	struct capture err;
	char *text;
	int answer;

	capture_start(&err, STDERR_FILENO);
	answer = feature_open_on(&host, &feature);
	text = capture_end(&err);
	assert_string_equal(text, "");
	assert_int_equal(answer, 0);
	assert_non_null(feature);
	free(text);
}

static void functions(void **state)
{
	(void)state;
	assert_opens();
	assert_true(feature_has_function(feature, "kvm_handle_guest_abort"));
	assert_false(feature_has_function(feature, "kvm_handle_guest_sea"));
	assert_false(feature_has_function(feature, "kvm_run")); /* a struct */
	assert_false(feature_has_function(feature, ""));
}

static void tracepoints(void **state)
{
	char longest[300];

	(void)state;
	assert_opens();
	assert_true(feature_has_tracepoint(feature, "memory_failure_event"));
	assert_false(feature_has_tracepoint(feature, "alone"));
	assert_false(feature_has_tracepoint(feature, "arm_event"));
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_false(feature_has_tracepoint(feature, longest));
}

static void members(void **state)
{
	(void)state;
	assert_opens();
	assert_true(feature_has_member(feature, "kvm_run", "exit_reason"));
	assert_true(feature_has_member(feature, "kvm_run", "hw"));
	assert_true(feature_has_member(feature, "kvm_run", "arm_sea"));
	assert_false(feature_has_member(feature, "kvm_run", "mmio"));
	assert_false(feature_has_member(feature, "kvm_run", ""));
	assert_true(feature_has_member(feature, "outer", "run"));
	assert_false(feature_has_member(feature, "outer", "hw"));
	assert_true(feature_has_member(feature, "either", "one"));
	assert_false(feature_has_member(feature, "kvm_vcpu", "kvm"));
	assert_false(feature_has_member(feature, "int", "x"));
}

static void enum_names(void **state)
{
	(void)state;
	assert_opens();
	assert_string_equal(feature_enum_name(feature, "mf_action_page_type", 0), "MF_MSG_KERNEL");
	assert_string_equal(feature_enum_name(feature, "mf_action_page_type", 4), "MF_MSG_HUGE");
	assert_string_equal(feature_enum_name(feature, "mf_action_page_type", -1), "MF_MSG_MINUS");
	/* As a mark carries it: 32 bits, unsigned. */
	assert_string_equal(feature_enum_name(feature, "mf_action_page_type", 0xffffffff),
			    "MF_MSG_MINUS");
	assert_null(feature_enum_name(feature, "mf_action_page_type", 5));
	assert_null(feature_enum_name(feature, "mf_result", 0));
	assert_string_equal(feature_enum_name(feature, "wide", 0x123456789aLL), "WIDE_HIGH");
	assert_string_equal(feature_enum_name(feature, "wide", -2), "WIDE_MINUS");
	assert_null(feature_enum_name(feature, "wide", 1));
}

/* All that can be known about fentry without a kernel. */
static void fentry_needs_a_function(void **state)
{
	(void)state;
	assert_opens();
	assert_int_equal(feature_fentry(feature, "no_such_function"), -ENOENT);
	assert_int_equal(feature_fentry(feature, "kvm_run"), -ENOENT);
}

static void no_btf(void **state)
{
	char want[200];

	(void)state;
	host.btf = "/nonexistent/btf";
	assert_refused("/nonexistent/btf: ENOENT (this kernel has no BTF; it needs "
		       "CONFIG_DEBUG_INFO_BTF=y)");
	host.btf = btf_path;
	tree_write(root, "no BTF at all", 13, "btf");
	snprintf(want, sizeof(want), "%s: BPF object format invalid (this is no BTF)", btf_path);
	assert_refused(want);
	host.btf = root;
	snprintf(want, sizeof(want), "%s: EIO (cannot be read)", root);
	assert_refused(want);
}

static void no_kvm(void **state)
{
	char want[200];

	(void)state;
	write_btf("something_else", "btf");
	snprintf(want, sizeof(want),
		 "kernel without KVM: no kvm_handle_guest_abort in %s (an arm64 kernel with "
		 "CONFIG_KVM=y is needed)",
		 btf_path);
	assert_refused(want);
	write_btf("kvm_handle_guest_abort", "btf");
	host.kvm = "/nonexistent/kvm";
	assert_refused("/nonexistent/kvm: ENOENT (KVM did not start; was this machine booted at "
		       "EL2? See the kernel log for 'kvm')");
}

static void lockdown(void **state)
{
	char want[200];

	(void)state;
	write_lockdown("none integrity [confidentiality]\n");
	snprintf(want, sizeof(want),
		 "kernel lockdown 'confidentiality' (%s) forbids BPF to read kernel memory (boot "
		 "with lockdown=integrity or none)",
		 lockdown_path);
	assert_refused(want);
	write_lockdown("none [integrity] confidentiality\n");
	assert_opens();
	feature_free(feature);
	feature = NULL;
	host.lockdown = "/nonexistent/lockdown";
	assert_opens();
}

/* With everything missing the first need is named, then, as each is met, the next. */
static void order(void **state)
{
	struct feature_host all = host;
	char want[200];

	(void)state;
	write_lockdown("none integrity [confidentiality]\n");
	host.btf = "/nonexistent/btf";
	host.kvm = "/nonexistent/kvm";
	assert_refused("/nonexistent/btf: ENOENT (this kernel has no BTF; it needs "
		       "CONFIG_DEBUG_INFO_BTF=y)");
	host.btf = all.btf;
	assert_refused("/nonexistent/kvm: ENOENT (KVM did not start; was this machine booted at "
		       "EL2? See the kernel log for 'kvm')");
	host.kvm = all.kvm;
	snprintf(want, sizeof(want),
		 "kernel lockdown 'confidentiality' (%s) forbids BPF to read kernel memory (boot "
		 "with lockdown=integrity or none)",
		 lockdown_path);
	assert_refused(want);
}

/* Read once per host: what is asked of a new one is asked anew. */
static int injectable(const char *function)
{
	int answer;

	assert_opens();
	answer = feature_injectable(feature, function);
	feature_free(feature);
	feature = NULL;
	return answer;
}

static void error_injection_list(void **state)
{
	static const char list[] = "__arm64_sys_ioctl+0x0/0xf8\tEI_ETYPE_ERRNO\n"
				   "memory_failure_queue\tERRNO\n" /* %ps, before 6.1 */
				   "memory_failure+0x0/0x9d0\tERRNO\n"
				   "x_claim+0x0/0x10 [module]\tNULL\n";

	(void)state;
	assert_int_equal(injectable("memory_failure"), -ENODEV); /* no debugfs: a mere folder */
	tree_write(root, list, sizeof(list) - 1, "error_injection/list");
	assert_int_equal(injectable("memory_failure"), 1);
	assert_int_equal(injectable("memory_failure_queue"), 1);
	assert_int_equal(injectable("__arm64_sys_ioctl"), 1);
	assert_int_equal(injectable("x_claim"), 1);
	assert_int_equal(injectable("claim"), 0);
	assert_int_equal(injectable("memory"), 0);
	assert_int_equal(injectable("ERRNO"), 0);
	tree_write(root, "", 0, "error_injection/list");
	assert_int_equal(injectable("memory_failure"), 0);
	host.debugfs = "/nonexistent/debugfs";
	assert_int_equal(injectable("memory_failure"), -ENOENT);
	host.debugfs = NULL;
	assert_int_equal(injectable("memory_failure"), -ENOENT);
}

static void btf_from_environment(void **state)
{
	struct capture err;
	char *text;
	int answer;

	(void)state;
	assert_int_equal(setenv("SEA_BTF", "/nonexistent/elsewhere", 1), 0);
	capture_start(&err, STDERR_FILENO);
	answer = feature_open(&feature);
	text = capture_end(&err);
	unsetenv("SEA_BTF");
	assert_int_equal(answer, EXIT_ENVIRONMENT);
	assert_string_equal(text, "tool: /nonexistent/elsewhere: ENOENT (this kernel has no BTF; "
				  "it needs CONFIG_DEBUG_INFO_BTF=y)\n");
	free(text);
}

static void free_nothing(void **state)
{
	(void)state;
	feature_free(NULL);
}

#define HOST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOST(functions),
		HOST(tracepoints),
		HOST(members),
		HOST(enum_names),
		HOST(fentry_needs_a_function),
		HOST(no_btf),
		HOST(no_kvm),
		HOST(lockdown),
		HOST(order),
		HOST(error_injection_list),
		HOST(btf_from_environment),
		cmocka_unit_test(free_nothing),
	};

	libbpf_set_print(quiet);
	return cmocka_run_group_tests_name("feature", tests, NULL, NULL);
}
