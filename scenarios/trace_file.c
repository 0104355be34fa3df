#include "scenarios/trace_file.h"

#include <stdbool.h>

#include <stdlib.h>
#include <string.h>

enum iop_status frame_list_add(struct frame_list *list, const struct trace_frame *frame, const char *where,
                               struct diag *diag) {
    if (frame->bytes < TRACE_FRAME_MIN || frame->bytes > TRACE_FRAME_MAX)
        return diag_set(diag, IOP_INVALID,
                        "%s: a frame of %d B; allowed are %d B to %d B (larger ones come from captures with "
                        "segmentation offload)",
                        where, frame->bytes, TRACE_FRAME_MIN, TRACE_FRAME_MAX);
    if (list->count > 0 && frame->at < list->frames[list->count - 1].at)
        return diag_set(diag, IOP_INVALID, "%s: earlier than the frame before it", where);
    if (list->count == TRACE_FRAMES_MAX)
        return diag_set(diag, IOP_INVALID, "%s: more than %d frames", where, TRACE_FRAMES_MAX);
    if (list->count == list->capacity) {
        int capacity = list->capacity == 0 ? 1024 : 2 * list->capacity;
        struct trace_frame *larger = realloc(list->frames, (size_t)capacity * sizeof *larger);
        if (larger == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
        list->frames = larger;
        list->capacity = capacity;
    }
    list->frames[list->count++] = *frame;
    return IOP_OK;
}

struct trace *trace_file_read(const char *path, struct diag *diag) {
    struct frame_list list = {0};
    size_t length = strlen(path);
    bool csv = length > 4 && strcmp(path + length - 4, ".csv") == 0;
    enum iop_status status = csv ? trace_read_csv(path, &list, diag) : trace_read_pcap(path, &list, diag);
    if (status == IOP_OK && list.count == 0) status = diag_set(diag, IOP_INVALID, "%s: there is no frame in it", path);
    struct trace *trace = status == IOP_OK ? trace_new(list.frames, list.count, diag) : NULL;
    free(list.frames);
    return trace;
}
