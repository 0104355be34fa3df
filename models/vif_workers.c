#include "models/vif_workers.h"

#include <stdio.h>

#include "models/guest/kernel.h"
#include "models/machine.h"
#include "models/paths/mechanism.h"
#include "models/placement.h"

static double cost(const struct machine *machine, enum cost id) { return machine->config->host.costs.values[id].value; }

void vif_worker_place(struct machine *machine, struct station *station, int queue) {
    static const char *const names[] = {
        [WORKER_VIF_NAPI] = "napi", [WORKER_VIF_THREAD] = "guest-rx", [WORKER_VIF_DEALLOC] = "dealloc"};
    int batch = (int)cost(machine, COST_NETBACK_BATCH);
    bool napi = station->worker == WORKER_VIF_NAPI;
    station->cpu = least_loaded_dom0_cpu(machine, &machine->servers[station->server]); /* threads are not bound */
    station->context = napi ? CONTEXT_SOFTIRQ : CONTEXT_TASK;
    station->turn_limit = batch > BATCH_MAX ? BATCH_MAX : batch < 1 ? 1 : batch;
    if (napi) station->turn_limit = 1; /* the stack is done with a packet before it gets the next, ksoftirqd or not */
    station->input_quota = station->turn_limit;
    struct server_state *server = &machine->servers[station->server];
    if (napi) station->runqueue = &server->dom0_runqueues[station->cpu - server->dom0];
    snprintf(station->name, sizeof station->name, "%.40s-q%d-%s", machine->guests[station->guest].config->name, queue,
             names[station->worker]);
}

/* A batch of unmaps ends with its TLB flush; packets of several pages fill it sooner. */
void vif_worker_limit_batch(const struct machine *machine, const struct queue *queue, const struct stage *stage) {
    if (queue->id != RING_VIF_DEALLOC || stage->work[SHOOTDOWN] == 0) return;
    int pages = page_count(stage->frame_bytes), most = (int)cost(machine, COST_UNMAP_BATCH);
    int packets = (most + pages - 1) / pages;
    if (packets < queue->consumer->input_quota) queue->consumer->input_quota = packets;
}

static bool takes_grant_lock(const struct station *station) {
    return station->worker == WORKER_VIF_NAPI || station->worker == WORKER_VIF_THREAD ||
           station->worker == WORKER_VIF_DEALLOC;
}

/* Workers that have the lock of their guest's grant table to themselves need not know of it. */
void vif_workers_share_locks(struct machine *machine) {
    int version = kernel_version(machine->config->host.hypervisor_version);
    if (kernel_has(FEATURE_GRANT_PERCPU_LOCK, version)) return;
    int users[GUESTS_MAX] = {0};
    for (int i = 0; i < machine->station_count; i++)
        if (takes_grant_lock(machine->stations[i])) users[machine->stations[i]->guest]++;
    for (int i = 0; i < machine->station_count; i++) {
        struct station *station = machine->stations[i];
        if (!takes_grant_lock(station) || users[station->guest] < 2) continue;
        struct guest_state *guest = &machine->guests[station->guest];
        double cycles = cost(machine, COST_CACHE_LINE) * cost(machine, COST_GRANT_LOCK_LINES);
        guest->grant_lock.shared = true;
        guest->grant_lock.exclusive = !kernel_has(FEATURE_GRANT_RWLOCK, version);
        guest->grant_lock.transfer = sim_time_of(cycles / guest->server->clock_hz);
        station->lock = &guest->grant_lock;
    }
}
