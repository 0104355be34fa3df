/* The workload of kind replay: its trace is read once, however many guests send it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/workload/trace.h"
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

static const struct trace *find_trace(const struct scenario *scenario, const char *path) {
    for (int i = 0; i < scenario->trace_count; i++)
        if (strcmp(scenario->traces[i].path, path) == 0) return scenario->traces[i].trace;
    return NULL;
}

static enum iop_status read_trace(struct builder *b, const struct node *node, const char *path,
                                  const struct trace **found) {
    struct scenario *scenario = b->scenario;
    *found = find_trace(scenario, path);
    if (*found != NULL) return IOP_OK;
    struct scenario_trace *larger =
        realloc(scenario->traces, ((size_t)scenario->trace_count + 1) * sizeof *scenario->traces);
    if (larger == NULL) return diag_set(b->diag, IOP_NO_MEMORY, "out of memory");
    scenario->traces = larger;
    struct diag problem = {""};
    struct trace *trace = trace_file_read(path, &problem);
    if (trace == NULL) return node_fail(node, b->diag, "%s", problem.message);
    struct scenario_trace *to = &scenario->traces[scenario->trace_count++];
    snprintf(to->path, sizeof to->path, "%s", path);
    *found = to->trace = trace;
    return IOP_OK;
}

/* A trace that ends must not do so before the measurement begins. */
static enum iop_status check_end(struct builder *b, const struct workload_input *input, double length_s) {
    const struct measure *warmup = &b->input->run.warmup;
    if (input->repeat || (warmup->word != WORD_AUTO && warmup->quantity.value < length_s)) return IOP_OK;
    return node_fail(node_child(input->at, "repeat"), b->diag,
                     "a trace that ends after %g s needs a run.warmup that is shorter, such as 0 s", length_s);
}

enum iop_status build_replay(struct builder *b, const struct workload_input *input, struct workload_config *workload) {
    const struct node *node = node_child(input->at, "file");
    char path[TEXT_MAX];
    if (node == NULL) return node_fail(input->at, b->diag, "'file' is missing: the pcap or CSV that is sent");
    if (!path_of(b->scenario->file, input->file, path, sizeof path))
        return node_fail(node, b->diag, "the path is too long");
    enum iop_status status = read_trace(b, node, path, &workload->trace);
    if (status != IOP_OK) return status;
    const struct trace *trace = workload->trace;
    if (input->repeat && trace->period == 0)
        return node_fail(node, b->diag, "all its frames have one date; it cannot be repeated (repeat: false)");
    workload->speed = input->speed;
    workload->repeat = input->repeat;
    workload->flows = trace->flows;
    workload->frame_bytes = trace->mean_bytes;
    double period_s = sim_seconds(trace->period) / workload->speed;
    if (period_s > longest_s)
        return node_fail(node, b->diag, "at speed %g it takes %g s; allowed are %g s", workload->speed, period_s,
                         longest_s);
    workload->rate_pps = period_s > 0 ? trace->count / period_s : 0;
    return check_end(b, input, period_s);
}
