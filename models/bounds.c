/* Operational analysis: what the demands of one packet allow, without simulating.
 *
 * Throughput cannot exceed one over the largest demand on one resource (utilization law), nor, with N
 * transactions in flight, N over their smallest response time (Denning and Buzen 1978). Demands count the
 * work of every packet, not that of polls and notifications, which a saturated path makes rare: the bound
 * is optimistic. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/hardware/wire.h"
#include "models/model.h"
#include "models/resources.h"

struct demands {
    const struct machine *machine;
    const struct processor *cpu[1024];
    double per_packet_s[1024];
    int count;
    double sent_s[SERVERS_MAX], received_s[SERVERS_MAX]; /* the two directions of each server's wire */
    double limit_s;
};

static void demand(struct demands *demands, const struct processor *cpu, double seconds) {
    int i = 0;
    while (i < demands->count && demands->cpu[i] != cpu) i++;
    if (i == 1024 || cpu == NULL) return;
    if (i == demands->count) demands->cpu[demands->count++] = cpu;
    demands->per_packet_s[i] += seconds;
}

/* The queueing discipline works where its packets come from. */
static const struct processor *cpu_of(const struct route *route, int stage) {
    if (route->queues[stage] == NULL || route->queues[stage]->consumer == NULL) return route->flow->thread.cpu;
    const struct station *station = route->queues[stage]->consumer;
    return station->inline_ ? route->flow->thread.cpu : station->cpu;
}

static void add_route(struct demands *demands, const struct route *route, double share) {
    const struct program *program = route->program;
    for (int i = 0; i < program->stage_count; i++) {
        const struct stage *stage = &program->stages[i];
        if (stage->worker != WORKER_NIC) {
            demand(demands, cpu_of(route, i), share * sim_seconds(stage->work[EACH]));
            continue;
        }
        double bps = demands->machine->config->host.nic.link_bps;
        double *wire_s = stage->hop == HOP_INGRESS ? demands->received_s : demands->sent_s;
        wire_s[stage->server] += share * sim_seconds(wire_time(bps, stage->frame_bytes));
        if (stage->guest >= 0 && stage->ring == RING_NIC_TX &&
            demands->machine->config->guests[stage->guest].network_bps > 0)
            demands->limit_s +=
                share *
                sim_seconds(wire_time(demands->machine->config->guests[stage->guest].network_bps, stage->frame_bytes));
    }
    for (int i = 0; i < program->completion_count; i++)
        if (!program->completions[i]->after_loss) add_route(demands, route->completions[i], share);
}

/* With everyone asleep and nothing waiting. `awake` leaves out what only sleepers cost. */
static double latency(const struct machine *machine, const struct program *program, bool awake) {
    sim_time sum = 0;
    for (int i = 0; i < program->stage_count; i++) {
        const struct stage *stage = &program->stages[i];
        sum += stage->work[EACH] + stage->device_time;
        if (awake) continue;
        if (i > 0) sum += stage->work[NOTIFYING] + stage->work[WAKE];
        sum += stage->work[FLIGHT] + stage->work[POLL];
        if (stage->register_accesses > 0 && stage->guest >= 0 && machine->guests[stage->guest].register_program != NULL)
            sum += stage->register_accesses *
                   sim_time_of(latency(machine, machine->guests[stage->guest].register_program, false));
        sum += i == program->stage_count - 1 ? stage->work[RETURN] : 0;
    }
    return sim_seconds(sum);
}

static void bound_workload(const struct machine *machine, int number, struct bound *bound) {
    const struct workload_state *state = machine->states[number];
    const struct workload_config *work = state->config;
    struct demands *demands = calloc(1, sizeof *demands);
    if (demands == NULL) return;
    demands->machine = machine;
    int flows = 0;
    const struct program *program = NULL;
    for (int i = 0; i < machine->flow_count; i++) flows += machine->flows[i]->state == state;
    for (int i = 0; i < machine->flow_count; i++) {
        if (machine->flows[i]->state != state) continue;
        if (program == NULL) program = machine->flows[i]->route->program;
        add_route(demands, machine->flows[i]->route, 1.0 / flows);
    }
    *bound = (struct bound){.guest = state->guest, .workload = state->workload};
    double worst = 0;
    for (int i = 0; i < machine->server_count; i++) {
        if (demands->sent_s[i] > worst) worst = demands->sent_s[i];
        if (demands->received_s[i] > worst) worst = demands->received_s[i];
    }
    snprintf(bound->bottleneck, sizeof bound->bottleneck, "wire");
    if (demands->limit_s > worst) {
        worst = demands->limit_s;
        snprintf(bound->bottleneck, sizeof bound->bottleneck, "%s/network limit",
                 machine->config->guests[state->guest].name);
    }
    for (int i = 0; i < demands->count; i++) {
        if (demands->per_packet_s[i] <= worst) continue;
        worst = demands->per_packet_s[i];
        processor_name(machine, demands->cpu[i], bound->bottleneck, sizeof bound->bottleneck);
    }
    free(demands);
    bound->pps = worst > 0 ? 1.0 / worst : 0;
    bound->latency_s = latency(machine, program, false);
    if (work->kind == WORK_UDP_STREAM) {
        double offered = work->direction == DIRECTION_BOTH ? 2 * work->rate_pps : work->rate_pps;
        if (offered > 0 && offered < bound->pps) bound->pps = offered;
        return;
    }
    double shortest = flows == 1 ? bound->latency_s : latency(machine, program, true);
    if (shortest > 0 && flows / shortest < bound->pps) {
        bound->pps = flows / shortest;
        snprintf(bound->bottleneck, sizeof bound->bottleneck, "latency");
    }
    if (work->kind == WORK_PING && work->interval_s > 0 && 1 / work->interval_s < bound->pps)
        bound->pps = 1 / work->interval_s;
}

enum iop_status model_bounds(const struct model_config *config, struct bound *bounds, int max, int *count,
                             struct diag *diag) {
    struct machine *machine = machine_new(config, 1, 1, diag);
    if (machine == NULL) return diag_set(diag, IOP_INVALID, "cannot build the model");
    *count = machine->state_count < max ? machine->state_count : max;
    for (int i = 0; i < *count; i++) bound_workload(machine, i, &bounds[i]);
    machine_free(machine);
    return IOP_OK;
}
