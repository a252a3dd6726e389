# SPDX-License-Identifier: GPL-2.0-only
# Groups: soak
# Expected: SEAs as fast as two guests can take them for 180 s, of one the same again and again, of the
# other each at another address: seatrace lives, says of each SEA that it was seen or lost, has no more
# incidents open than it may, which many there are, and in the last tenth the memory of the second tenth,
# within 5 %.
. /tests/vm/lib.sh

STORM=${STORM:-180} # seconds, from when as many incidents are open as can be
OPEN_MAX=4096       # user/session.c

injector=kvm_inject_vabt
[ -n "$(symbol $injector)" ] || injector=kvm_inject_serror_esr

# At each table "RSS-IN-KB OPEN-INCIDENTS".
sample() { # sample <TABLES
	awk -v status="$T/status" -v prom="$T/sea.prom" '
		function look(file, name, line, word) {
			while ((getline line <file) > 0)
				if (index(line, name) == 1)
					split(line, word, " ")
			close(file)
			return word[2]
		}
		/^lost marks: / {
			print look(status, "VmRSS:"), look(prom, "seatrace_open_incidents ") + 0
			fflush()
		}'
}

uptime_s() { cut -d . -f 1 /proc/uptime; }

of_tenth() { # of_tenth N: the mean memory in it, kB
	awk -v tenth="$1" -v ticks="$(wc -l <"$T/storm")" '
		NR > ticks / 10 * (tenth - 1) && NR <= ticks / 10 * tenth { sum += $1; n++ }
		END { printf "%d\n", sum / n }' "$T/storm"
}

storm_on() { # of new addresses, as often as these have been used up
	while vmtest-guest ctl "$T/vm-new" sea 100000 timeout=600000; do :; done
}

vm_start vm-same --mask-serror
vm_start vm-new
mkfifo "$T/tables" "$T/json"
# incidents are counted, not kept: there are hundreds of thousands
awk -v kept="$T/out.jsonl" '/"type":"incident"/ { n++; next } { print >kept } END { print n + 0 }' \
	"$T/json" >"$T/incidents" &
counter=$!
sample <"$T/tables" >"$T/samples" &
JOBS="$JOBS $counter $!"
TRACE_OUT=$T/tables TRACE_TEXT="" trace_start 1 -o "$T/json" --timeout 60 --textfile "$T/sea.prom"
ln -s "/proc/$trace_pid/status" "$T/status"
witness apei_claim_sea $injector
vm vm-same hole async=1 >/dev/null
storm_on >"$T/new.txt" 2>&1 &
storm=$!
JOBS="$JOBS $storm"
until grep -q " $OPEN_MAX\$" "$T/samples"; do sleep 1; done
before=$(wc -l <"$T/samples") began=$(uptime_s)
until [ $(($(uptime_s) - began)) -ge "$STORM" ]; do sleep 1; done
tail -n "+$((before + 1))" "$T/samples" >"$T/storm"

kill $storm
for name in vm-same vm-new; do
	vm $name stop >/dev/null
	vm $name wait >"$T/$name.end.txt"
done
kill -INT "$trace_pid"
wait "$trace_pid"
equal "seatrace's exit status" 0 $?
wait $counter

seas=$(($(row vm-same .seas) + $(row vm-new .seas)))
accounted "SEAs" $seas "$(lost abort)" "$(witnessed apei_claim_sea)"
# an answer to an SEA whose own mark is lost belongs to nobody
accounted "SErrors" $(($(row vm-same .serrors) + $(row vm-new .serrors))) \
	$(($(lost inject) + $(lost abort))) "$(witnessed $injector)"
equal "SErrors of vm-new, by its guest" "$(field exceptions <"$T/vm-new.end.txt")" \
	"$(field serror <"$T/vm-new.end.txt")"
equal "incidents told" "$(($(row vm-same .incidents) + $(row vm-new .incidents)))" "$(cat "$T/incidents")"
equal "open incidents, at most" $OPEN_MAX \
	"$(awk '$2 > most { most = $2 } END { print most + 0 }' "$T/samples")"
echo "result: $(wc -l <"$T/storm") looks at $OPEN_MAX open incidents"
second=$(of_tenth 2) last=$(of_tenth 10)
echo "result: resident memory: $second kB in the second tenth, $last kB in the last"
[ $((last * 100)) -le $((second * 105)) ] && [ $((last * 100)) -ge $((second * 95)) ] ||
	fail "the memory changed by more than 5 %"
finish
