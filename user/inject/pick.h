/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which VM somebody means: exactly one, or none is shot at.
 * Layer: inject. Must not know: campaigns, options. No I/O beside vmtab's.
 */
#ifndef INJECT_PICK_H
#define INJECT_PICK_H

#include "trace/vm.h"

/*
 * The live VM that `text` means: its name, UUID or process id, and no pattern. VMs of one process are
 * one here: what is injected goes by the process. A name that several were given means all of them,
 * though the table calls the next ones NAME#2: which one was the first is nothing to go by.
 * 0; -ENOENT: none, -ENOTUNIQ: several; then why[] says which there are ("vm-a (process 120), ...").
 */
int pick_vm(const struct vmtab *vms, const char *text, struct vm **out, char why[160]);

#endif
