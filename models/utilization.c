#include "models/utilization.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/pool.h"
#include "models/resources.h"

struct utilization {
    sim_time start;
    sim_time mac[SERVERS_MAX], up[SERVERS_MAX], down[SERVERS_MAX], walkers[SERVERS_MAX], invalidations[SERVERS_MAX];
    sim_time peak[GUESTS_MAX][2], baseline[GUESTS_MAX][2], allowance[GUESTS_MAX], used[GUESTS_MAX];
    sim_time volume_links[GUESTS_MAX][2];
    sim_time pools[SERVERS_MAX][SCHEDULER_CPUS_MAX];
    double disks[SERVERS_MAX][DISKS_MAX];
    int processors;
    sim_time *busy, *stalled; /* per processor */
    sim_time *stations;       /* per station */
    sim_time *flows;          /* per flow, of its cap */
};

struct utilization *utilization_begin(struct machine *machine) {
    int processors = processor_count(machine);
    struct utilization *base = calloc(1, sizeof *base);
    sim_time *times =
        calloc(2 * (size_t)processors + (size_t)(machine->station_count + machine->flow_count) + 1, sizeof *times);
    if (base == NULL || times == NULL) {
        free(base);
        free(times);
        return NULL;
    }
    *base = (struct utilization){.start = machine->sim.now, .processors = processors, .busy = times};
    base->stalled = times + processors;
    base->stations = times + 2 * processors;
    base->flows = base->stations + machine->station_count;
    char name[NAME_MAX_BYTES * 2];
    for (int i = 0; i < processors; i++) {
        const struct processor *cpu = processor_number(machine, i, name, sizeof name);
        base->busy[i] = processor_busy(cpu);
        base->stalled[i] = processor_stalled(cpu);
    }
    for (int i = 0; i < machine->station_count; i++) base->stations[i] = machine->stations[i]->busy;
    for (int i = 0; i < machine->flow_count; i++) base->flows[i] = machine->flows[i]->limit.busy;
    for (int i = 0; i < machine->server_count; i++) {
        const struct server_state *server = &machine->servers[i];
        base->mac[i] = server->nic.mac.busy;
        base->up[i] = server->nic.pcie.up.busy;
        base->down[i] = server->nic.pcie.down.busy;
        base->walkers[i] = server->iommu.walkers.busy;
        base->invalidations[i] = server->invalidations.hardware.busy;
        for (int j = 0; j < machine->config->host.disk_count; j++)
            if (server->disks[j] != NULL) base->disks[i][j] = disk_busy_s(server->disks[j]);
        for (int j = 0; server->pool != NULL && j < server->pool->settings.cpus; j++)
            base->pools[i][j] = sched_cpu_busy(&server->pool->cpus[j]);
    }
    for (int i = 0; i < machine->config->guest_count; i++) {
        for (int way = SENT; way <= RECEIVED; way++) {
            base->peak[i][way] = machine->guests[i].limits[way].peak.busy;
            base->baseline[i][way] = machine->guests[i].limits[way].baseline.busy;
        }
        base->allowance[i] = machine->guests[i].allowance.busy;
        for (int way = 0; way < 2; way++) base->volume_links[i][way] = machine->guests[i].volume_link.ways[way].busy;
        if (machine->guests[i].group != NULL) base->used[i] = sched_group_used(machine->guests[i].group);
    }
    return base;
}

void utilization_free(struct utilization *utilization) {
    if (utilization != NULL) free(utilization->busy);
    free(utilization);
}

/* Returns where it was added, or NULL. */
static struct resource_use *add(struct run_result *result, const char *name, double utilization) {
    if (result->resource_count == RESOURCES_MAX || utilization <= 0) return NULL;
    struct resource_use *use = &result->resources[result->resource_count++];
    snprintf(use->name, sizeof use->name, "%s", name);
    use->utilization = utilization > 1 ? 1 : utilization;
    use->cpu[0] = '\0';
    return use;
}

static int busiest_first(const void *a, const void *b) {
    const struct resource_use *x = a, *y = b;
    if (x->utilization != y->utilization) return x->utilization < y->utilization ? 1 : -1;
    return strcmp(x->name, y->name);
}

static bool takes_interrupts(const struct machine *machine, const struct processor *cpu) {
    for (int i = 0; i < machine->station_count; i++)
        if (machine->stations[i]->worker == WORKER_NAPI && machine->stations[i]->cpu == cpu) return true;
    return false;
}

