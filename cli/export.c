/* iopath export, iopath merge: what a store holds, and several stores into one. */
#include <stdlib.h>
#include <string.h>

#include "analysis/store_export.h"
#include "cli/command.h"
#include "cli/support.h"

static enum iop_status write_rows(const struct options *options, struct store *store, struct diag *diag) {
    struct output output;
    enum iop_status status = output_open(&output, options->output, diag);
    if (status != IOP_OK) return status;
    struct diag own = {""};
    if (options->format == FORMAT_JSON)
        status = store_export_json(store, options->filters, options->filter_count, output.stream, &own);
    else
        status = store_export_csv(store, options->filters, options->filter_count, output.stream, &own);
    if (status != IOP_OK) *diag = own;
    return output_close(&output, status, diag);
}

int export_command(struct options *options) {
    struct diag diag = {""};
    struct store *store;
    enum iop_status status = output_check(options, &diag);
    if (status == IOP_OK) status = store_open(options->operands[0], STORE_READ, &store, &diag);
    if (status != IOP_OK) return fail(status, &diag);
    status = write_rows(options, store, &diag);
    store_close(store);
    return fail(status, &diag);
}

int merge_command(struct options *options) {
    struct diag diag = {""};
    struct store *store;
    enum iop_status status = store_open(options->operands[0], STORE_WRITE, &store, &diag);
    if (status != IOP_OK) return fail(status, &diag);
    for (int i = 1; i < options->operand_count && status == IOP_OK; i++)
        status = store_merge(store, options->operands[i], &diag);
    store_close(store);
    return fail(status, &diag);
}
