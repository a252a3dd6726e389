#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Prometheus itself on the metrics that seatrace gives. Its linter (promtool) has nothing to say of
# them, and something of expositions that break the rules, so that its silence means something; its
# server scrapes them, and answers with what the recording holds. TAP; skips where Prometheus is not
# installed. TEST_PROM and SEATRACE name the binaries.
set -euo pipefail
cd "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
build=build/$(uname -m | sed s/aarch64/arm64/)
program=${TEST_PROM:-$build/tests/test_prom}
seatrace=${SEATRACE:-$build/bin/seatrace}
recording=tests/golden/three-errors-6.12.rec
scratch=$(mktemp -d)
jobs=()
trap 'kill "${jobs[@]}" 2>/dev/null; rm -rf "$scratch"' EXIT
. tests/tap.sh

# clean FILE: promtool reads all of it and has nothing to say
clean() {
	if ! promtool check metrics <"$1" >"$scratch/said" 2>&1 || [[ -s $scratch/said ]]; then
		cat "$scratch/said"
		return 1
	fi
}

# notices PATTERN SED_SCRIPT: the exposition as the script changes it is refused, for this reason
notices() {
	sed -E "$2" "$scratch/metrics" >"$scratch/spoilt"
	! cmp -s "$scratch/metrics" "$scratch/spoilt" || { echo "nothing was changed"; return 1; }
	! clean "$scratch/spoilt" >"$scratch/log" || { echo "nothing was said"; return 1; }
	grep -qE "$1" "$scratch/log" || { echo "for another reason:"; cat "$scratch/log"; return 1; }
}

# Starts seatrace on a recording; $target is where its metrics are.
serve() {
	mkfifo "$scratch/announced"
	"$seatrace" report -q --prom :0 "$recording" >/dev/null 2>"$scratch/announced" </dev/null &
	jobs+=($!)
	read -r target <"$scratch/announced"
	target=${target#*http://} target=${target%%/metrics*}
}

# Starts Prometheus on $target; $server is where it answers.
scrape() {
	server=127.0.0.1:$((20000 + RANDOM % 10000))
	cat >"$scratch/prometheus.yml" <<-CONFIG
	global: {scrape_interval: 1s, scrape_timeout: 1s}
	scrape_configs: [{job_name: seatrace, static_configs: [{targets: ["$target"]}]}]
	CONFIG
	prometheus --config.file="$scratch/prometheus.yml" --storage.tsdb.path="$scratch/data" \
		--web.listen-address="$server" >"$scratch/prometheus.log" 2>&1 </dev/null &
	jobs+=($!)
}

query() { # query EXPRESSION: "LABELS VALUE" per series, without those of the scrape
	promtool query instant "http://$server" "$1" 2>&1 |
		sed -E 's/(instance|job)="[^"]*"(, )?//g; s/, \}/}/; s/ => ([^ ]*) @.*/ \1/' | sort
}

# Prometheus tells nobody when it has scraped: it is asked until it has, for a minute at most.
scraped() {
	local until=$((SECONDS + 60))
	until [[ $(query up) == *" 1" ]]; do
		((SECONDS < until)) || { query up; tail "$scratch/prometheus.log"; return 1; }
		sleep 0.2
	done
}

answers() { # answers EXPRESSION ANSWER
	local said
	said=$(query "$1")
	[[ $said == "$2" ]] || { echo "$said"; return 1; }
}

linter() {
	local each
	"$program" --print >"$scratch/metrics"
	ok "nothing to say" clean "$scratch/metrics"
	ok "notices a family announced twice" notices 'second TYPE' 's/^# TYPE seatrace_vms .*/&\n&/'
	ok "notices a family without help" notices 'no help text' '/^# HELP seatrace_vms /d'
	ok "notices a counter not called so" notices '"_total"' 's/seatrace_seas_total/seatrace_seas/'
	ok "notices a label that is not escaped" notices 'error while linting' 's/vm="a\\"b/vm="a"b/'
	ok "notices milliseconds" notices 'base unit' 's/phase_duration_seconds/phase_duration_milliseconds/'
	for each in tests/golden/*.rec; do
		"$seatrace" report -q --textfile "$scratch/metrics" "$each" >/dev/null
		ok "nothing to say of $(basename "$each")" clean "$scratch/metrics"
	done
}

server() {
	serve
	scrape
	ok "the server scrapes" scraped
	ok "incidents, as the recording has them" \
		answers 'sum by (vm, outcome) (seatrace_incidents_total) > 0' \
		'{outcome="guest-notified", vm="vm-a"} 1
{outcome="recovered", vm="vm-a"} 1
{outcome="serror-injected", vm="vm-a"} 2
{outcome="serror-injected", vm="vm-b"} 1'
	ok "histograms, of which quantiles can be taken" \
		answers 'histogram_quantile(1, sum by (le) (seatrace_phase_duration_seconds_bucket{phase="total"})) < bool 100' \
		'{} 1'
}

main() {
	if ! type -P promtool >/dev/null || ! type -P prometheus >/dev/null; then
		skip "Prometheus" "it is not installed (Debian: prometheus)"
	else
		linter
		server
	fi
	done_testing
}

main "$@"
