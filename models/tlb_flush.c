#include "models/tlb_flush.h"

static void interrupted(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)object;
    (void)word;
}

sim_time tlb_flush(struct station *station, struct stage *stage) {
    struct server_state *server = &station->machine->servers[station->server];
    int others = 0, disturbed = 0;
    for (int i = 0; i < server->dom0_count; i++) {
        struct processor *cpu = &server->dom0[i];
        if (cpu == station->cpu || processor_idles(cpu)) continue;
        others++;
        if (cpu->stalled) continue; /* it spins for a lock, and answers meanwhile */
        disturbed++;
        processor_submit(cpu, CONTEXT_HYPERVISOR, stage->work[SHOOTDOWN], interrupted, station, 0);
    }
    stage->executed[SHOOTDOWN] += (uint64_t)disturbed;
    stage->executed[TLB_FLUSH] += (uint64_t)others;
    sim_time work = others * stage->work[TLB_FLUSH];
    if (station->lock_kind == LOCK_OF_FLUSHES && others > 0) {
        station->locked += work;
        station->lock_operations++;
    }
    return work;
}

/* Calls `found` for each worker that flushes, once for each path it does so on. */
static void each_flusher(struct machine *machine, void (*found)(struct server_state *server, struct station *station)) {
    for (int i = 0; i < machine->route_count; i++) {
        const struct route *route = machine->routes[i];
        for (int s = 0; s < route->program->stage_count; s++) {
            struct station *station = route->queues[s] != NULL ? route->queues[s]->consumer : NULL;
            if (route->program->stages[s].work[TLB_FLUSH] == 0 || station == NULL) continue;
            found(&machine->servers[station->server], station);
        }
    }
}

static void note(struct server_state *server, struct station *station) {
    if (server->flusher == NULL) server->flusher = station;
    if (server->flusher != station) server->flush_lock.shared = true;
}

static void give_lock(struct server_state *server, struct station *station) {
    if (!server->flush_lock.shared || station->lock != NULL) return;
    station->lock = &server->flush_lock;
    station->lock_kind = LOCK_OF_FLUSHES;
}

void tlb_flush_share_lock(struct machine *machine) {
    for (int i = 0; i < machine->server_count; i++) machine->servers[i].flush_lock.exclusive = true;
    each_flusher(machine, note);
    each_flusher(machine, give_lock);
}
