#include "models/machine.h"

#include <stdlib.h>
#include <string.h>

#include "models/boot_workers.h"
#include "models/disk_workers.h"
#include "models/guest/kernel.h"
#include "models/pool.h"
#include "models/tlb_flush.h"
#include "models/topology.h"
#include "models/vif_workers.h"

static double cost(const struct machine *machine, enum cost id) { return machine->config->host.costs.values[id].value; }

static struct idle_states idle_states(const struct machine *machine) {
    return (struct idle_states){
        .shallow_exit = sim_time_of(cost(machine, COST_IDLE_SHALLOW)),
        .deep_exit = sim_time_of(cost(machine, COST_IDLE_DEEP)),
        .deep_after = sim_time_of(cost(machine, COST_IDLE_DEEP_AFTER)),
    };
}

static struct processor *new_processors(struct machine *machine, int count, struct diag *diag) {
    struct processor *processors = calloc((size_t)count, sizeof *processors);
    if (processors == NULL) {
        diag_set(diag, IOP_NO_MEMORY, "no memory for processors");
        return NULL;
    }
    for (int i = 0; i < count; i++) {
        if (processor_init(&processors[i], &machine->sim, diag) != IOP_OK) return NULL;
        processors[i].idle = idle_states(machine);
    }
    return processors;
}

/* vCPU i and i + n/2 are the hardware threads of one core, as EC2's HVM guests see them. */
static void pair_siblings(struct guest_state *guest, const struct host_config *host) {
    if (!vcpus_are_paired(host, guest->config) || host->smt_share >= 1.0) return;
    int half = guest->vcpu_count / 2;
    for (int i = 0; i < half; i++) {
        guest->vcpus[i].sibling = &guest->vcpus[i + half];
        guest->vcpus[i + half].sibling = &guest->vcpus[i];
        guest->vcpus[i].smt_stretch = guest->vcpus[i + half].smt_stretch = 1.0 / host->smt_share;
    }
}

static bool has_polling_switch(const struct model_config *config, int server) {
    for (int i = 0; i < config->guest_count; i++)
        if (config->guests[i].server == server && guest_path(&config->guests[i])->attachment == ATTACH_SWITCH)
            return true;
    return false;
}

static enum iop_status init_server(struct machine *machine, int index, struct diag *diag) {
    const struct host_config *host = &machine->config->host;
    struct server_state *server = &machine->servers[index];
    server->index = index;
    server->device.node = host->nic_socket;
    server->clock_hz = server_clock_hz(machine->config, index);
    random_stream_init(&server->jitter, machine->sim.seed, machine->sim.replication, STREAM_JITTER + (uint32_t)index);
    if (host->hypervisor == HYPERVISOR_XEN || host->hypervisor == HYPERVISOR_KVM) {
        server->shared_count = host->dom0.vcpus;
        server->dom0_count = host->dom0.vcpus + has_polling_switch(machine->config, index);
        server->dom0 = new_processors(machine, server->dom0_count, diag);
        if (server->dom0 == NULL) return IOP_NO_MEMORY;
        for (int i = 0; i < server->dom0_count; i++) server->dom0[i].node = host->nic_socket;
        server->dom0_cpus = (struct cpus){
            .processors = server->dom0,
            .runqueues = server->dom0_runqueues,
            .count = server->shared_count,
            .keeps_cpu = kernel_has(FEATURE_HOST_WAKE_PREVIOUS, kernel_version(host->dom0.kernel)),
        };
    }
    if (pool_init_server(machine, server, diag) != IOP_OK) return IOP_NO_MEMORY;
    server->has_iommu = host->iommu.mode != IOMMU_OFF;
    if (server->has_iommu) {
        enum iop_status status = iommu_init(&server->iommu, &host->iommu, cost(machine, COST_IOTLB_WALK),
                                            cost(machine, COST_IOTLB_LOOKUP), diag);
        if (status != IOP_OK) return status;
    }
    struct nic_latencies latencies = {cost(machine, COST_DMA_READ), cost(machine, COST_DMA_WRITE),
                                      cost(machine, COST_DOORBELL)};
    nic_init(&server->nic, &machine->sim, &machine->packets, &host->nic, &latencies,
             server->has_iommu ? &server->iommu : NULL, machine_nic_client(machine));
    return IOP_OK;
}

/* An instance that may burst has its baseline as the limit of what it does in the long run. A function of a NIC
 * spaces its frames, software lets a burst through. */
