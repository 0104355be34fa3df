/* The jobs of block workloads: their paths for reads and writes, and the requests that each keeps in flight. */
#include <stdlib.h>

#include "models/machine.h"

static struct program *keep(struct machine *machine, struct workload_state *state, bool write, struct diag *diag) {
    struct program *program = program_new_block(machine->config, state->guest, state->workload, write, diag);
    return machine_keep_program(machine, program, diag);
}

/* A route beside the flow's own. */
static struct route *second_route(struct machine *machine, struct program *program, struct flow *flow,
                                  struct diag *diag) {
    struct route *route = machine->route_count < ROUTES_MAX ? calloc(1, sizeof *route) : NULL;
    if (route == NULL) return NULL;
    machine->routes[machine->route_count++] = route;
    return machine_wire(machine, route, program, flow, diag) == IOP_OK ? route : NULL;
}

static void place_jobs(const struct machine *machine, struct workload_state *state) {
    const struct workload_config *work = state->config;
    double part = machine->config->host.disks[work->disk].capacity_bytes / work->jobs;
    uint64_t size = (uint64_t)work->block_bytes, bytes = part > (double)size ? (uint64_t)part / size * size : size;
    for (int i = 0; i < work->jobs; i++)
        state->jobs[i] = (struct block_job){.first_bytes = (uint64_t)i * bytes, .size_bytes = bytes};
}

static enum iop_status add_slot(struct machine *machine, struct program *read, struct program *write,
                                struct workload_state *state, int index, struct diag *diag) {
    struct flow *flow = machine_new_flow(machine, read, state, index, diag);
    if (flow == NULL) return IOP_NO_MEMORY;
    flow->route = calloc(1, sizeof *flow->route);
    if (flow->route == NULL) return diag_set(diag, IOP_NO_MEMORY, "no memory for a route");
    enum iop_status status = machine_wire(machine, flow->route, read, flow, diag);
    if (status != IOP_OK) return status;
    flow->block.job = &state->jobs[index % state->config->jobs];
    flow->block.write = second_route(machine, write, flow, diag);
    return flow->block.write != NULL ? IOP_OK : diag_set(diag, IOP_NO_MEMORY, "no memory for a route");
}

enum iop_status machine_add_block(struct machine *machine, struct workload_state *state, struct diag *diag) {
    struct program *read = keep(machine, state, false, diag), *write = keep(machine, state, true, diag);
    if (read == NULL || write == NULL) return IOP_NO_MEMORY;
    state->jobs = calloc((size_t)state->config->jobs, sizeof *state->jobs);
    if (state->jobs == NULL) return diag_set(diag, IOP_NO_MEMORY, "no memory for a workload");
    place_jobs(machine, state);
    enum iop_status status = IOP_OK;
    for (int i = 0; i < state->config->concurrency && status == IOP_OK; i++)
        status = add_slot(machine, read, write, state, i, diag);
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
    struct volume_link *link = packet->route->program->writes ? NULL : volume_link_of(machine, index);
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
