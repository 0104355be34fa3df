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

void tlb_flush_share_lock(struct machine *machine) {
    int flushers[SERVERS_MAX] = {0};
    for (int i = 0; i < machine->station_count; i++)
        if (machine->stations[i]->flushes_tlbs) flushers[machine->stations[i]->server]++;
    for (int i = 0; i < machine->station_count; i++) {
        struct station *station = machine->stations[i];
        if (!station->flushes_tlbs || flushers[station->server] < 2) continue;
        struct ticket_lock *lock = &machine->servers[station->server].flush_lock;
        lock->shared = lock->exclusive = true;
        if (station->lock != NULL) continue; /* that of a grant table */
        station->lock = lock;
        station->lock_kind = LOCK_OF_FLUSHES;
    }
}
