#include "models/ticket_lock.h"

#include <assert.h>

#include "models/station.h"

static void released(struct sim *sim, void *object, uint64_t word);

static void hold(struct ticket_lock *lock, struct station *station) {
    sim_time work = lock->exclusive ? station->locked : 0;
    if (lock->last_cpu != NULL && lock->last_cpu != station->cpu) {
        sim_time lines = lock->transfer * station->lock_operations;
        lock->transferred += lines;
        work += lines;
    }
    lock->holder = station;
    lock->last_cpu = station->cpu;
    processor_submit(station->cpu, CONTEXT_HYPERVISOR, work, released, station, 0);
}

static void released(struct sim *sim, void *object, uint64_t word) {
    (void)word;
    struct station *station = object;
    struct ticket_lock *lock = station->lock;
    lock->holder = NULL;
    if (lock->waiter_count > 0) {
        struct station *next = lock->waiters[0];
        lock->waiter_count--;
        for (int i = 0; i < lock->waiter_count; i++) lock->waiters[i] = lock->waiters[i + 1];
        lock->spun += sim->now - next->lock_wanted;
        hold(lock, next);
        processor_resume(next->cpu);
    }
    station_resumed(station);
}

void ticket_lock_take(struct ticket_lock *lock, struct station *station) {
    if (lock->holder == NULL) {
        hold(lock, station);
        return;
    }
    assert(lock->waiter_count < LOCK_WAITERS_MAX);
    station->lock_wanted = station->cpu->sim->now;
    lock->waiters[lock->waiter_count++] = station;
    processor_stall(station->cpu);
}
