# SPDX-License-Identifier: GPL-2.0-only
# make [ARCH=arm64|x86_64] [O=DIR] [V=1]   all | unit | bench | bench-user | fuzz | check | install | clean
# Everything made goes below O; the default keeps one tree per architecture side by side.

MACHINE  := $(subst aarch64,arm64,$(shell uname -m))
ARCH     ?= $(MACHINE)
O        ?= build/$(ARCH)
prefix   ?= /usr/local
sbindir  ?= $(prefix)/sbin
mandir   ?= $(prefix)/share/man
bashcompdir ?= $(prefix)/share/bash-completion/completions
unitdir  ?= $(prefix)/lib/systemd/system
defaultdir ?= /etc/default

ifeq ($(ARCH),$(MACHINE))
LDFLAGS_ARCH :=
else ifeq ($(ARCH),arm64)
# Cross builds link statically against the arm64 libraries that `vmtest fetch sysroot` unpacks.
CROSS    ?= aarch64-linux-gnu-
ifndef SYSROOT
SYSROOT  := $(or $(shell vmtest/host/sysroot --path),$(error vmtest/host/sysroot --path failed))
endif
LIBRARIES := $(SYSROOT)/usr/include
CPPFLAGS_ARCH := -isystem $(SYSROOT)/usr/include -isystem $(SYSROOT)/usr/include/aarch64-linux-gnu
LDFLAGS_ARCH  := -static -L$(SYSROOT)/usr/lib/aarch64-linux-gnu
else
$(error ARCH=$(ARCH): only arm64 can be cross-built; native is $(MACHINE))
endif

CC        = $(CROSS)gcc
AR        = $(CROSS)ar
CLANG    ?= clang
BPFTOOL  ?= $(or $(shell command -v bpftool),/usr/sbin/bpftool)
VERSION  := 0.1

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(patsubst $(O)/%,%,$@)')

WARN     := -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wshadow -Wvla
CFLAGS   ?= -O2 -g
CPPFLAGS_ALL := -D_GNU_SOURCE -DSEA_VERSION='"$(VERSION)"' -Iinclude -Iuser -I$(O) -I. $(CPPFLAGS_ARCH) $(CPPFLAGS)
CFLAGS_ALL   := -std=gnu11 $(WARN) $(CFLAGS)
# An eBPF program for arm64 hosts, whatever machine builds it. asm/types.h sits in the multiarch folder.
BPF_INC  := -I/usr/include/$(shell $(CLANG) -print-target-triple | sed 's/-pc-/-/;s/-unknown-/-/')
BPF_FLAGS := -target bpf -mcpu=v3 -O2 -g -std=gnu11 -Wall -Wextra -Werror -Wno-unused-parameter \
	     -D__TARGET_ARCH_arm64 -Iinclude -I. $(BPF_INC)

