# SPDX-License-Identifier: GPL-2.0-only
# A peer: bcc's funclatency. It says that it is attached at once only to a terminal.
# usage: funclatency.sh FUNCTION
exec script -q -f -c "funclatency-libbpf $1" /dev/null >&2
