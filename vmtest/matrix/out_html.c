// SPDX-License-Identifier: GPL-2.0-only
/* out_html.c - for people who were not there: the table, behind each cell what was said. */
#include "out.h"

#include <string.h>
#include <time.h>

#include "lib/util.h"
#include "lib/xml.h"
#include "matrix.h"

/* clang-format off */
static const char style[] =
	":root { --paper: #faf9f7; --ink: #1d2026; --soft: #5b626d; --line: #e4e1db; --faint: #f0eeea;\n"
	"  --good: #1b6a3a; --fair: #84560a; --bad: #ad2219; --wrong: #fdeceb; }\n"
	"@media (prefers-color-scheme: dark) { :root { --paper: #14161a; --ink: #e6e5e2; --soft: #a2a8b3;\n"
	"  --line: #31353d; --faint: #262a31; --good: #74cf99; --fair: #e5b654; --bad: #ff938a; --wrong: #3a1f1f; } }\n"
	"html { color-scheme: light dark; }\n"
	"body { margin: 0 auto; max-width: 84rem; padding: 2rem 1.5rem 4rem; background: var(--paper); color: var(--ink);\n"
	"  font: 1rem/1.5 system-ui, \"Segoe UI\", Roboto, \"Noto Sans\", \"DejaVu Sans\", sans-serif;\n"
	"  font-variant-numeric: tabular-nums; }\n"
	"h1 { font-size: 1.9rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .6rem; }\n"
	"p { margin: .3rem 0; } .soft, small { color: var(--soft); font-weight: 400; }\n"
	".wide { overflow-x: auto; }\n"
	"table { border-collapse: collapse; font-size: .9rem; }\n"
	"th { text-align: left; font-weight: 550; } thead th { vertical-align: bottom; }\n"
	"td, th { padding: .15rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }\n"
	"td a { color: inherit; text-decoration: none; } td a:hover { text-decoration: underline; }\n"
	".good { color: var(--good); } .fair { color: var(--fair); }\n"
	".bad { color: var(--bad); font-weight: 650; } td.bad { background: var(--wrong); }\n"
	"details { border-bottom: 1px solid var(--line); padding: .2rem 0; scroll-margin-top: 1rem; }\n"
	"summary { cursor: pointer; } details:target > summary { outline: 2px solid var(--soft); outline-offset: 2px; }\n"
	"pre { margin: .4rem 0 .6rem; padding: .6rem .8rem; background: var(--faint); border-radius: 6px;\n"
	"  font: .8rem/1.45 ui-monospace, \"DejaVu Sans Mono\", Menlo, Consolas, monospace; white-space: pre-wrap;\n"
	"  overflow-wrap: anywhere; }\n"
	"@media print { details > pre { display: block; } }\n";

/* A link to a cell opens it, and so does the address that somebody passed on. */
static const char script[] =
	"function show() {\n"
	"  const cell = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));\n"
	"  if (cell) { cell.open = true; cell.scrollIntoView(); }\n"
	"}\n"
	"addEventListener('hashchange', show);\n"
	"addEventListener('DOMContentLoaded', show);\n";
/* clang-format on */

static const char *class_of(const struct cell *cell)
{
	return cell->status == CELL_PASS ? "good" : cell->status == CELL_SKIP ? "fair" : "bad";
}

static void put_id(FILE *file, const struct column *column, const struct cell *cell)
{
	xml_text(file, column->name);
	fputc('/', file);
	xml_text(file, cell->test);
}

/* --- the table -------------------------------------------------------------------------------- */

static void put_link(FILE *file, const struct column *column, const struct cell *cell)
{
	if (!cell) {
		fputs("<td class=\"soft\">&middot;</td>", file);
		return;
	}
	fprintf(file, "<td class=\"%s\"><a href=\"#", class_of(cell));
	put_id(file, column, cell);
	fputc('"', file);
	if (cell->reason)
		xml_attribute(file, "title", cell->reason);
	fprintf(file, ">%s</a></td>", cell_words[cell->status]);
}

