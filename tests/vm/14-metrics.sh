# SPDX-License-Identifier: GPL-2.0-only
# Expected: an incident and its late touch are in the metrics over HTTP and in the file, where no
# counter falls; the command has run once, as nobody, for the incident's first close.
. /tests/vm/lib.sh

[ -e /proc/net/tcp ] || skip "this kernel has no TCP to be scraped over"

metric() { # metric SERIES <EXPOSITION: its value
	awk -v start="$1 " 'index($0, start) == 1 { print $NF }'
}

chmod 755 "$T"
cat >"$T/hook" <<-'HOOK'
	#!/bin/sh
	echo "hook: $SEATRACE_ID $SEATRACE_VM $SEATRACE_OUTCOME $SEATRACE_PA $(id -u) $#"
HOOK
chmod 755 "$T/hook"
vm_start vm-a
pa=$(page_pa vm-a 7)
trace_start --timeout 2 --prom :9923 --textfile "$T/sea.prom" --exec "$T/hook ; x"
vmtest-firmware irq --pa "$pa" >"$T/firmware.txt" 2>&1 || fail "no record injected"
until grep -q '^hook:' "$T/err.txt"; do usleep 10000; done
equal "the hook" "hook: 1 vm-a recovered $pa 65534 2" "$(grep '^hook:' "$T/err.txt")"
wget -qO "$T/first" http://127.0.0.1:9923/metrics || fail "no metrics"
vm vm-a load page 7 >/dev/null
until [ "$(wc -l <"$T/out.jsonl")" -ge 3 ]; do usleep 10000; done
wget -qO "$T/second" http://127.0.0.1:9923/metrics || fail "no metrics"
wget -qO "$T/answer" http://127.0.0.1:9923/x 2>/dev/null && fail "there is something at /x"
trace_stop

program=$(sed -n 's/^seatrace_bpf_runs_total{program="\(sea_record[a-z_]*enter[a-z_]*\)".*/\1/p' "$T/second")
total='seatrace_incidents_total{vm="vm-a",outcome='
equal "recovered, at first" 1 "$(metric "$total\"recovered\"}" <"$T/first")"
equal "guest-notified, at first" 0 "$(metric "$total\"guest-notified\"}" <"$T/first")"
equal "recovered, counted still" 1 "$(metric "$total\"recovered\"}" <"$T/second")"
equal "guest-notified, in the end" 1 "$(metric "$total\"guest-notified\"}" <"$T/second")"
equal "changed" 1 \
	"$(metric 'seatrace_incidents_changed_total{vm="vm-a",outcome="recovered"}' <"$T/second")"
equal "commands" 1 "$(metric 'seatrace_exec_total{result="done"}' <"$T/second")"
equal "hooks run" 1 "$(grep -c '^hook:' "$T/err.txt")"
equal "records, in the file" "$(row vm-a .records)" \
	"$(metric 'seatrace_records_total{vm="vm-a"}' <"$T/sea.prom")"
equal "parse times, in the file" "$(row vm-a .laps.parse.count)" \
	"$(metric 'seatrace_phase_duration_seconds_count{vm="vm-a",phase="parse"}' <"$T/sea.prom")"
equal "runs of the record's program" "$(row vm-a .records)" \
	"$(metric 'seatrace_bpf_runs_total{program="'"$program"'"}' <"$T/sea.prom")"
[ "$(metric 'seatrace_bpf_run_seconds_total{program="'"$program"'"}' <"$T/second")" != 0 ] ||
	fail "it took no time"
equal "VMs, in the file" 1 "$(metric seatrace_vms <"$T/sea.prom")"
finish
