# SPDX-License-Identifier: GPL-2.0-only
# What host.sh printed (-R -n) as one object: of each row and workload what an event costs bare and
# beside the row, what the row adds and what its own processes take (medians), and how far the repeats
# lie apart. Of $kernel, measured on $date; $versions are lines PACKAGE VERSION.
def median: sort | if length % 2 == 1 then .[length / 2 | floor]
	else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def apart: max - min;
def tenths: . * 10 | round / 10;

# One workload of one row, from lines ["sample", ROW, REPEAT, WORKLOAD, EVENTS, NS, OWN].
def measured($bare):
	def each($column): map((.[$column] | tonumber) / (.[4] | tonumber));
	($bare | each(5)) as $bare | each(5) as $with
	| [range($with | length) | $with[.] - $bare[.]] as $added
	| {
		bare: ($bare | median | tenths),
		with: ($with | median | tenths),
		added: ($added | median | tenths),
		own: (each(6) | median | tenths),
		bare_apart: ($bare | apart | tenths),
		with_apart: ($with | apart | tenths),
		added_apart: ($added | apart | tenths)
	};

[inputs | split(" ")] as $lines
| def of($kind; $row): $lines[] | select(.[0] == $kind and .[1] == $row);
{
	kernel: $kernel,
	release: ($lines[] | select(.[0] == "release") | .[1]),
	date: $date,
	versions: ($versions | split("\n") | map([splits("[ \t]+")] | select(length == 2) | {(.[0]): .[1]}) | add),
	rows: [$lines[] | select(.[0] == "row") | .[1] as $row | .[2] as $instead | {
		row: $row,
		start: ([of("start"; $row) | .[2] | tonumber][0]),
		repeats: ([of("sample"; $row) | .[2] | tonumber] | max),
		work: ([of("sample"; $row)] | group_by(.[3])
			| map(.[0][3] as $work | {($work): measured([of("sample"; "bare") | select(.[3] == $work)])})
			| add),
		proofs: [of("proof"; $row) | {
			work: (.[2] | split(",")), events: (.[3] | tonumber), seen: (.[4] // "" | tonumber? // .)
		} + if .[5] == "least" then {least: true} else {} end]
	} + if $instead == "" then {} else {$instead} end],
	skipped: [$lines[] | select(.[0] == "skip") | {row: .[1], reason: (.[2:] | join(" "))}]
}