/* A vCPU that waits for its device model, or spins for a lock of the hypervisor, is as taken as one that
 * computes. */
static double taken(const struct machine *machine, const struct utilization *base, int number,
                    const struct processor *cpu, char *name, size_t size) {
    double busy = (double)(processor_busy(cpu) - base->busy[number]);
    double stalled = (double)(processor_stalled(cpu) - base->stalled[number]);
    const char *waits = is_host_cpu(machine, cpu) ? " (waits for a lock)" : " (waits for the device model)";
    if (stalled > busy) strncat(name, waits, size - strlen(name) - 1);
    return busy + stalled;
}

static void add_processors(const struct machine *machine, const struct utilization *base, double elapsed,
                           struct run_result *result) {
    char name[NAME_MAX_BYTES * 2];
    for (int i = 0; i < base->processors; i++) {
        const struct processor *cpu = processor_number(machine, i, name, sizeof name);
        bool of_host = is_host_cpu(machine, cpu);
        if (!of_host && !takes_interrupts(machine, cpu)) continue;
        char identity[sizeof((struct resource_use *)0)->cpu] = "";
        snprintf(identity, sizeof identity, "%.23s", name);
        if (of_host) name_after_worker(machine, cpu, name, sizeof name);
        double time = taken(machine, base, i, cpu, name, sizeof name);
        struct resource_use *use = add(result, name, time / elapsed);
        if (use != NULL && of_host) memcpy(use->cpu, identity, sizeof use->cpu);
    }
}

/* The vCPUs of one guest that only run applications, by rank. */
static void add_applications(const struct machine *machine, const struct utilization *base, int guest, double elapsed,
                             struct run_result *result) {
    const struct guest_state *state = &machine->guests[guest];
    int first = 0, ranked = 0;
    for (int i = 0; i < machine->server_count; i++) first += machine->servers[i].dom0_count;
    for (int i = 0; i < guest; i++) first += machine->guests[i].vcpu_count;
    struct resource_use *ranks = calloc((size_t)state->vcpu_count, sizeof *ranks);
    if (ranks == NULL) return;
    for (int i = 0; i < state->vcpu_count; i++) {
        if (takes_interrupts(machine, &state->vcpus[i])) continue;
        double time = taken(machine, base, first + i, &state->vcpus[i], ranks[ranked].name, sizeof ranks[ranked].name);
        ranks[ranked++].utilization = time / elapsed;
    }
    qsort(ranks, (size_t)ranked, sizeof *ranks, busiest_first);
    for (int i = 0; i < ranked; i++) {
        char name[NAME_MAX_BYTES * 2];
        snprintf(name, sizeof name, "%s/vcpu#%d%.40s", state->config->name, i + 1, ranks[i].name);
        add(result, name, ranks[i].utilization);
    }
    free(ranks);
}

/* A queueing discipline is one at a time, on whatever CPU: a resource of its own. */
static void add_disciplines(const struct machine *machine, const struct utilization *base, double elapsed,
                            struct run_result *result) {
    char name[NAME_MAX_BYTES * 2];
    for (int i = 0; i < machine->station_count; i++) {
        const struct station *station = machine->stations[i];
        if (station->worker != WORKER_QDISC || station->guest < 0) continue;
        snprintf(name, sizeof name, "%s/%s", machine->guests[station->guest].config->name, station->name);
        add(result, name, (double)(station->busy - base->stations[i]) / elapsed);
    }
}

/* How long the cap of the guest's busiest flow took for what passed it. */
static sim_time busiest_flow(const struct machine *machine, const struct utilization *base, int guest) {
    sim_time most = 0;
    for (int i = 0; i < machine->flow_count; i++) {
        sim_time busy = machine->flows[i]->limit.busy - base->flows[i];
        if (machine->flows[i]->state->guest == guest && busy > most) most = busy;
    }
    return most;
}

static void add_disks(const struct machine *machine, const struct utilization *base, double elapsed,
                      struct run_result *result) {
    char name[NAME_MAX_BYTES * 2];
    for (int i = 0; i < machine->server_count; i++)
        for (int j = 0; j < machine->config->host.disk_count; j++) {
            const struct disk *disk = machine->servers[i].disks[j];
            if (disk == NULL) continue;
            disk_name(machine, i, j, name, sizeof name);
            add(result, name, 1e12 * (disk_busy_s(disk) - base->disks[i][j]) / elapsed);
        }
}

