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

/* Until Xen 4.5 whoever maps or unmaps has both tables' locks (XK03): dom0's is the one that the workers of all queues
 * and guests take. What is only copied takes the guest's. */
static struct ticket_lock *lock_of(struct machine *machine, const struct station *station, bool maps) {
    struct guest_state *guest = &machine->guests[station->guest];
    bool both = !kernel_has(FEATURE_GRANT_RWLOCK, kernel_version(machine->config->host.hypervisor_version));
    return maps && both ? &guest->server->table_lock : &guest->grant_lock;
}

/* Whether a worker does such operations. */
static bool operates(const struct machine *machine, const struct station *station, bool maps) {
    bool mapped = machine->guests[station->guest].config->grants == GRANTS_MAP;
    if (station->worker == WORKER_VIF_THREAD) return !maps;
    return maps ? mapped : station->worker == WORKER_VIF_NAPI || !mapped;
}

static void share(const struct machine *machine, struct ticket_lock *lock, const struct station *station) {
    double cycles = cost(machine, COST_CACHE_LINE) * cost(machine, COST_GRANT_LOCK_LINES);
    lock->shared = true;
    lock->exclusive = !kernel_has(FEATURE_GRANT_RWLOCK, kernel_version(machine->config->host.hypervisor_version));
    lock->transfer = sim_time_of(cycles / machine->servers[station->server].clock_hz);
}

/* A lock that one worker has to itself need not be known. */
void vif_workers_share_locks(struct machine *machine) {
    if (kernel_has(FEATURE_GRANT_PERCPU_LOCK, kernel_version(machine->config->host.hypervisor_version))) return;
    for (int i = 0; i < machine->station_count; i++) {
        const struct station *station = machine->stations[i];
        if (!takes_grant_lock(station)) continue;
        struct ticket_lock *copies = operates(machine, station, false) ? lock_of(machine, station, false) : NULL;
        struct ticket_lock *maps = operates(machine, station, true) ? lock_of(machine, station, true) : NULL;
        if (copies != NULL) copies->users++;
        if (maps != NULL && maps != copies) maps->users++;
    }
    for (int i = 0; i < machine->station_count; i++) {
        struct station *station = machine->stations[i];
        if (!takes_grant_lock(station)) continue;
        for (int maps = 0; maps < 2; maps++) {
            if (!operates(machine, station, maps)) continue;
            struct ticket_lock *lock = lock_of(machine, station, maps);
            if (lock->users < 2) continue;
            share(machine, lock, station);
            station->table_locks[maps] = station->lock = lock;
        }
    }
}
