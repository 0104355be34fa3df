/* Linux' completely fair scheduler, one queue for all CPUs, sorted by weighted running time. */
#include "sim/scheduler_policy.h"

static void enqueue(struct entity *entity) {
    struct entity **at = &entity->scheduler->queue;
    while (*at != NULL && (*at)->virtual_ps <= entity->virtual_ps) at = &(*at)->next;
    entity->next = *at;
    *at = entity;
}

void cfs_start(struct scheduler *scheduler) { scheduler->virtual_least_ps = 0; }

/* Follows the least of all who want to run; never goes back. */
static void advance(struct scheduler *scheduler) {
    double least = scheduler->queue != NULL ? scheduler->queue->virtual_ps : -1;
    for (int i = 0; i < scheduler->settings.cpus; i++) {
        struct entity *current = scheduler->cpus[i].current;
        if (current == NULL) continue;
        entity_charge(current);
        if (least < 0 || current->virtual_ps < least) least = current->virtual_ps;
    }
    if (least > scheduler->virtual_least_ps) scheduler->virtual_least_ps = least;
}

/* An idle CPU takes it; else it must be behind the one who runs on its last CPU. */
void cfs_wake(struct entity *entity) {
    struct scheduler *scheduler = entity->scheduler;
    const struct scheduler_settings *settings = &scheduler->settings;
    advance(scheduler);
    double placed = scheduler->virtual_least_ps - (double)settings->latency / 2 / entity->group->weight;
    if (entity->virtual_ps < placed) entity->virtual_ps = placed;
    enqueue(entity);
    struct sched_cpu *idle = scheduler_idle_cpu(scheduler, entity), *own = &scheduler->cpus[entity->cpu];
    if (idle != NULL) {
        sched_cpu_tickle(idle);
        return;
    }
    double ahead = own->current == NULL ? 0 : own->current->virtual_ps - entity->virtual_ps;
    double needed = (double)settings->wakeup_granularity / entity->group->weight;
    if (own->current == NULL || ahead > needed) sched_cpu_tickle(own);
}

void cfs_put_back(struct entity *entity) { enqueue(entity); }

struct entity *cfs_take(struct sched_cpu *cpu) {
    struct entity **at = &cpu->scheduler->queue;
    while (*at != NULL && !entity_allows(*at, cpu->number)) at = &(*at)->next;
    struct entity *entity = *at;
    if (entity != NULL) *at = entity->next;
    return entity;
}

/* Everybody who wants to run gets his share of one period on one of the CPUs. */
sim_time cfs_slice(const struct scheduler *scheduler, const struct entity *entity) {
    const struct scheduler_settings *settings = &scheduler->settings;
    double weights = entity->group->weight;
    int running = 1;
    for (const struct entity *other = scheduler->queue; other != NULL; other = other->next) {
        if (other == entity) continue;
        weights += other->group->weight;
        running++;
    }
    for (int i = 0; i < settings->cpus; i++) {
        const struct entity *current = scheduler->cpus[i].current;
        if (current == NULL || current == entity) continue;
        weights += current->group->weight;
        running++;
    }
    double cpus = running < settings->cpus ? running : settings->cpus;
    double period = (double)settings->latency, least = (double)settings->granularity;
    if (least * running / cpus > period) period = least * running / cpus;
    double slice = period * entity->group->weight * cpus / weights;
    return (sim_time)(slice < least ? least : slice);
}
