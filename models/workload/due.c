#include "models/workload/due.h"

bool workload_has_due(const struct workload_config *work) {
    bool requests = work->kind == WORK_UDP_RR || work->kind == WORK_TCP_RR || work->kind == WORK_HTTP;
    return work->rate_pps > 0 && (requests || (work->kind == WORK_BLOCK && work->requests == NULL));
}

/* Bursts and the idle times between them together. */
static double mean_interval_ps(const struct flow *flow) {
    return flow->interval_ps * (flow->burst_ps > 0 ? 1 + flow->idle_ps / flow->burst_ps : 1);
}

double workload_due(const struct machine *machine, const struct workload_state *state) {
    double due = (double)state->frames.delivered, now = (double)machine->sim.now;
    bool block = state->config->kind == WORK_BLOCK;
    for (int i = 0; i < machine->flow_count; i++) {
        const struct flow *flow = machine->flows[i];
        if (flow->state != state || !flow->open) continue;
        /* The last request that has a date: of the slots of a block workload the one that was dated last. */
        double dated = block ? state->block_clock.next_ps : flow->next_ps;
        if (dated > 0 && dated < now) due += (now - dated) / mean_interval_ps(flow);
        if (block) break;
    }
    return due;
}
