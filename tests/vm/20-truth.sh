# SPDX-License-Identifier: GPL-2.0-only
# Expected: of SEAs that nobody claims, 60 that APEI claims, their records and pages, seatrace has as
# many as tracefs's own kprobes on the same functions, and as long ones: call by call, the median of
# what they are apart is within 5 % + 50 us of the median span. (On busy processors some calls are held
# up for milliseconds between the two stamps: that moves a median of either side, not this one.) Where
# instructions are the clock (EXACT=1, by vmtest run --icount): within 1 %.
# Groups: all every
. /tests/vm/lib.sh

FUNCTIONS="apei_claim_sea ghes_do_proc memory_failure"
PAGES=60
AT_ONCE=10 # 5.10 leaves a claimed record's pages to a queue of 16 for each CPU
EXACT=${EXACT:-}

# The text of the trace buffer has microseconds. For nanoseconds the kernel itself has to subtract:
# each return makes an event NAME_span of the time since the entry in the same thread.
exact_spans() { # exact_spans begin|end
	for f in $FUNCTIONS; do
		entry=$TRACEFS/events/witness/$f/trigger
		return=$TRACEFS/events/witness/${f}_out/trigger
		enter="hist:keys=common_pid:in_$f=common_timestamp"
		leave="hist:keys=common_pid:ns_$f=common_timestamp-\$in_$f:onmatch(witness.$f).trace(${f}_span,\$ns_$f,ret)"
		if [ "$1" = begin ]; then
			echo "${f}_span u64 ns; s32 ret" >>$TRACEFS/synthetic_events
			echo "$enter" >"$entry" && echo "$leave" >"$return" || fail "no spans of $f"
			echo 1 >"$TRACEFS/events/synthetic/${f}_span/enable"
		else
			echo 0 >"$TRACEFS/events/synthetic/${f}_span/enable"
			echo "!$leave" >"$return" && echo "!$enter" >"$entry" || fail "spans of $f stay"
			echo "!${f}_span" >>$TRACEFS/synthetic_events
		fi
	done
}

# Lines "FUNCTION TID enter|exit NS RET" to "FUNCTION TID RET SPAN", in order.
pair() {
	sort -n -k 4 | awk '
		$3 == "enter" { begin[$1, $2] = $4 }
		$3 == "exit" { printf "%s %s %s %.0f\n", $1, $2, $5, $4 - begin[$1, $2] }'
}

# "  CPU 0/KVM-170   [001] d..1.    12.345678: memory_failure_out: (... <- ...) ret=0"
trace_buffer() { # as lines "TID MICROSECONDS EVENT LAST-BUT-ONE LAST"
	awk '!/^#/ {
		match($0, /-[0-9]+ +\[[0-9]+\] /)
		tid = substr($0, RSTART + 1) + 0
		n = split(substr($0, RSTART + RLENGTH), word, " ")
		sub(/\./, "", word[2])
		print tid, word[2] + 0, word[3], word[n - 1], word[n]
	}' $TRACEFS/trace
}

witness_spans_seen() {
	if [ -n "$EXACT" ]; then
		trace_buffer | sed -n 's/^\(.*\) .* \(.*\)_span: ns=\(.*\) ret=\(.*\)/\2 \1 \4 \3/p'
	else
		trace_buffer | sed 's/ret=//; s/:/ /' | awk '{
			end = sub(/_out$/, "", $3)
			print $3, $1, end ? "exit" : "enter", $2 "000", $NF
		}' | pair
	fi
}

trace_spans_seen() {
	jq -r '{claim: "apei_claim_sea", record: "ghes_do_proc", failure: "memory_failure"} as $functions
		| select(.type == "mark" and $functions[.mark])
		| "\($functions[.mark]) \(.tid) \(.edge) \(.mono_ns) \(.ret)"' "$T/out.jsonl" | pair
}

# Lines "SPAN WITNESS'S", call by call: the Nth call of a function in a thread is the same to both.
calls() { # calls FUNCTION RET
	awk -v f="$1" -v ret="$2" '
		$1 != f { next }
		NR == FNR { theirs[$2, ++n[$2]] = $4; next }
		!(($2, ++m[$2]) in theirs) { print "nobody else saw call " m[$2] " of thread " $2; next }
		ret == "any" || $3 == ret { print $4, theirs[$2, m[$2]] }' "$T/witness.spans" "$T/trace.spans"
}

