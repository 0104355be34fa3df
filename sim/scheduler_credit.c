/* Xen's credit scheduler. Credit is held in time: Xen's 300 credits are the 30 ms of a slice. */
#include "sim/scheduler_policy.h"

enum { TICKS_PER_SLICE = 3 };
/* Credits of a burstable instance count as back when they last for this long. */
#define BURST_RESUMES SIM_S

/* Behind those of the same priority. */
static void enqueue(struct entity *entity) {
    struct entity **at = &entity->scheduler->cpus[entity->cpu].queue;
    while (*at != NULL && (*at)->priority >= entity->priority) at = &(*at)->next;
    entity->next = *at;
    *at = entity;
}

static void dequeue(struct entity *entity) {
    struct entity **at = &entity->scheduler->cpus[entity->cpu].queue;
    while (*at != NULL && *at != entity) at = &(*at)->next;
    if (*at != NULL) *at = entity->next;
}

/* ---- who runs -------------------------------------------------------------------------------------- */

/* Tells its CPU if that is idle, else another idle one, else its CPU if it runs somebody of less priority. */
static void tickle_for(struct entity *entity) {
    struct scheduler *scheduler = entity->scheduler;
    struct sched_cpu *idle = scheduler_idle_cpu(scheduler, entity), *own = &scheduler->cpus[entity->cpu];
    if (idle != NULL)
        sched_cpu_tickle(idle);
    else if (own->current == NULL || entity->priority > own->current->priority)
        sched_cpu_tickle(own);
}

static void boost(struct entity *entity) {
    if (entity->scheduler->settings.boost && entity->priority == PRIORITY_UNDER && !entity->parked)
        entity->priority = PRIORITY_BOOST;
}

void credit_wake(struct entity *entity) {
    boost(entity);
    enqueue(entity);
    tickle_for(entity);
}

void credit_put_back(struct entity *entity, bool for_boosted) {
    if (for_boosted && entity->scheduler->settings.migration_boost) boost(entity);
    enqueue(entity);
}

/* The best of the other CPUs' queues with more than `priority` (or anybody at all). */
static struct entity *steal(struct sched_cpu *cpu, const struct entity *than) {
    struct scheduler *scheduler = cpu->scheduler;
    for (int i = 1; i < scheduler->settings.cpus; i++) {
        const struct sched_cpu *peer = &scheduler->cpus[(cpu->number + i) % scheduler->settings.cpus];
        for (struct entity *entity = peer->queue; entity != NULL; entity = entity->next) {
            if (than != NULL && entity->priority <= than->priority) break;
            if (entity_allows(entity, cpu->number)) return entity;
        }
    }
    return NULL;
}

struct entity *credit_take(struct sched_cpu *cpu) {
    struct entity *entity = cpu->queue;
    if (entity == NULL || entity->priority == PRIORITY_OVER) {
        struct entity *better = steal(cpu, entity);
        if (better != NULL) {
            entity = better;
            cpu->scheduler->steals++;
        }
    }
    if (entity != NULL) dequeue(entity);
    return entity;
}

/* ---- accounting ------------------------------------------------------------------------------------ */

static void tick(struct sim *sim, void *object, uint64_t word) {
    struct scheduler *scheduler = object;
    (void)word;
    for (int i = 0; i < scheduler->settings.cpus; i++) {
        struct entity *entity = scheduler->cpus[i].current;
        if (entity == NULL) continue;
        entity_charge(entity);
        if (entity->priority == PRIORITY_BOOST) entity->priority = PRIORITY_UNDER;
        if (entity->active) continue;
        entity->active = true;
        entity->group->active++;
    }
    sim_after(sim, scheduler->settings.slice / TICKS_PER_SLICE, tick, scheduler, 0);
}

/* Earns and spends the credits of a burstable instance; the cap returns with the last of them. */
static void account_burst(struct sched_group *group, sim_time period) {
    struct burst *burst = &group->burst;
    if (!burst->on) return;
    burst->balance += (sim_time)(burst->baseline * (double)period) - (group->used - group->used_at_accounting);
    group->used_at_accounting = group->used;
    if (burst->balance > burst->balance_most) burst->balance = burst->balance_most;
    if (burst->balance <= 0) {
        burst->exhausted = true;
        burst->balance = 0;
    } else if (burst->balance >= BURST_RESUMES) {
        burst->exhausted = false;
    }
}

