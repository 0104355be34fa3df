#include "models/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/accounts.h"
#include "models/resources.h"

struct report_base {
    sim_time start;
    uint64_t iotlb_lookups[SERVERS_MAX], iotlb_misses[SERVERS_MAX];
    sim_time mac[SERVERS_MAX], up[SERVERS_MAX], down[SERVERS_MAX], walkers[SERVERS_MAX];
    sim_time limit[GUESTS_MAX];
    int processors;
    sim_time *busy, *stalled; /* per processor */
};

struct report_base *report_begin(struct machine *machine) {
    int processors = processor_count(machine);
    struct report_base *base = calloc(1, sizeof *base);
    sim_time *times = calloc(2 * (size_t)processors, sizeof *times);
    if (base == NULL || times == NULL) {
        free(base);
        free(times);
        return NULL;
    }
    base->start = machine->sim.now;
    base->processors = processors;
    base->busy = times;
    base->stalled = times + processors;
    char name[NAME_MAX_BYTES * 2];
    for (int i = 0; i < processors; i++) {
        const struct processor *cpu = processor_number(machine, i, name, sizeof name);
        base->busy[i] = processor_busy(cpu);
        base->stalled[i] = processor_stalled(cpu);
    }
    for (int i = 0; i < machine->server_count; i++) {
        struct server_state *server = &machine->servers[i];
        base->iotlb_lookups[i] = server->iommu.lookups;
        base->iotlb_misses[i] = server->iommu.misses;
        base->mac[i] = server->nic.mac.busy;
        base->up[i] = server->nic.pcie.up.busy;
        base->down[i] = server->nic.pcie.down.busy;
        base->walkers[i] = server->iommu.walkers.busy;
    }
    for (int i = 0; i < machine->config->guest_count; i++) {
        base->limit[i] = machine->guests[i].limit.busy;
    }
    accounts_begin(machine);
    for (int i = 0; i < machine->state_count; i++) {
        struct workload_state *state = machine->states[i];
        state->delivered_before = state->frames.delivered;
        state->offered_before = state->offered;
        memcpy(state->lost_before, state->lost, sizeof state->lost);
        histogram_reset(&state->latency);
    }
    return base;
}

/* ---- metrics --------------------------------------------------------------------------------------- */

static void report_workload(const struct workload_state *state, double seconds, struct run_result *result) {
    int guest = state->guest, work = state->workload;
    double delivered = (double)(state->frames.delivered - state->delivered_before);
    bool stream = state->config->kind == WORK_UDP_STREAM;
    if (stream) {
        int payload = state->config->frame_bytes - protocol_overhead_bytes(state->config->kind);
        add_metric(result, METRIC_PPS, guest, work, delivered / seconds);
        add_metric(result, METRIC_OFFERED_PPS, guest, work, (double)(state->offered - state->offered_before) / seconds);
        add_metric(result, METRIC_THROUGHPUT, guest, work, 8.0 * payload * delivered / seconds);
    } else {
        add_metric(result, METRIC_TRANSACTIONS, guest, work, delivered / seconds);
        add_metric(result, METRIC_RTT_MEAN, guest, work, histogram_mean(&state->latency) * 1e-12);
    }
    static const struct {
        enum metric_kind kind;
        double quantile;
    } quantiles[] = {{METRIC_LATENCY_P50, 0.5}, {METRIC_LATENCY_P90, 0.9}, {METRIC_LATENCY_P99, 0.99},
                     {METRIC_LATENCY_P999, 0.999}};
    add_metric(result, METRIC_LATENCY_MEAN, guest, work, histogram_mean(&state->latency) * 1e-12);
    for (int i = 0; i < 4; i++)
        add_metric(result, quantiles[i].kind, guest, work,
                   histogram_quantile(&state->latency, quantiles[i].quantile) * 1e-12);
    static const enum metric_kind lost[LOST_COUNT] = {[LOST_NIC] = METRIC_LOST_NIC, [LOST_BACKEND] = METRIC_LOST_BACKEND,
                                                      [LOST_SOCKET] = METRIC_LOST_SOCKET, [LOST_QDISC] = METRIC_LOST_QDISC};
    for (int i = 0; i < LOST_COUNT; i++)
        add_metric(result, lost[i], guest, work, (double)(state->lost[i] - state->lost_before[i]) / seconds);
}

/* ---- resources ------------------------------------------------------------------------------------- */

void report_base_free(struct report_base *base) {
    if (base != NULL) free(base->busy);
    free(base);
}

static void add_resource(struct run_result *result, const char *name, double utilization) {
    if (result->resource_count == RESOURCES_MAX || utilization <= 0) return;
    struct resource_use *use = &result->resources[result->resource_count++];
    snprintf(use->name, sizeof use->name, "%s", name);
    use->utilization = utilization > 1 ? 1 : utilization;
}

static int by_utilization(const void *a, const void *b) {
    const struct resource_use *x = a, *y = b;
    if (x->utilization != y->utilization) return x->utilization < y->utilization ? 1 : -1;
    return strcmp(x->name, y->name);
}

