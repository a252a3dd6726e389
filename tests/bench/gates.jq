# SPDX-License-Identifier: GPL-2.0-only
# The gates (--rawfile gates) on the result of one kernel, as TAP lines without numbers. A figure that
# a gate asks for and that was not measured is a failure, and so is a row that did not see what it
# should, a row whose repeats differ, and a row made to turn gates red with which all are green, if its
# row has gates on this kernel.
def fraction: split("/") | map(tonumber) | if length == 2 then .[0] / .[1] else .[0] end;
def most($share; $least): [. * $share, $least] | max;

# What repeats may differ by: a share of what the bare event costs, and a share of what is added, or 5
# instructions. A page fault is now and then the one that fills a list of the page allocator again: the
# least of many batches of 150 lies on one of two floors, 19,300 instructions (1.3 %) apart on 7.3.
def agree($share): .bare_apart <= .bare * $share;
def agree_on_added: .added_apart <= (.added | most(0.01; 5));

def saw_all: .events > 0 and (.seen == .events or (.least and (.seen | type) == "number" and .seen > .events));

. as $result
| def work($row; $work): [$result.rows[] | select(.row == $row) | .work[$work]] | .[0];

# one gate on the figure of a row that is, or stands for, the gate's: {ok, text, skip}
def gate($line; $this):
	$line as [$kernels, $row, $work, $factor, $other, $pin]
	| work($other; $work) as $that
	| ($pin // "" | split("=")) as [$package, $version]
	| if $this == null then {ok: false, text: "it was not measured"}
	  elif $other == "nothing" then {ok: ($this.added | fabs <= 2), text: "it adds \($this.added)"}
	  elif $that == null then {ok: false, text: "\($other) was not measured"}
	  else {ok: ($this.added <= ($factor | fraction) * $that.added), text: "\($this.added) to \($that.added)"}
	  end
	| if $package and .ok != null and $that != null and $result.versions[$package] != $version
	  then .skip = "\(.text); \($package) is \($result.versions[$package]), the gate is for \($version)" else . end;

def tap($what; $verdict):
	"\($result.kernel): \($what)" as $name
	| if $verdict.skip then "ok - \($name) # SKIP \($verdict.skip)"
	  elif $verdict.ok then "ok - \($name)", "# \($verdict.text)"
	  else "not ok - \($name)", "# \($verdict.text)" end;

[$gates | splits("\n") | select(test("^[0-9]")) | [splits(" +")]
	| select(.[0] | split(",") | index($result.kernel))] as $lines
| (
	$lines[] as $line | $line as [$kernels, $row, $work, $factor, $other]
	| tap("\($row) adds to \($work) at most \($factor) x \($other)"; gate($line; work($row; $work)))
),
(
	$result.rows[] | select(.instead) as $row
	| select(any($lines[]; .[1] == $row.instead))
	| [$lines[] | select(.[1] == $row.instead and $row.work[.[2]]) | gate(.; $row.work[.[2]])] as $verdicts
	| tap("\($row.row) in the place of \($row.instead) would turn a gate red";
		{ok: any($verdicts[]; .skip == null and .ok == false), text: ($verdicts | map(.text) | join("; "))})
),
(
	$result.rows[] | select(.row != "nothing")
	| tap("\(.row) saw every event";
		{ok: (.proofs != [] and all(.proofs[]; saw_all)), text: (.proofs | tojson)})
),
(
	$result.rows[]
	| [.work | to_entries[] | select(.key != "record")
		| select(.key as $work | .value | (if $work == "fault" then agree(0.02) else agree(0.001) and agree_on_added end) | not)]
		as $apart
	| tap("\(.row), repeats agree"; {ok: ($apart == []), text: ($apart | tojson)})
)