static void add_devices(const struct machine *machine, const struct utilization *base, double elapsed,
                        struct run_result *result) {
    char name[NAME_MAX_BYTES * 2];
    for (int i = 0; i < machine->server_count; i++) {
        const struct server_state *server = &machine->servers[i];
        const struct {
            const char *name;
            sim_time busy;
            int servers;
        } parts[] = {{"wire", server->nic.mac.busy - base->mac[i], 1},
                     {"pcie up", server->nic.pcie.up.busy - base->up[i], 1},
                     {"pcie down", server->nic.pcie.down.busy - base->down[i], 1},
                     {"iommu walkers", server->iommu.walkers.busy - base->walkers[i], server->iommu.walkers.servers},
                     {"invalidation queue", server->invalidations.hardware.busy - base->invalidations[i],
                      server->invalidations.hardware.servers}};
        for (size_t j = 0; j < sizeof parts / sizeof parts[0]; j++) {
            if (parts[j].servers == 0) continue;
            if (machine->server_count > 1)
                snprintf(name, sizeof name, "server%d/%s", i + 1, parts[j].name);
            else
                snprintf(name, sizeof name, "%s", parts[j].name);
            add(result, name, (double)parts[j].busy / elapsed / parts[j].servers);
        }
    }
    for (int i = 0; i < machine->config->guest_count; i++) {
        for (int way = SENT; way <= RECEIVED; way++) {
            const struct shaper *limit = &machine->guests[i].limits[way];
            snprintf(name, sizeof name, "%s/%s limit", machine->guests[i].config->name,
                     way == SENT ? "network" : "receive");
            bool spent = limit->baseline.ps_per_unit > 0 && bucket_allows(&limit->baseline) > base->start;
            sim_time busy =
                spent ? limit->baseline.busy - base->baseline[i][way] : limit->peak.busy - base->peak[i][way];
            add(result, name, (double)busy / elapsed);
        }
        snprintf(name, sizeof name, "%s/limit of one flow", machine->guests[i].config->name);
        add(result, name, (double)busiest_flow(machine, base, i) / elapsed);
        for (int way = 0; way < 2; way++) {
            snprintf(name, sizeof name, "%s/volumes, %s", machine->guests[i].config->name, way ? "writes" : "reads");
            sim_time busy = machine->guests[i].volume_link.ways[way].busy - base->volume_links[i][way];
            add(result, name, (double)busy / elapsed);
        }
        snprintf(name, sizeof name, "%s/packet allowance", machine->guests[i].config->name);
        add(result, name, (double)(machine->guests[i].allowance.busy - base->allowance[i]) / elapsed);
    }
}

/* CPUs that guests share, and what a guest may use of CPUs at most. */
static void add_pools(const struct machine *machine, const struct utilization *base, double elapsed,
                      struct run_result *result) {
    char name[NAME_MAX_BYTES * 2];
    for (int i = 0; i < machine->server_count; i++) {
        const struct scheduler *pool = machine->servers[i].pool;
        for (int j = 0; pool != NULL && j < pool->settings.cpus; j++) {
            if (machine->server_count > 1)
                snprintf(name, sizeof name, "server%d/pool/cpu%d", i + 1, j);
            else
                snprintf(name, sizeof name, "pool/cpu%d", j);
            add(result, name, (double)(sched_cpu_busy(&pool->cpus[j]) - base->pools[i][j]) / elapsed);
        }
    }
    for (int i = 0; i < machine->config->guest_count; i++) {
        const struct guest_state *guest = &machine->guests[i];
        double cap = pool_cap(guest);
        if (cap <= 0) continue;
        snprintf(name, sizeof name, "%s/cpu cap", guest->config->name);
        add(result, name, (double)(sched_group_used(guest->group) - base->used[i]) / elapsed / cap);
    }
}

void utilization_report(struct machine *machine, const struct utilization *utilization, struct run_result *result) {
    double elapsed = (double)(machine->sim.now - utilization->start);
    add_processors(machine, utilization, elapsed, result);
    for (int i = 0; i < machine->config->guest_count; i++) add_applications(machine, utilization, i, elapsed, result);
    add_disciplines(machine, utilization, elapsed, result);
    add_devices(machine, utilization, elapsed, result);
    add_disks(machine, utilization, elapsed, result);
    add_pools(machine, utilization, elapsed, result);
    qsort(result->resources, (size_t)result->resource_count, sizeof result->resources[0], busiest_first);
}
