# SPDX-License-Identifier: GPL-2.0-only
# Results of several kernels (-s) as an SVG of bars: instructions added to an abort that is no SEA.
def bar_height: 18;
def left: 150;
def room: 420;
def text($x; $y; $more; $what): "<text x=\"\($x)\" y=\"\($y)\"\($more)>\($what | @html)</text>";

[.[] | {release, date, rows: ([.rows[] | select(.instead == null and .row != "nothing") | {row, added: .work.abort.added}] | sort_by(.added))}] as $charts
| ([$charts[].rows[].added] | max) as $most
| (($charts | map(.rows | length) | add) * bar_height + ($charts | length) * 46 + 8) as $height
| "<!-- SPDX-License-Identifier: GPL-2.0-only -->",
  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 \($height)\" role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"12\">",
  "<title>Instructions that attaching adds to an abort which is no SEA</title>",
  "<style>text { fill: #1f2328 } .us { fill: #0969da } .peer { fill: #8c959f } @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .us { fill: #4493f8 } .peer { fill: #656c76 } }</style>",
  (reduce $charts[] as $chart ({y: 0, out: []};
	.y += 24
	| .out += [text(0; .y; " font-weight=\"600\""; "Linux \($chart.release): instructions added to each abort, \($chart.date)")]
	| .y += 8
	| reduce $chart.rows[] as $r (.;
		([$r.added / $most * room, 1] | max * 10 | round / 10) as $width
		| .out += [
			text(left - 8; .y + 13; " text-anchor=\"end\""; $r.row),
			"<rect class=\"\(if $r.row | startswith("seatrace") then "us" else "peer" end)\" x=\"\(left)\" y=\"\(.y + 3)\" width=\"\($width)\" height=\"\(bar_height - 5)\"/>",
			text(left + $width + 6; .y + 13; ""; $r.added | round | if . == 0 then 0 else . end)]
		| .y += bar_height)
	| .y += 14) | .out[]),
  "</svg>"
