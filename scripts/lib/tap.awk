# SPDX-License-Identifier: GPL-2.0-only
# Reads lines "SUITE<TAB>TAP line"; writes a JUnit file to the file `junit`, and to stdout the names of
# what failed and the last line of a test run. A suite whose plan is missing, or differs from what
# ran, has failed: a test that died must not look like a shorter run.
# What can be long is never formatted: mawk's printf has room for 8 KiB.
# usage: awk -v junit=FILE -f tap.awk
BEGIN { FS = "\t" }

function escape(text) {
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	gsub(/>/, "\\&gt;", text)
	gsub(/"/, "\\&quot;", text)
	gsub(/[^\t\n -~]/, "?", text)
	return text
}

function finish_case() {
	if (name == "")
		return
	body = ""
	if (result == "fail") {
		body = "<failure message=\"failed\">" escape(log_text) "</failure>"
		failures = failures "not ok: " suite ": " name "\n"
	} else if (result == "skip") {
		body = "<skipped message=\"" escape(reason) "\"/>"
		skips = skips "skipped: " suite ": " name " (" reason ")\n"
	}
	n[result]++
	cases = cases "  <testcase classname=\"" escape(suite) "\" name=\"" escape(name) "\">" body "</testcase>\n"
	name = ""
}

function add_failure(what) {
	name = what
	result = "fail"
	log_text = ""
	finish_case()
}

function finish_suite() {
	finish_case()
	if (suite == "")
		return
	if (planned == -1)
		add_failure("no plan: it ended before its time")
	else if (planned != ran)
		add_failure("planned " planned " tests, ran " ran)
	else if (!ran)
		add_failure("ran no test")
}

$1 != suite {
	finish_suite()
	suite = $1
	planned = -1
	ran = 0
}

{ line = substr($0, length($1) + 2) }

line ~ /^(not )?ok( |$)/ {
	finish_case()
	ran++
	result = line ~ /^not / ? "fail" : "pass"
	reason = ""
	log_text = ""
	name = line
	sub(/^(not )?ok *[0-9]* *-? */, "", name)
	if (match(name, /# *[Ss][Kk][Ii][Pp] */)) {
		reason = substr(name, RSTART + RLENGTH)
		name = substr(name, 1, RSTART - 1)
		result = "skip"
	}
	sub(/ *(#.*)?$/, "", name)
	if (name == "")
		name = "test " ran
	next
}

line ~ /^1\.\.[0-9]+/ {
	planned = substr(line, 4) + 0
	next
}

line ~ /^#/ && name != "" { log_text = log_text substr(line, 3) "\n" }

END {
	finish_suite()
	printf "<?xml version=\"1.0\"?>\n<testsuite name=\"seatools\" tests=\"%d\" failures=\"%d\" skipped=\"%d\">\n",
		n["pass"] + n["fail"] + n["skip"], n["fail"], n["skip"] >junit
	print cases "</testsuite>" >junit
	print skips failures
	printf "%d passed, %d failed, %d skipped\n", n["pass"], n["fail"], n["skip"]
	exit n["fail"] > 0 || n["pass"] == 0
}
