#include "models/volume_link.h"

#include "models/machine.h"

void volume_link_init(struct volume_link *link, double bps) {
    link->ps_per_byte = bps > 0 ? 8e12 / bps : 0;
    for (int way = 0; way < 2; way++) server_init(&link->ways[way], 1);
}

struct volume_link *volume_link_of(struct machine *machine, uint32_t packet) {
    const struct workload_state *state = packet_at(&machine->packets, packet)->route->flow->state;
    struct volume_link *link = &machine->guests[state->guest].volume_link;
    bool remote = machine->config->host.disks[state->config->disk].interface == DISK_REMOTE;
    return remote && link->ps_per_byte > 0 ? link : NULL;
}

sim_time volume_link_passes(struct volume_link *link, sim_time now, uint32_t bytes, bool write) {
    return server_request(&link->ways[write], now, (sim_time)(link->ps_per_byte * bytes));
}
