/* The big lock of a device model under KVM: its main loop's thread and the vCPU's thread that serves a register
 * access work one at a time. Accesses of several vCPUs queue before it (RING_VCPU_IOREQ and its like), so that at
 * most one station waits. */
#ifndef IOPATH_MODELS_BIG_LOCK_H
#define IOPATH_MODELS_BIG_LOCK_H

#include <stdbool.h>
#include <stddef.h>

struct station;

struct big_lock {
    struct station *holder, *waiter;
};

/* Whether the station has the lock now; if not it waits. */
static inline bool big_lock_take(struct big_lock *lock, struct station *station) {
    if (lock->holder == NULL) lock->holder = station;
    if (lock->holder == station) return true;
    lock->waiter = station;
    return false;
}

/* Who has waited has it now, and goes on; NULL: nobody. */
static inline struct station *big_lock_pass(struct big_lock *lock) {
    lock->holder = lock->waiter;
    lock->waiter = NULL;
    return lock->holder;
}

#endif
