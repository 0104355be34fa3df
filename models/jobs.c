/* The jobs of block workloads: their paths by operation and size, and the requests that each keeps in flight. */
#include <stdlib.h>

#include "models/machine.h"
#include "models/paths/block.h"

/* Whether a workload makes such requests; by which of a class, if it has a trace. */
static bool asks_for(const struct workload_config *work, int size_class, enum block_op op) {
    if (work->requests != NULL) return work->requests->class_requests[size_class][op] > 0;
    return op != BLOCK_FLUSH || work->fsync_writes > 0;
}

/* The programs of a workload; NULL where there are no such requests. */
struct block_programs {
    int classes;
    struct program *of[BLOCK_CLASSES_MAX][BLOCK_OP_COUNT];
};

static enum iop_status make_programs(struct machine *machine, const struct workload_state *state,
                                     struct block_programs *programs, struct diag *diag) {
    const struct workload_config *work = state->config;
    const struct block_trace *trace = work->requests;
    programs->classes = trace != NULL ? trace->class_count : 1;
    for (int i = 0; i < programs->classes; i++)
        for (int op = 0; op < BLOCK_OP_COUNT; op++) {
            if (!asks_for(work, i, (enum block_op)op)) continue;
            int bytes = op == BLOCK_FLUSH ? 0 : trace != NULL ? (int)trace->class_bytes[i] : work->block_bytes;
            struct program *program =
                program_new_block(machine->config, state->guest, state->workload, (enum block_op)op, bytes, diag);
            programs->of[i][op] = machine_keep_program(machine, program, diag);
            if (programs->of[i][op] == NULL) return IOP_NO_MEMORY;
        }
    return IOP_OK;
}

static void place_jobs(const struct machine *machine, struct workload_state *state) {
    const struct workload_config *work = state->config;
    double part = machine->config->host.disks[work->disk].capacity_bytes / work->jobs;
    uint64_t size = (uint64_t)work->block_bytes, bytes = part > (double)size ? (uint64_t)part / size * size : size;
    for (int i = 0; i < work->jobs; i++)
        state->jobs[i] = (struct block_job){.first_bytes = (uint64_t)i * bytes, .size_bytes = bytes};
}

/* A route of the flow: its own, or one of those beside it. */
static struct route *new_route(struct machine *machine, struct flow *flow, struct program *program, struct diag *diag) {
    if (flow->route != NULL && machine->route_count == ROUTES_MAX) {
        diag_set(diag, IOP_INVALID, "a block workload with too many requests in flight");
        return NULL;
    }
    struct route *route = calloc(1, sizeof *route);
    if (route == NULL) {
        diag_set(diag, IOP_NO_MEMORY, "no memory for a route");
        return NULL;
    }
    if (flow->route == NULL)
        flow->route = route;
    else
        machine->routes[machine->route_count++] = route;
    return machine_wire(machine, route, program, flow, diag) == IOP_OK ? route : NULL;
}

static struct program *first_of(const struct block_programs *programs) {
    for (int op = 0; op < BLOCK_OP_COUNT; op++)
        if (programs->of[0][op] != NULL) return programs->of[0][op];
    return NULL; /* a class has requests */
}

static enum iop_status add_slot(struct machine *machine, const struct block_programs *programs,
                                struct workload_state *state, int index, struct diag *diag) {
    struct flow *flow = machine_new_flow(machine, first_of(programs), state, index, diag);
    if (flow == NULL) return IOP_NO_MEMORY;
    flow->block = (struct block_slot){.job = &state->jobs[index % state->config->jobs], .classes = programs->classes};
    flow->block.routes = calloc((size_t)programs->classes, sizeof *flow->block.routes);
    if (flow->block.routes == NULL) return diag_set(diag, IOP_NO_MEMORY, "no memory for a flow");
    for (int i = 0; i < programs->classes; i++)
        for (int op = 0; op < BLOCK_OP_COUNT; op++) {
            if (programs->of[i][op] == NULL) continue;
            flow->block.routes[i][op] = new_route(machine, flow, programs->of[i][op], diag);
            if (flow->block.routes[i][op] == NULL) return IOP_NO_MEMORY;
        }
    return IOP_OK;
}

/* Jobs begin on vCPUs that take no interrupts of the disk, if there are some: chance rarely has it otherwise. */
static int first_vcpu(const struct machine *machine, const struct workload_state *state) {
    const struct guest_config *guest = &machine->config->guests[state->guest];
    int queues = guest_disk_queues(&machine->config->host, guest, &machine->config->host.disks[state->config->disk]);
    return queues + state->config->jobs <= guest->vcpus ? queues : 0;
}

enum iop_status machine_add_block(struct machine *machine, struct workload_state *state, struct diag *diag) {
    struct block_programs programs = {0};
    enum iop_status status = make_programs(machine, state, &programs, diag);
    if (status != IOP_OK) return status;
    state->jobs = calloc((size_t)state->config->jobs, sizeof *state->jobs);
    if (state->jobs == NULL) return diag_set(diag, IOP_NO_MEMORY, "no memory for a workload");
    place_jobs(machine, state);
    state->first_job = machine->guests[state->guest].next_app + first_vcpu(machine, state);
    machine->guests[state->guest].next_app += state->config->jobs;
    for (int i = 0; i < state->config->concurrency && status == IOP_OK; i++)
        status = add_slot(machine, &programs, state, i, diag);
    return status;
}

static void answered(struct sim *sim, void *owner, uint64_t index) {
    (void)sim;
    struct machine *machine = owner;
    packet_at(&machine->packets, (uint32_t)index)->stage++;
    station_deliver(machine, (uint32_t)index, NULL);
}

static void disk_answers(void *owner, uint32_t index) {
    struct machine *machine = owner;
    const struct packet *packet = packet_at(&machine->packets, index);
    struct volume_link *link = packet->route->program->op == BLOCK_READ ? volume_link_of(machine, index) : NULL;
    if (link == NULL) {
        answered(&machine->sim, machine, index);
        return;
    }
    sim_time passed = volume_link_passes(link, machine->sim.now, packet->bytes, false);
    sim_at(&machine->sim, passed, answered, machine, index);
}

struct disk *machine_disk(struct machine *machine, int server, int number) {
    struct disk **disk = &machine->servers[server].disks[number];
    if (*disk == NULL)
        *disk = disk_new(&machine->sim, &machine->config->host.disks[number],
                         STREAM_DISKS + (uint32_t)(server * DISKS_MAX + number), disk_answers, machine);
    return *disk;
}
