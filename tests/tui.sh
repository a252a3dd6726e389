#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The live view, of recordings, on a terminal that tmux is: exactly what is seen at three sizes, what
# keys and new sizes do, and that the terminal is as it was after each way out. What is awaited is
# looked for until it is there. TAP; skips where tmux is not installed. SEATRACE names the binary, best
# one built with sanitizers. `tests/tui.sh --update` writes the expected screens anew: read them.
set -euo pipefail
cd "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
seatrace=${SEATRACE:-build/$(uname -m | sed s/aarch64/arm64/)/bin/seatrace}
recording=tests/golden/three-errors-6.12.rec
screens=tests/golden/tui
scratch=$(mktemp -d)
export TZ=UTC LC_ALL=C.UTF-8 ASAN_OPTIONS=handle_segv=0
unset NO_COLOR TMUX
. tests/tap.sh

readonly DEADLINE=30 # seconds, for anything that is awaited

# A server that ends is still found by the next command: each start has its own.
starts=0
terminal() { tmux -S "$scratch/tmux$starts" -f "$scratch/tmux.conf" "$@"; }
trap 'end_terminal 2>/dev/null; rm -rf "$scratch"' EXIT

# A process that is hung up is continued, too. If LeakSanitizer has just stopped it to look at it, that
# waits for ever for the stop, and the process spins for ever: so it is gone before its terminal.
end_terminal() {
	local pid
	if pid=$(cat "$scratch/run.pid" 2>/dev/null) && [[ $(readlink "/proc/$pid/exe") == */seatrace ]]; then
		kill -KILL "$pid"
	fi
	terminal kill-server
}

cat >"$scratch/tmux.conf" <<-CONFIG
	set -g status off
	set -g escape-time 0
	set -g default-terminal tmux-256color
CONFIG

# What runs in the terminal: its modes before and after, and how seatrace ended.
cat >"$scratch/run" <<-'RUN'
	trap : INT # Ctrl-C is for all that run in a terminal
	stty -a >"$0.before"
	"$@"
	echo $? >"$0.status"
	stty -a >"$0.after"
	exec tmux wait-for -S ended \; wait-for never
RUN
# It says which process it is before it becomes seatrace.
# shellcheck disable=SC2016  # for that shell to expand
say_pid='echo $$ >"$0"; exec "$@"'

start() { # start COLUMNSxROWS [OPTION...] RECORDING: once it has drawn
	local size=$1
	shift
	((!starts)) || end_terminal
	starts=$((starts + 1))
	rm -f "$scratch"/run.*
	terminal new-session -d -x "${size%x*}" -y "${size#*x}" sh "$scratch/run" \
		sh -c "$say_pid" "$scratch/run.pid" "$seatrace" report --tui "$@"
	await drawn
}

press() { terminal send-keys "$@"; }
screen() { terminal capture-pane -p; }
drawn() { screen | grep -q 'lost mar'; }

# await COMMAND...: until it succeeds
await() {
	local until=$((SECONDS + DEADLINE))
	until "$@"; do
		((SECONDS < until)) || return 1
		sleep 0.02
	done
}

same_as() { screen | cmp -s - "$1"; }

shows() { # shows NAME: exactly this screen
	if ((updating)); then
		sleep 1 # who reads the difference afterwards sees whether that was too short
		screen >"$screens/$1.txt"
	fi
	await same_as "$screens/$1.txt" || { screen | diff "$screens/$1.txt" -; return 1; }
}

seen() { screen | grep -qF -- "$1"; }
unseen() { ! seen "$1"; }

says() { # says TEXT: somewhere on the screen
	await seen "$1" || { screen; return 1; }
}

names() { screen | sed -n '4,6s/ .*//p' | xargs; }
names_are() { [[ $(names) == "$1" ]]; }
lists() { # lists NAME...: the VMs, in this order
	await names_are "$*" || { screen; return 1; }
}

# --- what is seen --------------------------------------------------------------------------------

screens_at() { # screens_at COLUMNSxROWS
	start "$1" "$recording"
	ok "$1: VMs" shows "vms-$1"
	press Enter
	ok "$1: the incidents of a VM" shows "incidents-$1"
	press Enter
	ok "$1: one incident" shows "incident-$1"
	press End
	ok "$1: its end" shows "incident-end-$1"
	press Escape
	ok "$1: back to the incidents" shows "incidents-$1"
	press Escape
	ok "$1: back to the VMs" shows "vms-$1"
	press '?'
	ok "$1: help" shows "help-$1"
	press '?' a
	ok "$1: the incidents of all VMs" shows "all-$1"
}

# Names that do not fit, a VM that has ended, many lines: see tests/unit/test_tui_layout.c for the rules.
other_terminals() {
	LC_ALL=C start 80x24 "$recording"
	press a Enter
	ok "a locale without UTF-8" shows ascii-80x24
	start 80x24 "$recording"
	ok "colours where the terminal has them" has_colors
	NO_COLOR=1 start 80x24 "$recording"
	ok "no colours where NO_COLOR is set" lacks_colors
	start 12x3 "$recording"
	ok "a terminal too small for anything shows losses" seen "lost mar"
}

# The bar of an incident is blue, yellow, ...: foreground colours.
colors() { terminal capture-pane -p -e | grep -cE $'\e\\[[0-9;]*3[1-7][;m]'; }
has_colors() { press a Enter && says phase1 && (($(colors) > 2)); }
lacks_colors() { press a Enter && says phase1 && (($(colors) == 0)); }

