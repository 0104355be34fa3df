/* iopath report: one HTML page of kept results. */
#include <stdlib.h>

#include "analysis/gnuplot.h"
#include "analysis/html_report.h"
#include "cli/command.h"
#include "cli/support.h"

int report_command(struct options *options) {
    struct diag diag = {""}, own = {""};
    struct output output;
    enum iop_status status = output_check(options, &diag);
    if (status == IOP_OK) status = gnuplot_check(&diag);
    if (status == IOP_OK) status = output_open(&output, options->output, &diag);
    if (status != IOP_OK) return fail(status, &diag);
    char *page = NULL; /* so that standard output, too, has all of it or nothing */
    size_t size = 0;
    FILE *stream = open_memstream(&page, &size);
    if (stream == NULL) return fail(output_close(&output, IOP_NO_MEMORY, &diag), &diag);
    status = html_report((const char *const *)options->operands, options->operand_count, options->filters,
                         options->filter_count, IOPATH_VERSION, stream, &own);
    if (fclose(stream) != 0 && status == IOP_OK) status = diag_set(&own, IOP_NO_MEMORY, "out of memory for the page");
    if (status != IOP_OK) diag = own;
    if (status == IOP_OK) fwrite(page, 1, size, output.stream);
    free(page);
    return fail(output_close(&output, status, &diag), &diag);
}
