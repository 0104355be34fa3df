#include "models/guest/reaping.h"

#include <stdio.h>

#include "models/machine.h"
#include "models/placement.h"

void reap(struct station *sender, struct queue *responses) {
    station_drain(sender, responses);
    if (!responses->consumer->running) ring_arm(&responses->ring); /* else its event is on the way */
}

void reaping_place(struct machine *machine, struct station *station, int queue) {
    struct guest_state *guest = &machine->guests[station->guest];
    int vcpu = irq_vcpu(guest->config, queue);
    station->cpu = &guest->vcpus[vcpu];
    station->runqueue = &guest->runqueues[vcpu];
    station->context = CONTEXT_HARDIRQ;
    station->input_quota = station->turn_limit = BATCH_MAX;
    station->channel = &guest->channels[queue];
    station->channel->guarded = guest->config->netfront != NETFRONT_PLAIN;
    station->channel->tick = sim_time_of(machine->config->host.costs.values[COST_JIFFY].value);
    snprintf(station->name, sizeof station->name, "responses%d", queue);
}
