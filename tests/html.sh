#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Pages of recordings, read by others: a strict parser of HTML, and Chromium on a phone's width and a
# desk's, in light and dark and on paper. What the browser shows is what `report -j` says, nothing is
# wider than its window, all text has contrast (WCAG 2.2: 4.5), nothing is loaded or run; and a page
# that is spoilt in each of these ways is noticed. TAP; skips where there is no Chromium. SEATRACE and TEST_HTML name
# the binaries.
set -euo pipefail
cd "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
build=build/$(uname -m | sed s/aarch64/arm64/)
program=${TEST_HTML:-$build/tests/test_html}
seatrace=${SEATRACE:-$build/bin/seatrace}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
. tests/tap.sh

readonly WIDTHS="400 1400"

# --- pages ---------------------------------------------------------------------------------------

# hostile RECORDING: the same with VMs that have names out of a nightmare
hostile() {
	perl -0777 -pe '
		s/vm-a\0{60}/pack("a64", "<script>document.title=\"owned\"<\/script>")/ge;
		s/vm-b\0{60}/pack("a64", "\"><img src=x onerror=alert(1)>\xff\xfe\e[31m\r&lt;")/ge;' "$1"
}

make_pages() {
	local recording name
	hostile tests/golden/three-errors-6.12.rec >"$scratch/hostile.rec"
	for recording in tests/golden/*.rec "$scratch/hostile.rec"; do
		name=$(basename "$recording" .rec)
		"$seatrace" report -q --html "$scratch/$name.html" "$recording" </dev/null >"$scratch/said"
		"$seatrace" report -j "$recording" </dev/null >"$scratch/$name.jsonl"
		pages+=("$name")
	done
	"$program" --print >"$scratch/everything.html"
	pages+=(everything)
}

# --- without a browser ---------------------------------------------------------------------------

# As browsers parse, but giving up at the first error of the specification's list.
parses() {
	/usr/bin/python3 - "$1" <<-'PYTHON'
	import html5lib, sys
	html5lib.HTMLParser(strict=True).parse(open(sys.argv[1], encoding="utf-8").read())
	PYTHON
}

# No element and no attribute that loads or runs anything, but the empty icon; no such thing in the style.
self_contained() {
	/usr/bin/python3 - "$1" <<-'PYTHON'
	import html5lib, re, sys
	tree = html5lib.parse(open(sys.argv[1], encoding="utf-8").read(), namespaceHTMLElements=False)
	bad = []
	for element in tree.iter():
	    if element.tag in ("script", "img", "image", "iframe", "object", "embed", "base", "use", "audio", "video"):
	        bad.append(element.tag)
	    if element.tag == "style" and re.search(r"url\(|@import|@font-face|https?:", element.text):
	        bad.append("style")
	    for name, value in element.attrib.items():
	        if name.startswith("on") or name in ("src", "srcset", "action", "background", "poster"):
	            bad.append(name)
	        if name.endswith("href") and not value.startswith("#") and value != "data:,":
	            bad.append(name + "=" + value)
	print(*bad)
	sys.exit(bool(bad))
	PYTHON
}

# Elsewhere, and again over the old page, it is the same.
same_anywhere() {
	local at=$scratch/three-errors-6.12
	cp "$at.html" "$at.copy.html"
	TZ=XYZ-5:30 LC_ALL=C.UTF-8 "$seatrace" report -q --html "$at.copy.html" tests/golden/three-errors-6.12.rec \
		</dev/null >"$scratch/said"
	cmp "$at.html" "$at.copy.html"
}

# One line, and its own exit code.
cannot_be_written() {
	local status=0
	"$seatrace" report -q --html "$scratch/no/page.html" tests/golden/three-errors-6.12.rec \
		</dev/null 2>"$scratch/err" >"$scratch/said" || status=$?
	[[ $status == 3 && $(<"$scratch/err") == "seatrace: --html: write $scratch/no/page.html: ENOENT"* ]] ||
		{ echo "status $status"; cat "$scratch/err"; return 1; }
}

# --- in a browser --------------------------------------------------------------------------------

declare -A prefers=([light]=1 [dark]=0) # Chromium's setting

# browse SCHEME OPTION... FILE
browse() {
	local scheme=$1
	shift
	HOME=$scratch timeout 120 chromium --headless=new --no-sandbox --disable-gpu \
		--user-data-dir="$scratch/profile" --no-first-run --disable-background-networking \
		--blink-settings=preferredColorScheme="${prefers[$scheme]}" "$@" 2>"$scratch/stderr"
}

# The page looks at itself, once it is laid out, and tells whoever shows it.
probe() {
	cat <<-'SCRIPT'
	<script>
	const all = (from, selector) => [...from.querySelectorAll(selector)];
	const text = (from, selector) => from.querySelector(selector).textContent;
	const value = (from, selector) => Number(from.querySelector(selector).getAttribute("value"));
	const incidents = () => all(document, "article").map(a => ({
		id: Number(a.id.replace("incident-", "")), vm: text(a, "h3 .vm"), outcome: text(a, ".end .outcome"),
		totals: all(a, ".timeline .total data").map(d => Number(d.getAttribute("value"))),
		marks: all(a, ".marks tbody tr").length}));
	const lap = row => ({count: Number(text(row, "[data-of=count]")), p50: value(row, "[data-of=p50] data"),
		p90: value(row, "[data-of=p90] data"), p99: value(row, "[data-of=p99] data"),
		max: value(row, "[data-of=max] data")});
	const vms = () => all(document, ".one-vm").map(s => ({vm: text(s, "h3 .vm"),
		laps: Object.fromEntries(all(s, ".laps tbody tr").map(r => [r.className.replace("lap-", ""), lap(r)]))}));
	const ended = () => all(document, ".vms tbody tr").map(r => ({vm: text(r, ".vm"),
		outcomes: Object.fromEntries(all(r, "td:last-child div").map(d =>
			[text(d, ".outcome"), parseInt(d.textContent)]))}));
	function channels(colour) { return colour.match(/[\d.]+/g).map(Number); }
	function light(colour) {
		const [r, g, b] = channels(colour).slice(0, 3).map(c => c / 255)
			.map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
		return .2126 * r + .7152 * g + .0722 * b;
	}
	function behind(element) {
		for (; element; element = element.parentElement) {
			const colour = getComputedStyle(element).backgroundColor;
			if ((channels(colour)[3] ?? 1) > 0) return colour;
		}
		return "rgb(255, 255, 255)";
	}
	function contrast(element) {
		const style = getComputedStyle(element), svg = element.namespaceURI.endsWith("svg");
		const [a, b] = [light(svg ? style.fill : style.color), light(behind(element))];
		return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
	}
	function pale() {
		const found = new Set(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		while (walk.nextNode()) {
			const element = walk.currentNode.parentElement;
			if (!walk.currentNode.data.trim() || element.closest("script, title")) continue;
			if (contrast(element) < 4.5)
				found.add(element.tagName + "." + (element.getAttribute("class") ?? "") + " " + contrast(element).toFixed(2));
		}
		return [...found];
	}
	const ids = all(document, "[id]").map(e => e.id);
	parent.postMessage({page: name, width: innerWidth, room: document.documentElement.clientWidth, scroll: document.documentElement.scrollWidth,
		dark: matchMedia("(prefers-color-scheme: dark)").matches, pale: pale(),
		twice: ids.filter((id, at) => ids.indexOf(id) != at),
		dangling: all(document, "a").map(a => a.getAttribute("href")).filter(h => !ids.includes(h.slice(1))),
		nameless: all(document, "svg[role=img]").filter(s => !s.querySelector(":scope > title")).length,
		headless: all(document, "table").filter(t => !t.querySelector("th[scope]")).length,
		title: document.title, incidents: incidents(), vms: vms(), ended: ended()}, "*");
	</script></body>
	SCRIPT
}

# frames SUFFIX PAGE...: a page with each of them in a window of each width, that writes down what they
# tell.
frames() {
	local suffix=$1 page width
	shift
	echo '<!DOCTYPE html><meta charset="utf-8"><body><pre></pre><script>const told = [];
		onmessage = m => { told.push(m.data); document.querySelector("pre").textContent = JSON.stringify(told); }
		</script>'
	for page in "$@"; do
		for width in $WIDTHS; do
			echo "<iframe name=\"$page\" src=\"$page$suffix\" width=\"$width\" height=\"900\" frameborder=\"0\"></iframe>"
		done
	done
}

# The policy of the page would not let the probe run.
with_probe() {
	sed '/<meta http-equiv="Content-Security-Policy"/d; /<\/body>/d' "$1"
	probe
}

# measure SCHEME PAGE...: what they tell, as JSON in $scratch/SCHEME.json
measure() {
	local scheme=$1 page
	shift
	for page in "$@"; do
		with_probe "$scratch/$page.html" >"$scratch/$page.probed.html"
	done
	frames .probed.html "$@" >"$scratch/frames.html"
	browse "$scheme" --window-size=1600,1200 --virtual-time-budget=20000 --dump-dom \
		"file://$scratch/frames.html" >"$scratch/dom"
	# what is text in the DOM is written with & < > as entities
	sed -n 's/.*<pre>\(.*\)<\/pre>.*/\1/p' "$scratch/dom" |
		sed 's/&lt;/</g; s/&gt;/>/g; s/&nbsp;/\xc2\xa0/g; s/&amp;/\&/g' >"$scratch/$scheme.json"
	jq -e --argjson n $(($# * 2)) 'length == $n' "$scratch/$scheme.json" >/dev/null ||
		{ echo "of $(($# * 2)) windows:"; jq -r '.[] | "\(.page) \(.width)"' "$scratch/$scheme.json"; return 1; }
}

# holds SCHEME PAGE FILTER: for this page at both widths
holds() {
	jq -e --arg page "$2" "[.[] | select(.page == \$page) | $3] | length == 2 and all" "$scratch/$1.json" >/dev/null ||
		{ jq -c --arg page "$2" '.[] | select(.page == $page) | del(.incidents, .vms, .ended)' "$scratch/$1.json"; return 1; }
}

# The same of a recording, once out of the page and once out of the JSON.
shown() { jq -S --arg page "$1" "[.[] | select(.page == \$page)][0] | $2" "$scratch/light.json"; }
said() { jq -S -n "$2" <"$scratch/$1.jsonl"; }

same_incidents() {
	diff <(shown "$1" .incidents) <(said "$1" '
		[inputs | select(.type == "incident")] | group_by(.id) | map({id: .[0].id, vm: (.[0].vm // "host"),
		outcome: .[-1].outcome, totals: map(.total_ns), marks: (map(.timeline | length) | add)})')
}

same_laps() {
	diff <(shown "$1" '.vms | sort_by(.vm)') <(said "$1" '
		[inputs | select(.type == "summary") | .rows[] | .laps += (if .aborts then {abort: .aborts} else {} end) |
		select(.laps != {}) | {vm: (.vm // "host"), laps: (.laps |
		map_values({count, p50: .p50_ns, p90: .p90_ns, p99: .p99_ns, max: .max_ns}))}] | sort_by(.vm)')
}

same_outcomes() {
	diff <(shown "$1" '.ended | map(select(.outcomes != {})) | sort_by(.vm)') <(said "$1" '
		[inputs | select(.type == "summary") | .rows[] | {vm: (.vm // "host"),
		outcomes: (.outcomes | with_entries(select(.value > 0)))} | select(.outcomes != {})] | sort_by(.vm)')
}

# A browser says on its console what a page's policy (which allows nothing) did not let it load or run.
silent_console() { # silent_console PAGE...
	frames .html "$@" >"$scratch/frames.html"
	browse light --enable-logging=stderr --dump-dom "file://$scratch/frames.html" >/dev/null
	! grep ':CONSOLE' "$scratch/stderr"
}

# On paper all is there, also what is folded on a screen.
prints() {
	browse light --no-pdf-header-footer --print-to-pdf="$scratch/page.pdf" "file://$scratch/$1.html"
	pdftotext -layout "$scratch/page.pdf" "$scratch/page.txt"
	jq -r 'select(.type == "incident") | "#\(.id)", (.timeline[] | .mark)' "$scratch/$1.jsonl" | sort -u |
		while read -r word; do
			grep -qF -- "$word" "$scratch/page.txt" || { echo "no $word"; return 1; }
		done
}

# --- what must be noticed ------------------------------------------------------------------------

spoil() { # spoil SED_SCRIPT: three-errors-6.12 as the page "spoilt"
	cp "$scratch/three-errors-6.12.jsonl" "$scratch/spoilt.jsonl"
	sed -E "$1" "$scratch/three-errors-6.12.html" >"$scratch/spoilt.html"
	! cmp -s "$scratch/three-errors-6.12.html" "$scratch/spoilt.html" || { echo "nothing was changed"; return 1; }
}

refuses() { # refuses SED_SCRIPT CHECK ARGUMENT...
	spoil "$1"
	shift
	! "$@" >"$scratch/log" 2>&1
}

notices_in_browser() {
	spoil 's|</main>|<p style="width:90rem;color:#999">too wide, too pale</p><h2 id="vms">again</h2></main>|
		s|(class="outcome )fair([^>]*>)serror-injected|\1fair\2open|
		s|<data value="([0-9]*)([0-9])"|<data value="\1\20"|'
	measure light spoilt
	! holds light spoilt '.scroll <= .room' >"$scratch/log" || { echo "not the width"; return 1; }
	! holds light spoilt '.pale == []' >"$scratch/log" || { echo "not the pale text"; return 1; }
	! holds light spoilt '.twice == []' >"$scratch/log" || { echo "not the id"; return 1; }
	! same_incidents spoilt >"$scratch/log" || { echo "not the outcome"; return 1; }
	! same_laps spoilt >"$scratch/log" || { echo "not the quantiles"; return 1; }
}

# -------------------------------------------------------------------------------------------------

by_itself() {
	local page
	for page in "${pages[@]}"; do
		ok "$page is HTML" parses "$scratch/$page.html"
		ok "$page needs nothing else" self_contained "$scratch/$page.html"
	done
	ok "the same in any time zone, over an old page" same_anywhere
	ok "a page that cannot be written" cannot_be_written
	ok "an element that is not closed is noticed" refuses 's|</h1>||' parses "$scratch/spoilt.html"
	ok "an image is noticed" refuses 's|</h1>|<img src="a.png" alt="">&|' self_contained "$scratch/spoilt.html"
	ok "a font is noticed" refuses 's|</style>|p { background: url(a) } &|' self_contained "$scratch/spoilt.html"
}

in_windows() {
	local page scheme
	for scheme in light dark; do
		ok "$scheme: all windows are measured" measure "$scheme" "${pages[@]}"
		for page in "${pages[@]}"; do
			ok "$scheme: $page is $scheme" holds "$scheme" "$page" ".dark == (\"$scheme\" == \"dark\")"
			ok "$scheme: $page is no wider than its window" holds "$scheme" "$page" '.scroll <= .room'
			ok "$scheme: $page has contrast" holds "$scheme" "$page" '.pale == []'
		done
	done
	for page in "${pages[@]}"; do
		ok "$page: ids are unique, links lead somewhere" holds light "$page" '.twice == [] and .dangling == []'
		ok "$page: drawings and tables have names and heads" holds light "$page" '.nameless == 0 and .headless == 0'
		ok "$page: the title is ours" holds light "$page" '.title | test("^[0-9]+ incidents? in ")'
		[[ $page != everything ]] || continue
		ok "$page: incidents as in the JSON" same_incidents "$page"
		ok "$page: quantiles as in the JSON" same_laps "$page"
		ok "$page: outcomes as in the JSON" same_outcomes "$page"
	done
}

main() {
	pages=()
	make_pages
	by_itself
	if ! type -P chromium >/dev/null; then
		skip "in a browser" "it is not installed (Debian: chromium)"
		done_testing
		return
	fi
	in_windows
	ok "nothing on the console" silent_console "${pages[@]}"
	ok "a script that is refused is noticed" refuses 's|</h1>|&<script>1</script>|' silent_console spoilt
	ok "an image that is refused is noticed" refuses 's|</h1>|&<img src="a.png" alt="">|' silent_console spoilt
	ok "on paper" prints three-errors-6.12
	ok "on paper, what is folded away is noticed" refuses 's|details::details-content [^}]*[}]||' \
		prints spoilt
	ok "what is spoilt is noticed" notices_in_browser
	done_testing
}

main "$@"