# --- keys ------------------------------------------------------------------------------------------

sorting() {
	start 80x24 "$recording"
	ok "most incidents first" lists vm-a vm-b host
	press r
	ok "the other way round" lists host vm-b vm-a
	press N
	ok "by name" lists host vm-a vm-b
	ok "it is said by what" says "by name, A first"
	press 1
	ok "by a median" lists vm-b vm-a host
	press '<'
	ok "by the column before" says "by OTHR, highest first"
	press '>' '>'
	ok "by the column behind" says "by P1 p99, highest first"
	ok "the cursor stays on its VM" on_vm vm-a
}

on_vm() { press Enter && says "$1, " && press Escape && says "by P1"; }

filtering() {
	start 80x24 "$recording"
	press / B
	ok "names with a letter, in any case" lists vm-b
	press BSpace m
	ok "another letter" lists vm-a vm-b
	press Enter
	ok "it is said which" says 'names with "m"'
	press / z
	ok "no name" says "no name has that"
	press Escape
	ok "all again" lists vm-a vm-b host
}

sizes() {
	start 80x24 "$recording"
	terminal resize-window -x 132 -y 50
	ok "wider" shows vms-132x50
	press Enter Enter
	await seen recovery
	terminal resize-window -x 40 -y 10
	ok "narrower, in the midst of an incident" shows incident-40x10
	terminal resize-window -x 80 -y 24
	ok "as it was" shows incident-80x24
}

pausing() {
	start 80x24 "$recording"
	press p
	ok "paused" says PAUSED
	press ' '
	ok "going on" await unseen PAUSED
}

# --- ways out --------------------------------------------------------------------------------------

ended() { timeout $DEADLINE tmux -S "$scratch/tmux$starts" wait-for ended; }
is() { [[ $(terminal display-message -p "#{$1}") == "$2" ]] || { echo "$1 is not $2"; return 1; }; }

# With this status, and the terminal as it was: its modes, its screen, its cursor, its keypad.
left() {
	ended || return 1
	[[ $(<"$scratch/run.status") == "$1" ]] || { cat "$scratch/run.status"; screen; return 1; }
	diff "$scratch/run.before" "$scratch/run.after" &&
		is alternate_on 0 && is cursor_flag 1 && is keypad_flag 0 && is keypad_cursor_flag 0
}

send() { kill "-$1" "$(<"$scratch/run.pid")"; }

ways_out() {
	start 80x24 "$recording"
	ok "it takes the alternate screen" is alternate_on 1
	press q
	ok "q" left 0
	start 80x24 "$recording"
	press C-c
	ok "Ctrl-C" left 0
	start 80x24 "$recording"
	press '?' C-c
	ok "Ctrl-C from the help" left 0
	for signal in INT TERM HUP; do
		start 80x24 "$recording"
		send $signal
		ok "SIG$signal" left 0
	done
	for signal in ABRT:134 SEGV:139 QUIT:131; do
		start 80x24 "$recording"
		send ${signal%:*}
		ok "SIG${signal%:*}" left ${signal#*:}
	done
}

# --- stderr ----------------------------------------------------------------------------------------

to_stderr() { echo "$1" >"/proc/$(<"$scratch/run.pid")/fd/2"; }

messages() {
	start 80x24 "$recording"
	to_stderr "seatrace: the first"
	to_stderr "seatrace: the second"
	ok "the last message is seen" says "seatrace: the second"
	ok "in the last line" in_last_line "seatrace: the second"
	press Down
	ok "until a key is pressed" await unseen "seatrace: the second"
	press q
	left 0
	ok "afterwards all are printed" both_printed
	start 80x24 "$recording"
	to_stderr "seatrace: last words"
	send ABRT
	left 134
	ok "also when it dies" says "seatrace: last words"
}

in_last_line() { [[ $(screen | tail -n 1) == "$1" ]]; }
both_printed() { says "seatrace: the first" && says "seatrace: the second"; }

# --- with other options ----------------------------------------------------------------------------

refuses() { # refuses STATUS COMMAND...: in one line
	local want=$1 status=0
	shift
	"$@" >"$scratch/out" 2>&1 </dev/null || status=$?
	[[ $status == "$want" && $(wc -l <"$scratch/out") == 1 ]] ||
		{ echo "status $status"; cat "$scratch/out"; return 1; }
}

options() {
	ok "not without a terminal" refuses 2 "$seatrace" report --tui "$recording"
	ok "not with --json" refuses 2 "$seatrace" report --tui -j "$recording"
	start 80x24 -o "$scratch/beside" "$recording"
	press q
	left 0
	ok "JSON Lines beside it" diff "${recording%.rec}.jsonl" "$scratch/beside"
	ok "nothing else has been printed" await blank
}

blank() { [[ -z $(screen | tr -d ' \n') ]]; }

main() {
	updating=0
	[[ ${1:-} != --update ]] || updating=1
	mkdir -p "$screens"
	if ! type -P tmux >/dev/null; then
		skip "the live view" "there is no terminal for it (Debian: tmux)"
		done_testing
		return
	fi
	for size in 80x24 132x50 40x10; do
		screens_at $size
	done
	other_terminals
	sorting
	filtering
	sizes
	pausing
	ways_out
	messages
	options
	done_testing
}

main "$@"
