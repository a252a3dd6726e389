# SPDX-License-Identifier: GPL-2.0-only
# A peer: rasdaemon, with all its events.
mkdir -p /var/lib/rasdaemon
exec rasdaemon -f
