#include "analysis/html_report.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/html.h"
#include "analysis/html_sections.h"
#include "analysis/result_file.h"
#include "analysis/results_table.h"
#include "analysis/store_figure.h"

/* Black on white, so that paper shows the same; figures and rows are not torn apart between pages. */
static const char style[] =
    "body { font-family: sans-serif; line-height: 1.4; max-width: 70rem; margin: 2rem auto; padding: 0 1rem;"
    " color: #111; background: #fff; }\n"
    "table { border-collapse: collapse; margin: 1rem 0; font-size: 0.85rem; display: block; overflow-x: auto; }\n"
    "th, td { border-bottom: 1px solid #ccc; padding: 0.2rem 0.6rem; text-align: left; vertical-align: top; }\n"
    "th { border-bottom: 2px solid #444; }\n"
    ".number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }\n"
    "dt { font-weight: bold; } dd { margin: 0 0 0.4rem 1.5rem; overflow-wrap: anywhere; }\n"
    "figure { margin: 1.5rem 0; } figure svg { max-width: 100%; height: auto; }\n"
    "@media print { body { max-width: none; margin: 0; font-size: 10pt; } table { display: table; font-size: 7pt; }\n"
    "  figure, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } a { color: inherit; } }\n";

static void begin_page(const char *version, FILE *out) {
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<title>iopath: results</title>\n<style>\n",
          out);
    fputs(style, out);
    fputs("</style>\n</head>\n<body>\n<h1>Results</h1>\n<p>Written by iopath ", out);
    html_text(version, out);
    fputs(". Values are means over replications, intervals hold the mean at 95 % confidence.</p>\n", out);
}

/* ---- figures */

struct page {
    FILE *out;
    int figures; /* drawn so far: ids of the next begin with its number */
};

/* A kind that the results have nothing for is left out. */
static enum iop_status add_figure(struct page *page, const struct results *results, const char *kind,
                                  const char *caption, struct diag *diag) {
    struct plot_request request = {.kind = ""};
    struct result_figure figure;
    struct diag ignored = {""};
    snprintf(request.kind, sizeof request.kind, "%s", kind);
    enum iop_status status = result_figure(results, &request, &figure, &ignored);
    if (status == IOP_OK) {
        char prefix[16];
        snprintf(prefix, sizeof prefix, "f%d-", ++page->figures);
        fputs("<figure>\n", page->out);
        status = plot_svg(&figure.figure, prefix, page->out, diag);
        fputs("<figcaption>", page->out);
        html_text(caption, page->out);
        fputs("</figcaption>\n</figure>\n", page->out);
    } else {
        status = status == IOP_INVALID ? IOP_OK : diag_set(diag, status, "%s", ignored.message);
    }
    result_figure_free(&figure);
    return status;
}

static enum iop_status add_figures(struct page *page, const struct results *results, struct diag *diag) {
    int before = page->figures;
    fputs("<h3>Figures</h3>\n", page->out);
    enum iop_status status =
        add_figure(page, results, "scaling", "The main rate over the first swept number, with 95 % intervals.", diag);
    if (status == IOP_OK && page->figures == before)
        status = add_figure(page, results, "bars", "The main rate of each point, with 95 % intervals.", diag);
    if (status == IOP_OK)
        status = add_figure(page, results, "latency", "Mean and percentiles of the latency of each point.", diag);
    if (status == IOP_OK)
        status = add_figure(page, results, "breakdown", "What each domain spends its CPU time in.", diag);
    if (page->figures == before) fputs("<p>There is nothing to draw, or too much for a figure.</p>\n", page->out);
    return status;
}

/* ---- sections */

/* The rows of one scenario; they share points and texts with `all`, only `rows` is to be freed. */
static enum iop_status of_scenario(const struct results *all, const char *scenario, struct results *own,
                                   struct diag *diag) {
    *own = *all;
    own->row_count = 0;
    own->rows = calloc((size_t)all->row_count + 1, sizeof *own->rows);
    if (own->rows == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    for (int i = 0; i < all->row_count; i++)
        if (all->points[all->rows[i].point].scenario == scenario) own->rows[own->row_count++] = all->rows[i];
    return IOP_OK;
}

static enum iop_status scenario_section(struct page *page, const struct results *all, const char *scenario,
                                        const char *file, struct diag *diag) {
    struct results own;
    enum iop_status status = of_scenario(all, scenario, &own, diag);
    if (status != IOP_OK) return status;
    fputs("<section>\n<h2>", page->out);
    html_text(scenario, page->out);
    fputs("</h2>\n", page->out);
    html_facts(&own, file, page->out);
    fputs("<h3>Points</h3>\n", page->out);
    status = results_table(&own, RESULTS_HTML, true, page->out, diag);
    if (status == IOP_OK) {
        fputs("<p>± is the half-width of the interval of the rate, relative to it; the ratio is to pv, or else to the "
              "first.</p>\n",
              page->out);
        status = add_figures(page, &own, diag);
    }
    if (status == IOP_OK) status = html_sources(&own, page->out, diag);
    fputs("</section>\n", page->out);
    free(own.rows);
    return status;
}

static enum iop_status results_section(struct page *page, const char *file, const struct store_filter *filters,
                                       int filter_count, struct diag *diag) {
    struct results results;
    results_init(&results);
    enum iop_status status = results_add_file(&results, file, filters, filter_count, diag);
    if (status == IOP_OK && results.row_count == 0)
        status = diag_set(diag, IOP_INVALID, "%.400s: it holds no such results", file);
    const char *last = NULL;
    for (int i = 0; i < results.row_count && status == IOP_OK; i++) {
        const char *scenario = results.points[results.rows[i].point].scenario;
        bool known = scenario == last;
        for (int j = 0; j < i && !known; j++) known = results.points[results.rows[j].point].scenario == scenario;
        if (!known) status = scenario_section(page, &results, scenario, file, diag);
        last = scenario;
    }
    results_free(&results);
    return status;
}

static enum iop_status validation_section(struct page *page, const char *file, struct diag *diag) {
    struct read_validation read;
    char prefix[16];
    enum iop_status status = result_file_validation(&read, file, diag);
    if (status != IOP_OK) return status;
    snprintf(prefix, sizeof prefix, "f%d-", ++page->figures);
    fputs("<section>\n<h2>Predicted beside published</h2>\n", page->out);
    status = html_validation(&read.of, page->out, diag);
    fputs("<figure>\n", page->out);
    if (status == IOP_OK) status = validation_svg(&read.of, prefix, page->out, diag);
    fputs("<figcaption>Predicted over published values, with bands of 10 % and 25 %.</figcaption>\n</figure>\n"
          "</section>\n",
          page->out);
    read_validation_free(&read);
    return status;
}

enum iop_status html_report(const char *const *files, int count, const struct store_filter *filters, int filter_count,
                            const char *version, FILE *out, struct diag *diag) {
    struct page page = {out, 0};
    enum iop_status status = IOP_OK;
    begin_page(version, out);
    for (int i = 0; i < count && status == IOP_OK; i++) {
        enum result_file kind;
        status = result_file_kind(files[i], &kind, diag);
        if (status != IOP_OK) break;
        if (kind == RESULT_FILE_VALIDATION)
            status = validation_section(&page, files[i], diag);
        else
            status = results_section(&page, files[i], filters, filter_count, diag);
    }
    fputs("</body>\n</html>\n", out);
    return status;
}
