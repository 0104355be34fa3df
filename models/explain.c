#include "models/explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/resources.h"

enum { STEPS_MAX = 1024 };

/* Who executes a row: the producer pays for NOTIFYING and REMOTE rows, which belong to the stage before. */
static void resource_of(const struct machine *machine, const struct route *route, const struct row *row, char *out,
                        size_t size) {
    const struct stage *stages = route->program->stages;
    int stage = row->stage;
    if (row->place == PLACE_LINK) {
        snprintf(out, size, "wire");
        return;
    }
    if (stages[stage].worker == WORKER_DISK && row->step->mechanism == DEVICE) {
        disk_name(machine, stages[stage].server, route->flow->state->config->disk, out, size);
        return;
    }
    bool of_disk = route->program->workload >= 0 && route->flow->block.job != NULL;
    if (row->place == PLACE_DEVICE || row->step->when == FLIGHT || row->step->when == RETURN) {
        snprintf(out, size, "%s", row->place == PLACE_DEVICE && !of_disk ? "nic" : "");
        return;
    }
    if (when_of_producer(row->step->when) && stage > 0) stage--;
    const struct queue *queue = route->queues[stage];
    /* A register access is made by the vCPU that takes the interrupt. */
    bool is_access = route->program->workload < 0;
    const struct processor *cpu = is_access               ? &machine->guests[route->program->guest].vcpus[0]
                                  : route->origin != NULL ? route->origin
                                                          : route->flow->thread.cpu;
    if (stages[stage].worker != WORKER_NIC && queue != NULL && queue->consumer != NULL && !queue->consumer->inline_)
        cpu = queue->consumer->cpu;
    if (cpu == NULL) {
        out[0] = '\0';
        return;
    }
    processor_name(machine, cpu, out, size);
    if (is_host_cpu(machine, cpu)) name_after_worker(machine, cpu, out, size);
}

/* What "each packet" is: of a tcp-stream the largest there is, unless it is cut. */
static const char *when_of(const struct route *route, const struct row *row) {
    const struct program *program = route->program;
    if (program->workload < 0) return row->step->when == EACH ? "each access" : when_name(row->step->when);
    enum workload_kind kind = route->flow->state->config->kind;
    if (kind == WORK_FORK && row->step->when == POLL) return "each fork";
    if (kind == WORK_BOOT && (row->step->when == EACH || row->step->when == POLL)) return "each boot";
    if (row->step->when != EACH) return when_name(row->step->when);
    if (kind == WORK_BLOCK) return "each request";
    if (kind == WORK_FORK) return "each table page";
    if (kind == WORK_SYSCALL || kind == WORK_CLOCK) return "each call";
    if (route->flow->stream == NULL) return when_name(EACH);
    if (program->is_ack) return "each acknowledgement";
    if (program->stages[row->stage].worker == WORKER_APP && !program->is_completion) return "each write";
    return program->stages[row->stage].pieces > 1 ? "each frame" : when_name(EACH);
}

static void explain_rows(const struct machine *machine, const struct route *route, struct explained_path *path) {
    const struct program *program = route->program;
    for (int i = 0; i < program->row_count && path->count < STEPS_MAX; i++) {
        const struct row *row = &program->rows[i];
        const struct step *step = row->step;
        struct explained_step *out = &path->steps[path->count++];
        memset(out, 0, sizeof *out);
        if (machine->server_count > 1) snprintf(out->server, sizeof out->server, "server%d", row->server + 1);
        snprintf(out->place, sizeof out->place, "%s", place_name(row->place));
        snprintf(out->mechanism, sizeof out->mechanism, "%s", mechanism_name(step->mechanism));
        snprintf(out->label, sizeof out->label, "%s", step->label);
        snprintf(out->when, sizeof out->when, "%s", when_of(route, row));
        resource_of(machine, route, row, out->resource, sizeof out->resource);
        out->cost = step->cost;
        out->seconds = sim_seconds(row->cpu + row->time);
        out->cycles = sim_seconds(row->cpu) * machine->servers[row->server].clock_hz;
        if (step->when == SPIN) { /* the least there is to wait */
            bool known = cost_parameter(step->cost)->unit == COST_TIME;
            out->seconds = known ? machine->config->host.costs.values[step->cost].value : 0;
            out->cycles = out->seconds * machine->servers[row->server].clock_hz;
        }
        out->completion = program->is_completion;
        out->turnaround = row->turnaround;
    }
    for (int i = 0; i < program->completion_count; i++)
        if (!program->completions[i]->after_loss) explain_rows(machine, route->completions[i], path);
}

static const struct route *find_route(const struct machine *machine, int guest, int workload, bool reversed) {
    const struct route *any = NULL;
    for (int i = 0; i < machine->flow_count; i++) {
        const struct route *route = machine->flows[i]->route;
        if (route->program->guest != guest || route->program->workload != workload) continue;
        if (route->program->reversed == reversed) return route;
        if (any == NULL) any = route;
    }
    return any;
}

enum iop_status model_explain(const struct model_config *config, int guest, int workload, enum direction direction,
                              struct explained_path *path, struct diag *diag) {
    memset(path, 0, sizeof *path);
    struct machine *machine = machine_new(config, 1, 1, diag);
    if (machine == NULL) return diag_set(diag, IOP_INVALID, "cannot build the model");
    const struct route *route = find_route(machine, guest, workload, direction == DIRECTION_RECEIVE);
    path->steps = calloc(STEPS_MAX, sizeof *path->steps);
    enum iop_status status = IOP_OK;
    if (route == NULL || path->steps == NULL) {
        status = diag_set(diag, IOP_INVALID, "no such workload");
    } else {
        explain_rows(machine, route, path);
        int data = path->count;
        if (route->flow->stream != NULL) explain_rows(machine, route->flow->stream->ack, path);
        if (path->count > data) path->steps[data].turnaround = true;
        if (machine->guests[guest].register_program != NULL)
            explain_rows(machine, &machine->guests[guest].register_route, path);
    }
    machine_free(machine);
    return status;
}

void explained_path_free(struct explained_path *path) {
    free(path->steps);
    memset(path, 0, sizeof *path);
}
