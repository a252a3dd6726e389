#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What `make install` installs, and where; the systemd unit among it, as systemd reads it. TAP.
set -euo pipefail
cd "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
. tests/tap.sh

install() { make -s install "$@"; }
files() { (cd "$1" && find . -type f -printf '%m %P\n' | sort -k 2); }
equal() { [[ $1 == "$2" ]] || { printf 'wanted: %s\ngot:    %s\n' "$1" "$2"; return 1; }; }
key() { sed -n "s/^$1=//p" "$2"; }

staged=$scratch/staged
unit=$staged/usr/lib/systemd/system/seatrace.service
native=(
	"644 etc/default/seatrace"
	"644 usr/lib/systemd/system/seatrace.service"
	"755 usr/sbin/seainject"
	"755 usr/sbin/seatrace"
	"644 usr/share/bash-completion/completions/seainject"
	"644 usr/share/bash-completion/completions/seatrace"
	"644 usr/share/man/man1/vmtest.1"
	"644 usr/share/man/man5/seainject.5"
	"644 usr/share/man/man8/seainject.8"
	"644 usr/share/man/man8/seatrace.8"
)

stages() { install DESTDIR="$staged" prefix=/usr && diff <(printf '%s\n' "${native[@]}") <(files "$staged"); }

# A completion is said by a program that runs here.
stages_cross() {
	install ARCH=arm64 DESTDIR="$scratch/cross" prefix=/usr &&
		diff <(printf '%s\n' "${native[@]}" | grep -v completion) <(files "$scratch/cross") &&
		file_is_arm64 "$scratch/cross/usr/sbin/seatrace"
}
file_is_arm64() { equal b7 "$(od -An -tx1 -j 18 -N 1 "$1" | tr -d ' ')"; } # ELF: e_machine

starts_what_is_there() {
	equal "/usr/sbin/seatrace \$SEATRACE_OPTIONS" "$(key ExecStart "$unit")" &&
		equal -/etc/default/seatrace "$(key EnvironmentFile "$unit")" &&
		! grep -n '@' "$unit"
}

# Each line of the example file that sets options is one that seatrace takes, when it is uncommented.
options_are_taken() {
	local program=$staged/usr/sbin/seatrace line n=0
	while read -r line; do
		eval "$line"
		# shellcheck disable=SC2086 # words, as systemd splits them
		"$program" $SEATRACE_OPTIONS --version >/dev/null || { echo "$line"; return 1; }
		n=$((n + 1))
	done < <(sed -n 's/^#\(SEATRACE_OPTIONS=\)/\1/p' "$staged/etc/default/seatrace")
	((n == 2)) && ! grep -vE '^(#.*)?$' "$staged/etc/default/seatrace"
}

keeps_settings() {
	echo mine >"$staged/etc/default/seatrace"
	install DESTDIR="$staged" prefix=/usr && equal mine "$(<"$staged/etc/default/seatrace")"
}

follows_variables() {
	install DESTDIR="$scratch/other" sbindir=/opt/s unitdir=/opt/u defaultdir=/opt/d prefix=/opt/p &&
		equal "/opt/s/seatrace \$SEATRACE_OPTIONS" "$(key ExecStart "$scratch/other/opt/u/seatrace.service")" &&
		equal -/opt/d/seatrace "$(key EnvironmentFile "$scratch/other/opt/u/seatrace.service")" &&
		[[ -x $scratch/other/opt/s/seatrace && -f $scratch/other/opt/d/seatrace ]]
}

# --- as systemd reads it: with a program that is where the unit says -------------------------------
here=$scratch/here
verified() { # verified FILE: no complaint, and none that is only printed
	local said status=0
	said=$(systemd-analyze verify --man=no "$1" 2>&1) || status=$?
	equal "0 " "$status $said"
}
verifies() { install prefix="$here" defaultdir="$here/etc" && verified "$here/lib/systemd/system/seatrace.service"; }

notices() { # notices SED-SCRIPT: systemd complains of a unit that was spoilt so
	mkdir -p "$scratch/spoilt"
	sed "$1" "$here/lib/systemd/system/seatrace.service" >"$scratch/spoilt/seatrace.service"
	! verified "$scratch/spoilt/seatrace.service" >/dev/null
}

# Its figure, "4.9": the lower, the less the service can do.
confined() { systemd-analyze security --offline=true --threshold=50 --no-pager "$here/lib/systemd/system/seatrace.service" >/dev/null; }
loose() {
	sed '/^Protect/d; /^Restrict/d' "$here/lib/systemd/system/seatrace.service" >"$scratch/spoilt/seatrace.service"
	! systemd-analyze security --offline=true --threshold=50 --no-pager "$scratch/spoilt/seatrace.service" >/dev/null
}

ok "these files are installed, with these modes" stages
ok "for arm64 the same without a completion" stages_cross
ok "the unit starts what is installed" starts_what_is_there
ok "the examples of its settings are taken, and none is on" options_are_taken
ok "settings that are there are kept" keeps_settings
ok "the unit follows the variables" follows_variables
ok "systemd has nothing to complain of" verifies
ok "it would of a key that it does not know" notices 's/^ProtectHome=/ProtectHouse=/'
ok "and of a value" notices 's/^Type=notify/Type=notified/'
ok "and of a program that is not there" notices 's/^ExecStart=/&\/nowhere/'
ok "systemd finds it confined" confined
ok "and would not without what confines it" loose
done_testing
