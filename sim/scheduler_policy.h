/* Between scheduler.c, which switches, and the policies, which choose. Not for others. */
#ifndef IOPATH_SIM_SCHEDULER_POLICY_H
#define IOPATH_SIM_SCHEDULER_POLICY_H

#include "sim/scheduler.h"

static inline bool entity_allows(const struct entity *entity, int cpu) { return entity->affinity >> cpu & 1; }

/* The CPU decides anew who runs, when the running handler has returned. */
void sched_cpu_tickle(struct sched_cpu *cpu);

/* Charges a running entity for what it has run since it was charged last. */
void entity_charge(struct entity *entity);

/* An idle CPU that the entity may run on, its last one first; NULL: none. */
struct sched_cpu *scheduler_idle_cpu(struct scheduler *scheduler, const struct entity *entity);

/* Of a policy: starts its timers; takes in an entity that woke, one that must go on waiting; takes the next out of
 * its queues, for how long. */
void credit_start(struct scheduler *scheduler);
void credit_wake(struct entity *entity);
void credit_put_back(struct entity *entity, bool for_boosted);
struct entity *credit_take(struct sched_cpu *cpu);

void cfs_start(struct scheduler *scheduler);
void cfs_wake(struct entity *entity);
void cfs_put_back(struct entity *entity);
struct entity *cfs_take(struct sched_cpu *cpu);
sim_time cfs_slice(const struct scheduler *scheduler, const struct entity *entity);

#endif
