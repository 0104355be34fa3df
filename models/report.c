#include "models/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/accounts.h"
#include "models/resources.h"
#include "models/utilization.h"
#include "models/workload/due.h"

struct report_base {
    sim_time start;
    uint64_t iotlb_lookups, iotlb_misses;
    struct utilization *utilization;
};

static void count_translations(const struct machine *machine, uint64_t *lookups, uint64_t *misses) {
    *lookups = *misses = 0;
    for (int i = 0; i < machine->server_count; i++) {
        *lookups += machine->servers[i].iommu.lookups;
        *misses += machine->servers[i].iommu.misses;
    }
}

struct report_base *report_begin(struct machine *machine) {
    struct report_base *base = calloc(1, sizeof *base);
    if (base == NULL) return NULL;
    base->start = machine->sim.now;
    base->utilization = utilization_begin(machine);
    if (base->utilization == NULL) {
        free(base);
        return NULL;
    }
    count_translations(machine, &base->iotlb_lookups, &base->iotlb_misses);
    accounts_begin(machine);
    for (int i = 0; i < machine->state_count; i++) {
        struct workload_state *state = machine->states[i];
        state->delivered_before = state->frames.delivered;
        state->frames_before = state->frames_read;
        state->bytes_before = state->bytes_read;
        state->resent_before = state->resent;
        state->offered_before = state->offered;
        state->due_before = workload_due(machine, state);
        state->payload_before = state->payload_bytes;
        memcpy(state->lost_before, state->lost, sizeof state->lost);
        histogram_reset(&state->latency);
    }
    return base;
}

void report_base_free(struct report_base *base) {
    if (base != NULL) utilization_free(base->utilization);
    free(base);
}

/* ---- workloads ------------------------------------------------------------------------------------- */

static void report_latency(const struct workload_state *state, struct run_result *result) {
    static const struct {
        enum metric_kind kind;
        double quantile;
    } quantiles[] = {
        {METRIC_LATENCY_P50, 0.5}, {METRIC_LATENCY_P90, 0.9}, {METRIC_LATENCY_P99, 0.99}, {METRIC_LATENCY_P999, 0.999}};
    bool seen = state->latency.count > 0; /* with nothing delivered there is no latency, not one of 0 */
    double mean_s = seen ? histogram_mean(&state->latency) * 1e-12 : NAN;
    enum workload_kind kind = state->config->kind;
    if (kind == WORK_FORK)
        add_metric(result, METRIC_FORK_TIME, state->guest, state->workload, mean_s);
    else if (kind == WORK_BOOT)
        add_metric(result, METRIC_BOOT_TIME, state->guest, state->workload, mean_s);
    else if (!workload_is_stream(kind) && !workload_is_computing(kind) && kind != WORK_BLOCK)
        add_metric(result, METRIC_RTT_MEAN, state->guest, state->workload, mean_s);
    add_metric(result, METRIC_LATENCY_MEAN, state->guest, state->workload, mean_s);
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++)
        add_metric(result, quantiles[i].kind, state->guest, state->workload,
                   seen ? histogram_quantile(&state->latency, quantiles[i].quantile) * 1e-12 : NAN);
}

/* Requests that were due, of an open loop. */
static void report_due(const struct machine *machine, const struct workload_state *state, double seconds,
                       struct run_result *result) {
    if (!workload_has_due(state->config)) return;
    add_metric(result, METRIC_OFFERED_PPS, state->guest, state->workload,
               (workload_due(machine, state) - state->due_before) / seconds);
}

static void report_workload(const struct machine *machine, const struct workload_state *state, double seconds,
                            struct run_result *result) {
    static const enum metric_kind lost[LOST_COUNT] = {
        [LOST_NETWORK] = METRIC_LOST_NETWORK, [LOST_NIC] = METRIC_LOST_NIC,     [LOST_BACKEND] = METRIC_LOST_BACKEND,
        [LOST_SOCKET] = METRIC_LOST_SOCKET,   [LOST_QDISC] = METRIC_LOST_QDISC, [LOST_BACKLOG] = METRIC_LOST_BACKLOG};
    int guest = state->guest, work = state->workload;
    double delivered = (double)(state->frames.delivered - state->delivered_before);
    if (state->config->kind == WORK_TCP_STREAM) {
        uint64_t frames = state->frames_read - state->frames_before, bytes = state->bytes_read - state->bytes_before;
        add_metric(result, METRIC_PPS, guest, work, (double)frames / seconds);
        add_metric(result, METRIC_THROUGHPUT, guest, work, 8.0 * (double)bytes / seconds);
        add_metric(result, METRIC_RETRANSMISSIONS, guest, work,
                   (double)(state->resent - state->resent_before) / seconds);
    } else if (workload_is_stream(state->config->kind)) {
        double payload_bytes = (double)(state->payload_bytes - state->payload_before);
        add_metric(result, METRIC_PPS, guest, work, delivered / seconds);
        add_metric(result, METRIC_OFFERED_PPS, guest, work, (double)(state->offered - state->offered_before) / seconds);
        add_metric(result, METRIC_THROUGHPUT, guest, work, 8.0 * payload_bytes / seconds);
    } else if (state->config->kind == WORK_BLOCK) {
        double payload_bytes = (double)(state->payload_bytes - state->payload_before);
        add_metric(result, METRIC_IOPS, guest, work, delivered / seconds);
        report_due(machine, state, seconds, result);
        add_metric(result, METRIC_THROUGHPUT, guest, work, 8.0 * payload_bytes / seconds);
        report_latency(state, result);
        return;
    } else if (state->config->kind == WORK_SPIN) {
        double piece_s = sim_seconds(state->piece);
        add_metric(result, METRIC_PROGRESS, guest, work, delivered * piece_s / seconds);
        return;
    } else {
        add_metric(result, METRIC_TRANSACTIONS, guest, work, delivered / seconds);
        report_due(machine, state, seconds, result);
    }
    report_latency(state, result);
    if (workload_is_computing(state->config->kind)) return; /* nothing to lose */
    for (int i = 0; i < LOST_COUNT; i++)
        add_metric(result, lost[i], guest, work, (double)(state->lost[i] - state->lost_before[i]) / seconds);
}

