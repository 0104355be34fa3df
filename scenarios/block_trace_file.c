#include "scenarios/block_trace_file.h"

#include <stdlib.h>
#include <strings.h>

#include "scenarios/csv.h"

enum { TIME, OFFSET, SIZE, OP, FIELDS };

struct request_list {
    struct block_trace_request *requests;
    int count, capacity;
    double disk_bytes;
};

static enum iop_status take_op(const struct csv_row *row, uint8_t *op, struct diag *diag) {
    static const struct {
        const char *word;
        enum block_op op;
    } words[] = {{"read", BLOCK_READ}, {"r", BLOCK_READ},      {"write", BLOCK_WRITE},
                 {"w", BLOCK_WRITE},   {"flush", BLOCK_FLUSH}, {"f", BLOCK_FLUSH}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(row->fields[OP], words[i].word) == 0) {
            *op = (uint8_t)words[i].op;
            return IOP_OK;
        }
    return csv_fail(row, OP, diag, "is not an operation; allowed are read, write, flush, R, W, F");
}

/* Where it goes, and that the disk has it. */
static enum iop_status take_extent(const struct csv_row *row, double disk_bytes, struct block_trace_request *request,
                                   struct diag *diag) {
    uint64_t bytes;
    enum iop_status status = csv_whole(row, OFFSET, "an offset in bytes", &request->offset, diag);
    if (status == IOP_OK) status = csv_whole(row, SIZE, "a size in bytes", &bytes, diag);
    if (status != IOP_OK || request->op == BLOCK_FLUSH) return status;
    if (request->offset % BLOCK_SECTOR != 0) return csv_fail(row, OFFSET, diag, "is not a multiple of 512 B");
    if (bytes == 0 || bytes % BLOCK_SECTOR != 0 || bytes > BLOCK_BYTES_MAX)
        return csv_fail(row, SIZE, diag, "is not a size of a request; allowed are multiples of 512 B up to 16 MiB");
    if ((double)request->offset + (double)bytes > disk_bytes)
        return csv_fail(row, OFFSET, diag, "is beyond the disk, which has %.0f B", disk_bytes);
    request->bytes = (uint32_t)bytes;
    return IOP_OK;
}

static enum iop_status add_request(struct request_list *list, const struct block_trace_request *request,
                                   struct diag *diag) {
    if (list->count == list->capacity) {
        int capacity = list->capacity == 0 ? 1024 : 2 * list->capacity;
        struct block_trace_request *larger = realloc(list->requests, (size_t)capacity * sizeof *larger);
        if (larger == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
        list->requests = larger;
        list->capacity = capacity;
    }
    list->requests[list->count++] = *request;
    return IOP_OK;
}

static enum iop_status take_request(void *to, const struct csv_row *row, struct diag *diag) {
    struct request_list *list = to;
    if (row->count != FIELDS)
        return csv_fail_row(row, diag, "expected are time, offset, size and op, with commas between");
    struct block_trace_request request = {0};
    enum iop_status status = csv_time(row, TIME, &request.at, diag);
    if (status == IOP_OK) status = take_op(row, &request.op, diag);
    if (status == IOP_OK) status = take_extent(row, list->disk_bytes, &request, diag);
    if (status != IOP_OK) return status;
    if (list->count > 0 && request.at < list->requests[list->count - 1].at)
        return csv_fail(row, TIME, diag, "is earlier than the request before it");
    if (list->count == BLOCK_REQUESTS_MAX) return csv_fail_row(row, diag, "more than %d requests", BLOCK_REQUESTS_MAX);
    return add_request(list, &request, diag);
}

struct block_trace *block_trace_read(const char *path, double capacity_bytes, struct diag *diag) {
    struct request_list list = {.disk_bytes = capacity_bytes};
    enum iop_status status = csv_read(path, take_request, &list, diag);
    if (status == IOP_OK && list.count == 0)
        status = diag_set(diag, IOP_INVALID, "%s: there is no request in it", path);
    struct block_trace *trace = status == IOP_OK ? block_trace_new(list.requests, list.count, diag) : NULL;
    free(list.requests);
    return trace;
}