static void put_table(FILE *file, const struct matrix *matrix)
{
	fputs("<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">test</th>", file);
	for (size_t i = 0; i < matrix->column_count; i++) {
		fputs("<th scope=\"col\">", file);
		xml_text(file, column_heading(&matrix->columns[i]));
		fputs(matrix->columns[i].may_fail ? "<br><small>may fail</small></th>" : "</th>",
		      file);
	}
	fputs("</tr></thead>\n<tbody>\n", file);
	for (size_t t = 0; t < matrix->test_count; t++) {
		fputs("<tr><th scope=\"row\">", file);
		xml_text(file, matrix->tests[t]);
		fputs("</th>", file);
		for (size_t i = 0; i < matrix->column_count; i++)
			put_link(file, &matrix->columns[i],
				 matrix_cell(&matrix->columns[i], matrix->tests[t]));
		fputs("</tr>\n", file);
	}
	fputs("</tbody>\n<tfoot><tr><th scope=\"row\">seconds</th>", file);
	for (size_t i = 0; i < matrix->column_count; i++)
		fprintf(file, "<td>%.0f</td>", matrix->columns[i].seconds);
	fputs("</tr></tfoot>\n</table></div>\n", file);
}

/* --- cells ------------------------------------------------------------------------------------ */

static void put_cell(FILE *file, const struct column *column, const struct cell *cell)
{
	fputs("<details id=\"", file);
	put_id(file, column, cell);
	fprintf(file, "\"%s><summary>", cell_failed(cell) ? " open" : "");
	xml_text(file, cell->test);
	fprintf(file, " <span class=\"%s\">%s</span> <small>%.2f&nbsp;s</small>", class_of(cell),
		cell_words[cell->status], cell->seconds);
	if (cell->reason) {
		fputs(" <small>", file);
		xml_text(file, cell->reason);
		fputs("</small>", file);
	}
	fputs("</summary>\n<pre>", file);
	xml_lines(file, cell->log ?: "It said nothing.\n");
	fputs("</pre></details>\n", file);
}

static void put_boot(FILE *file, const struct boot *boot, size_t n)
{
	fprintf(file,
		"<p class=\"soft\">Boot %zu: %.1f&nbsp;s until the tests began, %.0f&nbsp;s in "
		"all, ended by ",
		n, boot->boot_seconds, boot->seconds);
	xml_text(file, boot->end ?: "nothing that is known");
	if (boot->why) {
		fputs(": ", file);
		xml_text(file, boot->why);
	}
	if (boot->console) {
		fputs("; console: ", file);
		xml_text(file, boot->console);
	}
	fputs("</p>\n", file);
}

static void put_column(FILE *file, const struct column *column)
{
	fputs("<h2>", file);
	xml_text(file, column->name);
	fputs(" <small>", file);
	xml_text(file, column->release ?: "");
	fputs("</small></h2>\n", file);
	for (size_t i = 0; i < column->boot_count; i++)
		put_boot(file, &column->boots[i], i + 1);
	for (size_t i = 0; i < column->cell_count; i++)
		put_cell(file, column, &column->cells[i]);
}

void out_html(FILE *file, const struct matrix *matrix)
{
	struct matrix_totals totals = matrix_totals(matrix);
	char started[36];

	util_rfc3339(started, matrix->started * UTIL_NS_PER_S);
	fprintf(file,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<title>vmtest matrix: %u passed, %u failed, %u "
		"skipped</title>\n<style>\n%s</style>\n"
		"<script>\n%s</script>\n</head>\n<body>\n<h1>vmtest matrix</h1>\n",
		totals.passed, totals.failed, totals.skipped, style, script);
	fprintf(file, "<p><span class=\"%s\">%u passed, %u failed, %u skipped</span>",
		totals.failed ? "bad" : "good", totals.passed, totals.failed, totals.skipped);
	if (totals.tolerated)
		fprintf(file, ", %u more failed where they may", totals.tolerated);
	fprintf(file,
		"; %zu kernel%s in %.0f&nbsp;s, from <time datetime=\"%s\">%.10s %.5s "
		"UTC</time>%s</p>\n",
		matrix->column_count, matrix->column_count > 1 ? "s" : "", matrix->seconds, started,
		started, started + 11,
		matrix->interrupted ? ". <span class=\"bad\">It was stopped.</span>" : "");
	put_table(file, matrix);
	for (size_t i = 0; i < matrix->column_count; i++)
		put_column(file, &matrix->columns[i]);
	fputs("</body>\n</html>\n", file);
}
