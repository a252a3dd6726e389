# SPDX-License-Identifier: GPL-2.0-only
# Results of several kernels (-s) as text: what each row adds to an abort, that as a share of what others
# add, what it adds to the other events, and what its own processes run for. $brief names the one kernel
# of a table that fits a page; "": all of them.
def right($n): tostring | (" " * ([$n - length, 0] | max)) + .;
def left($n): tostring | . + (" " * ([$n - length, 0] | max));
def figure: if . == null then "-" else round | if . == 0 then 0 else . end | tostring end;
def share($of): if . == null or $of == null or $of <= 0 then "-" else "\(. / $of * 100 | round / 100 | if . == 0 then 0 else . end)x" end;
def peers: ["bpftrace", "funclatency", "tracefs-hist", "perf-record"] | if $brief == "" then . else .[:2] end;
def millions: if . == null then "-" else . / 1e6 | round | "\(.) M" end;
def works: ["fault", "sea", "record"];
def cells(f): map(f) | add;

.[] | select($brief == "" or .kernel == $brief) | . as $k
| [$k.rows[] | select(.instead == null)] as $rows
| ($rows | map({(.row): .work.abort.added}) | add) as $adds
| ($adds["fentry+fexit"] // $adds["kprobe+kretprobe"]) as $pair
| "Linux \($k.release), \($k.date): instructions added to each event, median of \($rows[0].repeats)",
  ("" | left(20)) + ("abort" | right(7)) + ("+-" | right(6)) + ("pair" | right(8))
	+ (peers | cells(right(length + 3))) + (works | cells(right(8))) + ("own/sea" | right(9)) + ("start" | right(8)),
  ("(the event itself)" | left(20)) + ($rows[0].work.abort.bare | figure | right(7)) + ("" | right(14))
	+ (peers | cells(length as $n | "" | right($n + 3)))
	+ (works | cells(. as $w | $rows[0].work[$w].bare | figure | right(8))),
  ($rows[] | . as $r | .work.abort.added as $added
	| (.row | left(20)) + ($added | figure | right(7)) + (.work.abort.added_apart | tostring | right(6))
	+ ($added | share($pair) | right(8))
	+ (peers | cells(. as $peer | $added | share($adds[$peer]) | right($peer | length + 3)))
	+ (works | cells(. as $w | $r.work[$w].added | figure | right(8)))
	+ ($r.work.sea.own | figure | right(9)) + ($r.start | millions | right(8))),
  ($k.skipped[] | "\(.row | left(20)) not here: \(.reason)"),
  ""