static void init_limits(struct machine *machine, struct guest_state *guest) {
    const struct guest_config *config = guest->config;
    bool bursts = config->network_burst_bps > config->network_bps;
    double burst_bytes = guest_path(config)->attachment == ATTACH_NIC ? 0 : cost(machine, COST_SHAPER_BURST);
    for (int way = SENT; way <= RECEIVED; way++) {
        shaper_init(&guest->limits[way], bursts ? config->network_burst_bps : config->network_bps, burst_bytes);
        if (bursts)
            shaper_limit_credits(&guest->limits[way], config->network_bps, cost(machine, COST_SHAPER_CREDIT),
                                 config->network_credits_spent);
    }
    volume_link_init(&guest->volume_link, config->ebs_bps);
    bucket_init(&guest->allowance, config->network_pps, cost(machine, COST_SHAPER_FRAMES));
}

static double halt_poll_most(const struct machine *machine) {
    const struct host_config *host = &machine->config->host;
    if (host->halt_poll_s >= 0) return host->halt_poll_s;
    return kernel_has(FEATURE_HALT_POLL, kernel_version(host->dom0.kernel)) ? cost(machine, COST_HALT_POLL_MOST) : 0;
}

/* A vCPU on a CPU of its own; one that shares it polls only while nobody else wants it, which is not modelled. */
static void poll_when_halted(const struct machine *machine, struct guest_state *guest) {
    const struct host_config *host = &machine->config->host;
    bool halts = guest_path(guest->config)->kernel == FOR_HVM_KERNEL && host->hypervisor == HYPERVISOR_KVM;
    double most = halts ? halt_poll_most(machine) : 0;
    for (int i = 0; i < guest->vcpu_count && most > 0; i++)
        guest->vcpus[i].poll =
            (struct poll_window){.most = sim_time_of(most), .first = sim_time_of(cost(machine, COST_HALT_POLL_FIRST))};
}

static enum iop_status init_guest(struct machine *machine, int index, struct diag *diag) {
    const struct guest_config *config = &machine->config->guests[index];
    struct guest_state *guest = &machine->guests[index];
    guest->config = config;
    guest->server = &machine->servers[config->server];
    guest->vcpu_count = config->vcpus;
    guest->vcpus = new_processors(machine, config->vcpus, diag);
    if (guest->vcpus == NULL) return IOP_NO_MEMORY;
    init_limits(machine, guest);
    if (pool_add_guest(machine, index, diag) != IOP_OK) return IOP_NO_MEMORY;
    for (int i = 0; i < guest->vcpu_count; i++) guest->vcpus[i].node = vcpu_socket(&machine->config->host, config, i);
    guest->cpus = (struct cpus){
        .processors = guest->vcpus,
        .runqueues = guest->runqueues,
        .count = guest->vcpu_count,
        .sibling = vcpus_are_paired(&machine->config->host, config) ? guest->vcpu_count / 2 : 0,
        .keeps_cpu = kernel_has(FEATURE_WAKE_PREVIOUS, kernel_version(config->kernel)),
    };
    if (guest->pool == NULL) poll_when_halted(machine, guest);
    if (guest->server->pool == NULL) pair_siblings(guest, &machine->config->host);
    if (!guest_path(config)->emulated && !guest_boots_emulated(machine->config, index)) return IOP_OK;
    guest->register_program = program_register_access(machine->config, index, diag);
    if (guest->register_program == NULL) return IOP_NO_MEMORY;
    struct flow nobody = {0}; /* a register access belongs to no flow; wiring wants to know which queue */
    enum iop_status status = machine_wire(machine, &guest->register_route, guest->register_program, &nobody, diag);
    guest->register_route.flow = NULL;
    return status;
}

/* ---- the whole ------------------------------------------------------------------------------------- */

/* A native machine has its host to itself, a whole NIC passed through is nobody else's. */
static enum iop_status check_neighbours(const struct model_config *config, struct diag *diag) {
    for (int i = 0; i < config->guest_count; i++) {
        const struct guest_config *guest = &config->guests[i];
        bool native = guest->mode == MODE_NATIVE, whole = guest_path(guest)->whole_device;
        for (int j = 0; j < config->guest_count && (native || whole); j++)
            if (j != i && config->guests[j].server == guest->server)
                return diag_set(diag, IOP_INVALID, "guest '%s' %s, it cannot share its host with '%s'", guest->name,
                                native ? "is native" : "has the whole NIC", config->guests[j].name);
    }
    return IOP_OK;
}

