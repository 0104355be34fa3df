#include <stdio.h>

#include "scenarios/csv.h"
#include "scenarios/trace_file.h"

enum { WHERE_MAX = 600 };

static enum iop_status take_frame(void *to, const struct csv_row *row, struct diag *diag) {
    if (row->count < 2 || row->count > 3)
        return csv_fail_row(row, diag, "expected are time, frame and perhaps flow, with commas between");
    struct trace_frame frame = {0};
    uint64_t bytes;
    enum iop_status status = csv_time(row, 0, &frame.at, diag);
    if (status == IOP_OK) status = csv_whole(row, 1, "a frame in bytes", &bytes, diag);
    if (status == IOP_OK && bytes > 1000000) status = csv_fail(row, 1, diag, "is not a frame in bytes");
    if (status == IOP_OK && row->count == 3) status = csv_whole(row, 2, "the number of a flow", &frame.flow, diag);
    if (status != IOP_OK) return status;
    frame.bytes = (int)bytes;
    char where[WHERE_MAX];
    snprintf(where, sizeof where, "%.500s:%d", row->path, row->line);
    return frame_list_add(to, &frame, where, diag);
}

enum iop_status trace_read_csv(const char *path, struct frame_list *list, struct diag *diag) {
    return csv_read(path, take_frame, list, diag);
}