static void report_resources(struct machine *machine, const struct report_base *base, struct run_result *result) {
    double elapsed = (double)(machine->sim.now - base->start);
    char name[NAME_MAX_BYTES * 2];
    for (int i = 0; i < base->processors; i++) {
        struct processor *cpu = processor_number(machine, i, name, sizeof name);
        if (strstr(name, "dom0/") != NULL) name_after_worker(machine, cpu, name, sizeof name);
        double busy = (double)(processor_busy(cpu) - base->busy[i]);
        double stalled = (double)(processor_stalled(cpu) - base->stalled[i]);
        /* A vCPU that waits for its device model is as taken as one that computes. */
        if (stalled > busy) strncat(name, " (waits for the device model)", sizeof name - strlen(name) - 1);
        add_resource(result, name, (busy + stalled) / elapsed);
    }
    for (int i = 0; i < machine->server_count; i++) {
        struct server_state *server = &machine->servers[i];
        const struct {
            const char *name;
            sim_time busy;
            int servers;
        } parts[] = {{"wire", server->nic.mac.busy - base->mac[i], 1},
                     {"pcie up", server->nic.pcie.up.busy - base->up[i], 1},
                     {"pcie down", server->nic.pcie.down.busy - base->down[i], 1},
                     {"iommu walkers", server->iommu.walkers.busy - base->walkers[i], server->iommu.walkers.servers}};
        for (size_t j = 0; j < sizeof parts / sizeof parts[0]; j++) {
            if (parts[j].servers == 0) continue;
            if (machine->server_count > 1) snprintf(name, sizeof name, "server%d/%s", i + 1, parts[j].name);
            else snprintf(name, sizeof name, "%s", parts[j].name);
            add_resource(result, name, (double)parts[j].busy / elapsed / parts[j].servers);
        }
    }
    for (int i = 0; i < machine->config->guest_count; i++) {
        snprintf(name, sizeof name, "%s/network limit", machine->guests[i].config->name);
        add_resource(result, name, (double)(machine->guests[i].limit.busy - base->limit[i]) / elapsed);
    }
    qsort(result->resources, (size_t)result->resource_count, sizeof result->resources[0], by_utilization);
}

/* ---- invariants ------------------------------------------------------------------------------------ */

/* Work that the processors did must be work that some row explains, but for what is under way. */
static double unexplained_work(const struct machine *machine, double charged_ps) {
    double worked = 0, under_way = 0;
    for (int i = 0; i < machine->server_count; i++)
        for (int j = 0; j < machine->servers[i].dom0_count; j++) worked += (double)machine->servers[i].dom0[j].worked;
    for (int i = 0; i < machine->config->guest_count; i++)
        for (int j = 0; j < machine->guests[i].vcpu_count; j++) worked += (double)machine->guests[i].vcpus[j].worked;
    under_way = (double)(100 * SIM_US) * (machine->station_count + machine->flow_count);
    double difference = fabs(worked - charged_ps) - under_way;
    return difference > 0 && worked > 0 ? difference / worked : 0;
}

/* Every packet that is still somewhere shows its birth date. */
static void census(struct machine *machine) {
    for (int i = 0; i < machine->state_count; i++) {
        balance_begin_census(&machine->states[i]->frames);
        balance_begin_census(&machine->states[i]->cleanup);
    }
    uint32_t packets = (uint32_t)machine->packets.chunk_count << PACKET_CHUNK_BITS;
    for (uint32_t i = 0; i < packets; i++) {
        const struct packet *packet = packet_at(&machine->packets, i);
        if (packet->route == NULL || packet->route->program->workload < 0) continue;
        struct workload_state *state = packet->route->flow->state;
        balance_count(packet->route->program->is_completion ? &state->cleanup : &state->frames, machine->sim.now,
                      packet->born);
    }
}

static enum iop_status check(struct machine *machine, double charged_ps, struct run_result *result,
                             struct diag *diag) {
    const double littles_law_limit = 1e-9, unexplained_limit = 1e-3;
    result->conserved = true;
    census(machine);
    for (int i = 0; i < machine->state_count; i++) {
        const struct workload_state *state = machine->states[i];
        const struct balance *balances[] = {&state->frames, &state->cleanup};
        for (int j = 0; j < 2; j++) {
            if (!balance_conserved(balances[j])) result->conserved = false;
            double error = balance_littles_law_error(balances[j], machine->sim.now);
            if (error > result->littles_law_error) result->littles_law_error = error;
        }
    }
    if (!result->conserved) return diag_set(diag, IOP_CHECK_FAILED, "packets were not conserved: a defect of the model");
    if (result->littles_law_error > littles_law_limit)
        return diag_set(diag, IOP_CHECK_FAILED, "Little's law is off by %g: a defect of the model",
                        result->littles_law_error);
    double unexplained = unexplained_work(machine, charged_ps);
    if (unexplained > unexplained_limit)
        return diag_set(diag, IOP_CHECK_FAILED, "%.2g of the CPU time is charged to nobody: a defect of the model",
                        unexplained);
    return IOP_OK;
}

enum iop_status report_end(struct machine *machine, struct report_base *base, struct run_result *result,
                           struct diag *diag) {
    memset(result, 0, sizeof *result);
    double seconds = sim_seconds(machine->sim.now - base->start);
    for (int i = 0; i < machine->state_count; i++) report_workload(machine->states[i], seconds, result);
    double charged_ps = accounts_report(machine, seconds, result);
    if (charged_ps < 0) return diag_set(diag, IOP_NO_MEMORY, "no memory for the accounts");
    report_resources(machine, base, result);
    uint64_t lookups = 0, misses = 0;
    for (int i = 0; i < machine->server_count; i++) {
        lookups += machine->servers[i].iommu.lookups - base->iotlb_lookups[i];
        misses += machine->servers[i].iommu.misses - base->iotlb_misses[i];
    }
    if (lookups > 0) add_metric(result, METRIC_IOTLB_MISS_RATIO, -1, -1, (double)misses / (double)lookups);
    result->events = machine->sim.executed;
    result->simulated_s = sim_seconds(machine->sim.now);
    result->series_bins = SERIES_BINS;
    memcpy(result->series, machine->series, sizeof result->series);
    return check(machine, charged_ps, result, diag);
}
