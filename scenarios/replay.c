/* Workloads that replay a file: kind replay, and block with a file. It is read once, however many guests send it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/workload/trace.h"
#include "scenarios/block_trace_file.h"
#include "scenarios/input.h"
#include "scenarios/trace_file.h"

/* Dates of simulated time end at 106 days. */
static const double longest_s = 1e6;

/* Files are named from the folder of the scenario. */
static bool path_of(const char *scenario, const char *file, char *out, size_t size) {
    const char *slash = strrchr(scenario, '/');
    int folder = file[0] == '/' || slash == NULL ? 0 : (int)(slash - scenario + 1);
    return (size_t)snprintf(out, size, "%.*s%s", folder, scenario, file) < size;
}

/* Requests of a file fit one disk and not another: `disk_bytes` is its capacity, 0 for frames. */
static const struct scenario_trace *find_trace(const struct scenario *scenario, const char *path, double disk_bytes) {
    for (int i = 0; i < scenario->trace_count; i++)
        if (strcmp(scenario->traces[i].path, path) == 0 && scenario->traces[i].disk_bytes == disk_bytes)
            return &scenario->traces[i];
    return NULL;
}

static enum iop_status read_trace(struct builder *b, const struct node *node, const char *path, double disk_bytes,
                                  const struct scenario_trace **found) {
    struct scenario *scenario = b->scenario;
    *found = find_trace(scenario, path, disk_bytes);
    if (*found != NULL) return IOP_OK;
    struct scenario_trace *larger =
        realloc(scenario->traces, ((size_t)scenario->trace_count + 1) * sizeof *scenario->traces);
    if (larger == NULL) return diag_set(b->diag, IOP_NO_MEMORY, "out of memory");
    scenario->traces = larger;
    struct diag problem = {""};
    struct scenario_trace read = {.disk_bytes = disk_bytes};
    if (disk_bytes > 0)
        read.requests = block_trace_read(path, disk_bytes, &problem);
    else
        read.trace = trace_file_read(path, &problem);
    if (read.trace == NULL && read.requests == NULL) return node_fail(node, b->diag, "%s", problem.message);
    snprintf(read.path, sizeof read.path, "%s", path);
    struct scenario_trace *to = &scenario->traces[scenario->trace_count++];
    *to = read;
    *found = to;
    return IOP_OK;
}

static enum iop_status take_file(struct builder *b, const struct workload_input *input, double disk_bytes,
                                 const struct scenario_trace **found) {
    const struct node *node = node_child(input->at, "file");
    char path[TEXT_MAX];
    if (!path_of(b->scenario->file, input->file, path, sizeof path))
        return node_fail(node, b->diag, "the path is too long");
    return read_trace(b, node, path, disk_bytes, found);
}

/* A trace that ends must not do so before the measurement begins. */
static enum iop_status check_end(struct builder *b, const struct workload_input *input, double length_s) {
    const struct measure *warmup = &b->input->run.warmup;
    if (input->repeat || (warmup->word != WORD_AUTO && warmup->quantity.value < length_s)) return IOP_OK;
    return node_fail(node_child(input->at, "repeat"), b->diag,
                     "a trace that ends after %g s needs a run.warmup that is shorter, such as 0 s", length_s);
}

/* When `count` frames or requests, recorded over `period`, are sent. */
static enum iop_status take_dates(struct builder *b, const struct workload_input *input, sim_time period, int count,
                                  const char *what, struct workload_config *workload) {
    const struct node *node = node_child(input->at, "file");
    if (input->repeat && period == 0)
        return node_fail(node, b->diag, "all its %s have one date; it cannot be repeated (repeat: false)", what);
    workload->speed = input->speed;
    workload->repeat = input->repeat;
    double period_s = sim_seconds(period) / workload->speed;
    if (period_s > longest_s)
        return node_fail(node, b->diag, "at speed %g it takes %g s; allowed are %g s", workload->speed, period_s,
                         longest_s);
    workload->rate_pps = period_s > 0 ? count / period_s : 0;
    return check_end(b, input, period_s);
}

enum iop_status build_replay(struct builder *b, const struct workload_input *input, struct workload_config *workload) {
    const struct scenario_trace *found;
    if (node_child(input->at, "file") == NULL)
        return node_fail(input->at, b->diag, "'file' is missing: the pcap or CSV that is sent");
    enum iop_status status = take_file(b, input, 0, &found);
    if (status != IOP_OK) return status;
    const struct trace *trace = workload->trace = found->trace;
    workload->flows = trace->flows;
    workload->frame_bytes = trace->mean_bytes;
    return take_dates(b, input, trace->period, trace->count, "frames", workload);
}

/* What the file says cannot be said twice, and what it is about not without it. */
static enum iop_status check_keys(struct builder *b, const struct workload_input *input) {
    static const char *const said[] = {"read", "pattern", "size", "rate", "arrivals", "fsync"}, *const about[] = {
                                                                                                    "repeat", "speed"};
    bool replays = node_child(input->at, "file") != NULL;
    for (size_t i = 0; i < sizeof said / sizeof *said && replays; i++) {
        const struct node *node = node_child(input->at, said[i]);
        if (node != NULL) return node_fail_key(node, b->diag, "'%s' is what the file says; leave it out", node->key);
    }
    for (size_t i = 0; i < sizeof about / sizeof *about && !replays; i++) {
        const struct node *node = node_child(input->at, about[i]);
        if (node != NULL)
            return node_fail_key(node, b->diag, "'%s' needs a file, whose requests it is about", node->key);
    }
    return IOP_OK;
}

enum iop_status build_block_replay(struct builder *b, const struct workload_input *input, double disk_bytes,
                                   struct workload_config *workload) {
    const struct scenario_trace *found;
    enum iop_status status = check_keys(b, input);
    if (status != IOP_OK || node_child(input->at, "file") == NULL) return status;
    status = take_file(b, input, disk_bytes, &found);
    if (status != IOP_OK) return status;
    const struct block_trace *trace = workload->requests = found->requests;
    workload->block_bytes = trace->mean_bytes;
    workload->read_share = trace->read_share;
    workload->is_sequential = trace->is_sequential;
    return take_dates(b, input, trace->period, trace->count, "requests", workload);
}