/* ---- invariants ------------------------------------------------------------------------------------ */

/* A boot takes whole milliseconds at each of its stages. */
static sim_time route_work(const struct route *route) {
    sim_time work = 0;
    for (int i = 0; i < route->program->stage_count; i++) work += route->program->stages[i].work[EACH];
    return work;
}

/* Work that the processors did must be work that some row explains, but for what is under way. */
static double unexplained_work(const struct machine *machine, double charged_ps) {
    double worked = 0, under_way = 0;
    char name[NAME_MAX_BYTES * 2];
    for (int i = 0; i < processor_count(machine); i++)
        worked += (double)processor_number(machine, i, name, sizeof name)->worked;
    under_way = (double)(SIM_MS) * (machine->station_count + machine->flow_count);
    for (int i = 0; i < machine->flow_count; i++)
        if (machine->flows[i]->state->config->kind == WORK_BOOT)
            under_way += (double)route_work(machine->flows[i]->route);
    double difference = fabs(worked - charged_ps) - under_way;
    return difference > 0 && worked > 0 ? difference / worked : 0;
}

/* Every packet that is still somewhere shows its birth date. */
static void census(struct machine *machine) {
    for (int i = 0; i < machine->state_count; i++) {
        balance_begin_census(&machine->states[i]->frames);
        balance_begin_census(&machine->states[i]->acks);
        balance_begin_census(&machine->states[i]->cleanup);
    }
    uint32_t packets = (uint32_t)machine->packets.chunk_count << PACKET_CHUNK_BITS;
    for (uint32_t i = 0; i < packets; i++) {
        const struct packet *packet = packet_at(&machine->packets, i);
        if (packet->route == NULL || packet->route->program->workload < 0) continue;
        balance_count(flow_balance(packet->route), machine->sim.now, packet->born);
    }
}

static enum iop_status check(struct machine *machine, double charged_ps, struct run_result *result, struct diag *diag) {
    const double littles_law_limit = 1e-9, unexplained_limit = 1e-3;
    result->conserved = true;
    census(machine);
    for (int i = 0; i < machine->state_count; i++) {
        const struct workload_state *state = machine->states[i];
        const struct balance *balances[] = {&state->frames, &state->acks, &state->cleanup};
        for (int j = 0; j < 3; j++) {
            if (!balance_conserved(balances[j])) result->conserved = false;
            double error = balance_littles_law_error(balances[j], machine->sim.now);
            if (error > result->littles_law_error) result->littles_law_error = error;
        }
    }
    if (!result->conserved)
        return diag_set(diag, IOP_CHECK_FAILED, "packets were not conserved: a defect of the model");
    if (result->littles_law_error > littles_law_limit)
        return diag_set(diag, IOP_CHECK_FAILED, "Little's law is off by %g: a defect of the model",
                        result->littles_law_error);
    double unexplained = unexplained_work(machine, charged_ps);
    if (unexplained > unexplained_limit)
        return diag_set(diag, IOP_CHECK_FAILED, "%.2g of the CPU time is charged to nobody: a defect of the model",
                        unexplained);
    return IOP_OK;
}

/* Where there is an IOMMU, whether it has translated anything or not: all replications have the same metrics. */
static void report_translations(struct machine *machine, const struct report_base *base, struct run_result *result) {
    uint64_t lookups, misses;
    bool has_iommu = false;
    for (int i = 0; i < machine->server_count; i++) has_iommu = has_iommu || machine->servers[i].has_iommu;
    if (!has_iommu) return;
    count_translations(machine, &lookups, &misses);
    double translated = (double)(lookups - base->iotlb_lookups), missed = (double)(misses - base->iotlb_misses);
    add_metric(result, METRIC_IOTLB_MISS_RATIO, -1, -1, translated > 0 ? missed / translated : NAN);
}

enum iop_status report_end(struct machine *machine, struct report_base *base, struct run_result *result,
                           struct diag *diag) {
    memset(result, 0, sizeof *result);
    double seconds = sim_seconds(machine->sim.now - base->start);
    for (int i = 0; i < machine->state_count; i++) report_workload(machine, machine->states[i], seconds, result);
    double charged_ps = accounts_report(machine, seconds, result);
    if (charged_ps < 0) return diag_set(diag, IOP_NO_MEMORY, "no memory for the accounts");
    utilization_report(machine, base->utilization, result);
    report_translations(machine, base, result);
    result->events = machine->sim.executed;
    result->simulated_s = sim_seconds(machine->sim.now);
    result->series_bins = SERIES_BINS;
    memcpy(result->series, machine->series, sizeof result->series);
    return check(machine, charged_ps, result, diag);
}
