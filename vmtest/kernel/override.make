# SPDX-License-Identifier: GPL-2.0-only
# How it is compiled. BTF asks for types and names; where variables live at which instruction is a sixth
# of a compiler's work, for a debugger that never comes. Kernels are cached by this file without its
# comments.
KCFLAGS=-fno-var-tracking -gno-variable-location-views -gno-statement-frontiers