seen_by() { # seen_by witness|trace FUNCTION RET: how often
	awk -v f="$2" -v ret="$3" '$1 == f && (ret == "any" || $3 == ret)' "$T/$1.spans" | wc -l
}

median() { # median EXPRESSION <CALLS
	awk "{ printf \"%.0f\\n\", $1 }" | sort -n | awk '{ span[NR] = $1 } END { print span[int((NR + 1) / 2)] }'
}

# Both stamp every call, seatrace inside: between their stamps are the probes of both and what
# seatrace's programs read there, the same for every call of a function. Where time is exact it shows
# as the least that calls are apart; attaching both costs about 3,000 instructions.
BETWEEN_MAX=4000
compare() { # compare WHAT FUNCTION RET
	number=$(seen_by trace "$2" "$3")
	equal "$1: spans" "$(seen_by witness "$2" "$3")" "$number"
	[ "$number" -ge 50 ] || fail "$1: only $number spans"
	calls "$2" "$3" >"$T/calls"
	ours=$(median '$1' <"$T/calls")
	apart=$(median '$2 - $1' <"$T/calls")
	within=$((ours / 20 + 50000))
	if [ -n "$EXACT" ]; then
		between=$(awk '{ print $2 - $1 }' "$T/calls" | sort -n | head -n 1)
		echo "$1: $between ns between the stamps"
		[ "$between" -ge 0 ] && [ "$between" -lt $BETWEEN_MAX ] || fail "$1: more than the probes"
		apart=$((apart - between))
		within=$((ours / 100))
	fi
	echo "$1: $ours ns, the witness $(median '$2' <"$T/calls") ns: apart $apart of $within ns"
	[ ${apart#-} -le $within ] || not_the_same "$1"
}

# A processor that is taken away between the two stamps is in one span and not in the other. Three
# times in a row that is no accident; where instructions are the clock it is none at all.
not_the_same() {
	[ -z "$EXACT" ] && [ "${ATTEMPT:-1}" -lt 3 ] || fail "$1: not the same times"
	echo "$1: measured again"
	finish
	ATTEMPT=$((${ATTEMPT:-1} + 1)) exec sh "$0"
}

vm_start vm-a
seq 8 $((PAGES + 7)) | sed "s/^/pa page /" | vm vm-a - | field pa >"$T/pas"
equal "pages" $PAGES "$(sort -u "$T/pas" | wc -l)"
# The witness comes last, and so around seatrace: of two kprobes the later one goes first and, on the
# way back, last. What seatrace does in between (it reads a record's sections) is in both spans.
trace_start --marks # a time line has not room for each of many retries
witness_spans $FUNCTIONS
[ -z "$EXACT" ] || exact_spans begin
vm vm-a sea 60 >/dev/null
for first in $(seq 1 $AT_ONCE $PAGES); do
	tail -n +"$first" "$T/pas" | head -n $AT_ONCE >"$T/records"
	vmtest-firmware sea --records "$T/records" --wait >"$T/firmware.txt" 2>&1 &
	firmware=$!
	while kill -0 $firmware 2>/dev/null; do
		vm vm-a sea 4 >/dev/null
	done
	wait $firmware || fail "no record written"
	until [ "$(witnessed memory_failure)" -ge $((first + AT_ONCE - 1)) ]; do usleep 10000; done
done
trace_stop

witness_spans_seen >"$T/witness.spans"
trace_spans_seen >"$T/trace.spans"
[ -z "$EXACT" ] || exact_spans end
compare "unclaimed SEAs" apei_claim_sea -2
compare "claimed SEAs" apei_claim_sea 0
compare "records" ghes_do_proc any
compare "pages" memory_failure any
equal "SEAs" "$(witnessed apei_claim_sea)" "$(row vm-a .seas)"
equal "claims" $PAGES "$(row vm-a .claimed)"
equal "records, each parsed once" "$(witnessed ghes_do_proc)" "$(row vm-a .laps.parse.count)"
equal "memory failures" "$(witnessed memory_failure)" "$(row vm-a .memory_failures)"
finish