static enum iop_status build(struct machine *machine, struct diag *diag) {
    const struct model_config *config = machine->config;
    enum iop_status status = packet_pool_init(&machine->packets, diag);
    for (int i = 0; i < config->servers && status == IOP_OK; i++) status = init_server(machine, i, diag);
    for (int i = 0; i < config->guest_count && status == IOP_OK; i++) status = init_guest(machine, i, diag);
    for (int i = 0; i < config->guest_count && status == IOP_OK; i++)
        for (int j = 0; j < config->guests[i].workload_count && status == IOP_OK; j++)
            status = machine_add_workload(machine, i, j, diag);
    if (status == IOP_OK) vif_workers_share_locks(machine);
    if (status == IOP_OK) tlb_flush_share_lock(machine);
    if (status == IOP_OK) disk_workers_share_pools(machine);
    if (status == IOP_OK) status = machine_wire_ports(machine, diag);
    if (status == IOP_OK) stations_ready(machine);
    for (int i = 0; i < machine->flow_count && status == IOP_OK; i++) flow_start(machine->flows[i]);
    return status;
}

struct machine *machine_new(const struct model_config *config, uint64_t seed, uint32_t replication, struct diag *diag) {
    if (check_neighbours(config, diag) != IOP_OK) return NULL;
    struct machine *machine = calloc(1, sizeof *machine);
    if (machine == NULL) return NULL;
    int workloads = GUESTS_MAX * WORKLOADS_MAX;
    machine->config = config;
    machine->server_count = config->servers;
    machine->stations = calloc(STATIONS_MAX, sizeof *machine->stations);
    machine->queues = calloc(RINGS_MAX, sizeof *machine->queues);
    machine->station_index = calloc(INDEX_SLOTS, sizeof *machine->station_index);
    machine->queue_index = calloc(INDEX_SLOTS, sizeof *machine->queue_index);
    machine->flows = calloc(FLOWS_MAX, sizeof *machine->flows);
    machine->routes = calloc(ROUTES_MAX, sizeof *machine->routes);
    machine->states = calloc((size_t)workloads, sizeof *machine->states);
    machine->threads = calloc(THREADS_MAX, sizeof *machine->threads);
    bool memory = machine->stations != NULL && machine->queues != NULL && machine->station_index != NULL &&
                  machine->queue_index != NULL && machine->flows != NULL && machine->routes != NULL &&
                  machine->states != NULL && machine->threads != NULL &&
                  sim_init(&machine->sim, seed, replication, 4096, diag) == IOP_OK;
    if (!memory || build(machine, diag) != IOP_OK) {
        diag_set(diag, IOP_NO_MEMORY, "no memory for the machines");
        machine_free(machine);
        return NULL;
    }
    return machine;
}

static void free_processors(struct processor *processors, int count) {
    for (int i = 0; processors != NULL && i < count; i++) processor_fini(&processors[i]);
    free(processors);
}

void machine_free(struct machine *machine) {
    if (machine == NULL) return;
    pool_free(machine);
    for (int i = 0; i < machine->server_count; i++) {
        struct server_state *server = &machine->servers[i];
        free_processors(server->dom0, server->dom0_count);
        if (server->has_iommu) iommu_fini(&server->iommu);
        free(server->buffers);
        for (int j = 0; j < DISKS_MAX; j++) disk_free(server->disks[j]);
        nic_fini(&server->nic);
    }
    for (int i = 0; i < machine->config->guest_count; i++) {
        free_processors(machine->guests[i].vcpus, machine->guests[i].vcpu_count);
        free(machine->guests[i].buffers);
        program_free(machine->guests[i].register_program);
    }
    for (int i = 0; i < machine->station_count; i++) {
        free(machine->stations[i]->inputs);
        free(machine->stations[i]->untold);
        free(machine->stations[i]);
    }
    for (int i = 0; i < machine->queue_count; i++) {
        ring_fini(&machine->queues[i]->ring);
        free(machine->queues[i]);
    }
    for (int i = 0; i < machine->flow_count; i++) {
        ring_fini(&machine->flows[i]->backlog);
        free(machine->flows[i]->class_routes);
        free(machine->flows[i]->block.routes);
        if (machine->flows[i]->stream != NULL)
            stream_free(machine->flows[i]->stream);
        else
            free(machine->flows[i]->route);
        free(machine->flows[i]);
    }
    for (int i = 0; i < machine->route_count; i++) free(machine->routes[i]);
    for (int i = 0; i < machine->program_count; i++) program_free(machine->programs[i]);
    for (int i = 0; i < machine->state_count; i++) {
        free(machine->states[i]->jobs);
        free(machine->states[i]);
    }
    free(machine->stations);
    free(machine->queues);
    free(machine->station_index);
    free(machine->queue_index);
    free(machine->flows);
    free(machine->routes);
    free(machine->programs);
    free(machine->states);
    free(machine->threads);
    packet_pool_fini(&machine->packets);
    sim_fini(&machine->sim);
    free(machine);
}
