#include "models/boot_workers.h"

#include <stdio.h>

#include "models/paths/boot.h"
#include "models/pool.h"

enum { SLICE_US = 50 };

static void place_vcpu(struct station *station, struct guest_state *guest) {
    snprintf(station->name, sizeof station->name, "boot");
    station->cpu = &guest->vcpus[0];
    if (guest->register_program == NULL) return;
    station->register_route = &guest->register_route;
    station->registers_first = true;
}

void boot_worker_place(struct machine *machine, struct station *station, int guest) {
    struct server_state *server = &machine->servers[station->server];
    struct processor *own = NULL;
    station->wake_context = CONTEXT_TASK;
    station->slice = SLICE_US * SIM_US;
    switch (station->worker) {
    case WORKER_BOOT_CPU:
        place_vcpu(station, &machine->guests[guest]);
        return;
    case WORKER_MONITOR:
        snprintf(station->name, sizeof station->name, "boot-%.48s", machine->guests[guest].config->name);
        own = pool_thread(machine, guest, station->name);
        break;
    default:
        snprintf(station->name, sizeof station->name, station->worker == WORKER_TOOLSTACK ? "toolstack" : "xenstored");
    }
    station->cpu = own != NULL ? own : &server->dom0[(guest + 1) % server->shared_count];
    if (own == NULL) station->cpus = &server->dom0_cpus;
}

bool guest_boots_emulated(const struct model_config *config, int index) {
    const struct guest_config *guest = &config->guests[index];
    for (int i = 0; i < guest->workload_count; i++)
        if (guest->workloads[i].kind == WORK_BOOT) return boot_is_emulated(&config->host, guest);
    return false;
}