# --- what is built out of what: a program is a folder, its archive is everything but main.c -----
# The owners of skeletons with programs to attach are no part of it: they are a program's choice.
SKEL_OWNERS  := user/trace/attach.c user/inject/arm.c user/inject/witness.c
objs_of       = $(patsubst %,$(O)/%.o,$(filter-out %/main.c $(SKEL_OWNERS),$(wildcard $(addsuffix /*.c,$(1)))))
LIBSEA       := $(O)/libsea.a
LIBVMTEST    := $(O)/libvmtest.a
BPF_LIBS     := -lbpf -lelf -lz
JSON_LIBS    := -ljansson
TUI_LIBS     := -lncursesw -ltinfo
CAP_LIBS     := -lcap
YAML_LIBS    := -lcyaml -lyaml
HTTP_LIBS    := -lmicrohttpd $(if $(findstring -static,$(LDFLAGS_ARCH)),$(LIBSEA))
TESTS        := $(patsubst tests/unit/%.c,$(O)/tests/%,$(wildcard tests/unit/test_*.c))

PROGRAMS     := $(if $(wildcard user/seatrace.c),$(O)/bin/seatrace)
PROGRAMS     += $(if $(wildcard user/seainject.c),$(O)/bin/seainject)
PROGRAMS     += $(if $(wildcard vmtest/boot/main.c),$(O)/bin/vmtest-boot)
PROGRAMS     += $(if $(wildcard vmtest/matrix/main.c),$(O)/bin/vmtest-matrix)
ifeq ($(ARCH),arm64)
PROGRAMS     += $(if $(wildcard vmtest/guest/main.c),$(O)/bin/vmtest-guest)
PROGRAMS     += $(if $(wildcard vmtest/firmware/main.c),$(O)/bin/vmtest-firmware)
PROGRAMS     += $(if $(wildcard vmtest/linux/main.c),$(O)/bin/vmtest-linux)
PROGRAMS     += $(O)/bin/bench-probe $(O)/bin/test-slots
endif

.PHONY: all check unit bench bench-user fuzz fuzzers install clean
.DELETE_ON_ERROR:
.SECONDARY:
all: $(PROGRAMS)

# --- BPF: what seatrace is made of is one object; what seainject adds is an object each ------------
BPF_ALONE := override slots witness
BPF_OBJS  := $(patsubst bpf/%.bpf.c,$(O)/bpf/%.bpf.o,$(filter-out $(BPF_ALONE:%=bpf/%.bpf.c),$(wildcard bpf/*.bpf.c)))

$(O)/bpf/%.bpf.o: bpf/%.bpf.c | $(O)/bpf/
	$(call say,CLANG)
	$(Q)$(CLANG) $(BPF_FLAGS) -MMD -MP -c $< -o $@

$(O)/seatrace.linked.o: $(BPF_OBJS)
	$(call say,BPFLINK)
	$(Q)$(BPFTOOL) gen object $@ $^

$(BPF_ALONE:%=$(O)/%.linked.o): $(O)/%.linked.o: $(O)/bpf/%.bpf.o $(O)/bpf/license.bpf.o
	$(call say,BPFLINK)
	$(Q)$(BPFTOOL) gen object $@ $^

$(O)/%.skel.h: $(O)/%.linked.o
	$(call say,SKEL)
	$(Q)$(BPFTOOL) gen skeleton $< name $*_bpf > $@

# Programs that are the benchmark's alone: one file, one skeleton.
$(O)/tests/bench/%.bpf.o: tests/bench/%.bpf.c
	$(call say,CLANG)
	$(Q)mkdir -p $(@D) && $(CLANG) $(BPF_FLAGS) -MMD -MP -c $< -o $@

$(O)/tests/bench/%.skel.h: $(O)/tests/bench/%.bpf.o
	$(call say,SKEL)
	$(Q)$(BPFTOOL) gen skeleton $< name $*_bpf > $@

$(O)/tests/bench/probe.c.o: | $(O)/tests/bench/probe.skel.h

# --- C ------------------------------------------------------------------------------------------
$(O)/%.c.o: %.c | $(LIBRARIES)
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

$(LIBRARIES):
	$(error no arm64 libraries in $(SYSROOT): run vmtest/vmtest fetch sysroot)

$(O)/%.S.o: %.S
	$(call say,AS)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) -MMD -MP -c $< -o $@

$(O)/user/trace/attach.c.o: | $(O)/seatrace.skel.h
$(O)/user/inject/arm.c.o: | $(O)/override.skel.h
$(O)/user/inject/slots.c.o: | $(O)/slots.skel.h
$(O)/user/inject/witness.c.o: | $(O)/witness.skel.h

$(LIBSEA): $(call objs_of,user/lib user/trace user/inject user/inject/methods user/out)
$(LIBVMTEST): $(call objs_of,vmtest/firmware vmtest/boot vmtest/matrix)
$(LIBSEA) $(LIBVMTEST):
	$(call say,AR)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

link = $(Q)mkdir -p $(@D) && $(CC) $(CFLAGS_ALL) $^ -o $@ $(LDFLAGS_ARCH) $(LDFLAGS) $(1)

# What the mains of user/ are made of, beside what is in the archive.
observe_parts  := observe observe_vms feed session sinks
seatrace_parts := watch watch_loop watch_numbers watch_outputs watch_vms $(observe_parts) replay \
		  metrics page action screen rights service check stop

$(O)/bin/seatrace: $(patsubst %,$(O)/user/%.c.o,seatrace $(seatrace_parts)) $(O)/user/trace/attach.c.o $(LIBSEA)
	$(call say,LINK)
	$(call link,$(HTTP_LIBS) $(TUI_LIBS) $(BPF_LIBS) $(JSON_LIBS) $(CAP_LIBS))

# What the mains of seainject are made of, likewise.
seainject_parts := seainject_check seainject_fire seainject_list seainject_matrix seainject_order \
		   seainject_run seainject_undo verdicts shoot victims volley rig $(observe_parts) stop

$(O)/bin/seainject: $(patsubst %,$(O)/user/%.c.o,seainject $(seainject_parts)) $(SKEL_OWNERS:%=$(O)/%.o) $(LIBSEA)
	$(call say,LINK)
	$(call link,$(BPF_LIBS) $(JSON_LIBS) $(YAML_LIBS) $(CAP_LIBS))

$(O)/bin/vmtest-boot $(O)/bin/vmtest-matrix: $(O)/bin/vmtest-%: $(O)/vmtest/%/main.c.o $(LIBVMTEST) $(LIBSEA)
	$(call say,LINK)
	$(call link,$(JSON_LIBS))

$(O)/bin/vmtest-firmware: $(O)/vmtest/firmware/main.c.o $(LIBVMTEST) $(LIBSEA)
	$(call say,LINK)
	$(call link,$(JSON_LIBS))

$(O)/bin/bench-probe: $(O)/tests/bench/probe.c.o
	$(call say,LINK)
	$(call link,$(BPF_LIBS))

# What a test in the host does that no shell can.
$(O)/bin/test-%: $(O)/tests/vm/%.c.o $(LIBSEA)
	$(call say,LINK)
	$(call link,-pthread $(BPF_LIBS))

$(O)/bin/vmtest-guest: $(patsubst %,$(O)/%.o,$(wildcard vmtest/guest/*.c vmtest/guest/*.S))
	$(call say,LINK)
	$(call link,-pthread)

$(O)/bin/vmtest-linux: $(patsubst %,$(O)/%.o,$(wildcard vmtest/linux/*.c))
	$(call say,LINK)
	$(call link)

# --- tests --------------------------------------------------------------------------------------
link_test = $(call link,-lcmocka $(HTTP_LIBS) $(TUI_LIBS) $(BPF_LIBS) $(JSON_LIBS) $(YAML_LIBS) $(CAP_LIBS))

$(O)/tests/%: $(O)/tests/unit/%.c.o $(LIBVMTEST) $(LIBSEA)
	$(call say,LINK)
	$(link_test)

# A part of the mains that is tested without the rest of them.
$(O)/tests/test_verdicts: $(O)/tests/%: $(O)/tests/unit/%.c.o $(O)/user/verdicts.c.o $(LIBVMTEST) $(LIBSEA)
	$(call say,LINK)
	$(link_test)

unit: $(TESTS)

# --- benchmark of user space: native, in instructions ----------------------------------------------
$(O)/bin/bench-user: $(patsubst %,$(O)/tests/bench/%.c.o,user user_traffic) $(patsubst %,$(O)/user/%.c.o,$(filter-out watch% observe% check rights,$(seatrace_parts))) $(LIBSEA)
	$(call say,LINK)
	$(call link,$(HTTP_LIBS) $(TUI_LIBS) $(BPF_LIBS) $(JSON_LIBS) $(CAP_LIBS))

bench-user: $(O)/bin/bench-user
	$(Q)tests/bench/user.sh $<

# --- fuzzing: a tree of its own, as every line tells the fuzzer that it was reached -----------------
FUZZERS      := $(patsubst tests/fuzz/fuzz_%.c,$(O)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_GUEST   := request command answer result
FUZZ_FLAGS   := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined

fuzz:
	$(Q)$(MAKE) O=build/fuzz CC=$(CLANG) WARN= CFLAGS="$(FUZZ_FLAGS) -fsanitize=fuzzer-no-link" fuzzers

fuzzers: $(FUZZERS)

# Parts that only some harnesses take: those have stubs for the rest.
$(O)/libfuzzed.a: $(patsubst %,$(O)/%.c.o,$(seatrace_parts:%=user/%) $(FUZZ_GUEST:%=vmtest/guest/%))
	$(call say,AR)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(O)/fuzz/%: $(O)/tests/fuzz/fuzz_%.c.o $(patsubst %,$(O)/tests/fuzz/%.c.o,fuzz lines markup) $(O)/libfuzzed.a $(LIBVMTEST) $(LIBSEA)
	$(call say,LINK)
	$(call link,-fsanitize=fuzzer $(HTTP_LIBS) $(TUI_LIBS) $(BPF_LIBS) $(JSON_LIBS) $(YAML_LIBS) $(CAP_LIBS))

check:
	$(Q)scripts/check

# All of it, into the README as well; parts of it: vmtest bench --help
bench:
	$(Q)vmtest/vmtest bench --publish

# Manuals where there is scdoc to make them; a program without them still installs.
MANUALS := $(if $(shell command -v scdoc),$(patsubst user/man/%.scd,$(O)/man/%,$(wildcard user/man/*.scd)))

$(O)/man/%: user/man/%.scd
	$(call say,MAN)
	$(Q)mkdir -p $(@D) && scdoc < $< > $@

# Said by the program itself: not where that is one for another machine.
COMPLETION := $(if $(filter $(ARCH),$(MACHINE)),$(O)/completion/seatrace $(O)/completion/seainject)

$(O)/completion/%: $(O)/bin/%
	$(call say,COMPLETE)
	$(Q)mkdir -p $(@D) && $< --completion bash > $@

install: all $(MANUALS) $(COMPLETION)
	$(Q)for program in seatrace seainject; do \
		install -D -m 755 $(O)/bin/$$program $(DESTDIR)$(sbindir)/$$program || exit; done
	$(Q)for page in $(MANUALS); do \
		install -D -m 644 $$page $(DESTDIR)$(mandir)/man$${page##*.}/$${page##*/} || exit; done
	$(Q)for file in $(COMPLETION); do \
		install -D -m 644 $$file $(DESTDIR)$(bashcompdir)/$${file##*/} || exit; done
	$(Q)sed 's|@sbindir@|$(sbindir)|g; s|@defaultdir@|$(defaultdir)|g' user/systemd/seatrace.service.in | \
		install -D -m 644 /dev/stdin $(DESTDIR)$(unitdir)/seatrace.service
	$(Q)[ -e $(DESTDIR)$(defaultdir)/seatrace ] || \
		install -D -m 644 user/systemd/seatrace.default $(DESTDIR)$(defaultdir)/seatrace

clean:
	$(Q)rm -rf $(O)

$(O)/bpf/:
	$(Q)mkdir -p $@

-include $(shell find $(O) -name '*.d' 2>/dev/null)