static double cap_of(const struct sched_group *group) {
    bool at_baseline = group->burst.on && group->burst.exhausted;
    return at_baseline && (group->cap == 0 || group->burst.baseline < group->cap) ? group->burst.baseline : group->cap;
}

static void unpark(struct entity *entity) {
    entity->parked = false;
    if (entity->state != ENTITY_QUEUED) return;
    enqueue(entity);
    tickle_for(entity);
}

/* A running entity loses its CPU at once; one that waits leaves its queue. */
static void park(struct entity *entity) {
    entity->parked = true;
    if (entity->state == ENTITY_QUEUED) dequeue(entity);
    if (entity->state == ENTITY_RUNNING) sched_cpu_tickle(&entity->scheduler->cpus[entity->cpu]);
}

static void set_priority(struct entity *entity, enum entity_priority priority) {
    if (entity->priority == priority) return;
    bool queued = entity->state == ENTITY_QUEUED && !entity->parked;
    if (queued) dequeue(entity);
    entity->priority = priority;
    if (queued) enqueue(entity);
}

/* Deals `credit` to one entity and sorts it in by what it has then. */
static void account_entity(struct entity *entity, sim_time credit, sim_time cap) {
    sim_time slice = entity->scheduler->settings.slice;
    entity->credit += credit;
    if (entity->credit < 0) {
        set_priority(entity, PRIORITY_OVER);
        if (cap > 0 && entity->credit < -cap && !entity->parked) park(entity);
        if (entity->credit < -slice) entity->credit = -slice;
        return;
    }
    set_priority(entity, PRIORITY_UNDER);
    if (entity->parked) unpark(entity);
    if (entity->credit <= slice) return;
    /* It does not use what it gets. */
    entity->active = false;
    entity->group->active--;
    entity->credit /= 2;
}

static void account_group(struct scheduler *scheduler, struct sched_group *group, double fair) {
    sim_time each = (sim_time)(fair / group->active);
    sim_time cap = (sim_time)(cap_of(group) * (double)scheduler->settings.slice / group->active);
    for (struct entity *entity = group->first; entity != NULL; entity = entity->next_of_group) {
        if (entity->active)
            account_entity(entity, each, cap);
        else if (entity->parked)
            unpark(entity);
        scheduler->balance += entity->credit;
    }
}

/* The time of all CPUs in one slice, dealt by weight; what a group cannot use goes to those after it. */
static void account(struct sim *sim, void *object, uint64_t word) {
    struct scheduler *scheduler = object;
    (void)word;
    double slice = (double)scheduler->settings.slice, total = slice * scheduler->settings.cpus;
    double weights = 0, debt = scheduler->balance < 0 ? -(double)scheduler->balance : 0;
    for (int i = 0; i < scheduler->settings.cpus; i++)
        if (scheduler->cpus[i].current != NULL) entity_charge(scheduler->cpus[i].current);
    for (int i = 0; i < scheduler->group_count; i++) {
        struct sched_group *group = &scheduler->groups[i];
        account_burst(group, scheduler->settings.slice);
        weights += group->weight * group->active;
    }
    double weights_left = weights;
    scheduler->balance = 0;
    for (int i = 0; i < scheduler->group_count; i++) {
        struct sched_group *group = &scheduler->groups[i];
        if (group->active == 0) continue;
        double weight = group->weight * group->active, cap = cap_of(group);
        weights_left -= weight;
        double peak = slice * group->active + debt * weight / weights;
        if (cap > 0 && cap * slice < peak) peak = cap * slice;
        double fair = total * weight / weights;
        if (fair > peak) {
            if (weights_left > 0) total += (fair - peak) * weights / weights_left;
            fair = peak;
        }
        account_group(scheduler, group, fair);
    }
    sim_after(sim, scheduler->settings.slice, account, scheduler, 0);
}

void credit_start(struct scheduler *scheduler) {
    sim_after(scheduler->sim, scheduler->settings.slice / TICKS_PER_SLICE, tick, scheduler, 0);
    sim_after(scheduler->sim, scheduler->settings.slice, account, scheduler, 0);
}
