/* iopath report: one HTML page of kept results. */
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
    status = html_report((const char *const *)options->operands, options->operand_count, options->filters,
                         options->filter_count, IOPATH_VERSION, output.stream, &own);
    if (status != IOP_OK) diag = own;
    return fail(output_close(&output, status, &diag), &diag);
}
