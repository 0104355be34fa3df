#include "sim/scheduler.h"

#include <stdlib.h>
#include <string.h>

#include "sim/scheduler_policy.h"

enum iop_status scheduler_init(struct scheduler *scheduler, struct sim *sim, const struct scheduler_settings *settings,
                               int entities, struct diag *diag) {
    assert(settings->cpus >= 1 && settings->cpus <= SCHEDULER_CPUS_MAX);
    memset(scheduler, 0, sizeof *scheduler);
    scheduler->sim = sim;
    scheduler->settings = *settings;
    scheduler->entity_capacity = entities;
    scheduler->cpus = calloc((size_t)settings->cpus, sizeof *scheduler->cpus);
    scheduler->entities = calloc((size_t)entities, sizeof *scheduler->entities);
    if (scheduler->cpus == NULL || scheduler->entities == NULL) {
        scheduler_fini(scheduler);
        return diag_set(diag, IOP_NO_MEMORY, "no memory for a scheduler");
    }
    for (int i = 0; i < settings->cpus; i++)
        scheduler->cpus[i] = (struct sched_cpu){.scheduler = scheduler, .number = i, .idle = true};
    if (settings->policy == SCHEDULER_CREDIT)
        credit_start(scheduler);
    else
        cfs_start(scheduler);
    return IOP_OK;
}

void scheduler_fini(struct scheduler *scheduler) {
    free(scheduler->cpus);
    free(scheduler->entities);
    memset(scheduler, 0, sizeof *scheduler);
}

struct sched_group *scheduler_add_group(struct scheduler *scheduler, double weight, double cap) {
    assert(scheduler->group_count < SCHEDULER_GROUPS_MAX);
    struct sched_group *group = &scheduler->groups[scheduler->group_count++];
    *group = (struct sched_group){.weight = weight, .cap = cap};
    return group;
}

void scheduler_set_burst(struct sched_group *group, double baseline, sim_time balance, sim_time balance_most) {
    group->burst = (struct burst){
        .on = true, .exhausted = balance <= 0, .baseline = baseline, .balance = balance, .balance_most = balance_most};
}

struct entity *scheduler_add(struct scheduler *scheduler, struct sched_group *group, struct processor *processor,
                             uint64_t affinity) {
    int cpus = scheduler->settings.cpus;
    uint64_t all = cpus == 64 ? UINT64_MAX : (UINT64_C(1) << cpus) - 1;
    assert(scheduler->entity_count < scheduler->entity_capacity && (affinity & all) != 0);
    int number = scheduler->entity_count++;
    struct entity *entity = &scheduler->entities[number];
    *entity = (struct entity){.scheduler = scheduler,
                              .group = group,
                              .processor = processor,
                              .next_of_group = group->first,
                              .affinity = affinity & all,
                              .priority = PRIORITY_UNDER,
                              .cpu = number % cpus};
    while (!entity_allows(entity, entity->cpu)) entity->cpu = (entity->cpu + 1) % cpus;
    group->first = entity;
    processor->entity = entity;
    if (scheduler->settings.smt_stretch > 1) processor->smt_stretch = scheduler->settings.smt_stretch;
    processor->suspended = true;
    return entity;
}

/* ---- charging -------------------------------------------------------------------------------------- */

void entity_charge(struct entity *entity) {
    sim_time now = entity->scheduler->sim->now, ran = now - entity->charged;
    entity->charged = now;
    entity->credit -= ran;
    entity->virtual_ps += (double)ran / entity->group->weight;
    entity->group->used += ran;
}

static void enter_state(struct entity *entity, enum entity_state state) {
    sim_time now = entity->scheduler->sim->now;
    if (entity->state == ENTITY_RUNNING) entity->ran += now - entity->since;
    if (entity->state == ENTITY_QUEUED) entity->waited += now - entity->since;
    entity->state = state;
    entity->since = now;
}

sim_time entity_ran(const struct entity *entity) {
    return entity->ran + (entity->state == ENTITY_RUNNING ? entity->scheduler->sim->now - entity->since : 0);
}

sim_time entity_waited(const struct entity *entity) {
    return entity->waited + (entity->state == ENTITY_QUEUED ? entity->scheduler->sim->now - entity->since : 0);
}

sim_time sched_cpu_busy(const struct sched_cpu *cpu) {
    return cpu->busy + (cpu->current != NULL ? cpu->scheduler->sim->now - cpu->began : 0);
}

sim_time sched_group_used(const struct sched_group *group) {
    sim_time used = 0;
    for (const struct entity *entity = group->first; entity != NULL; entity = entity->next_of_group)
        used += entity_ran(entity);
    return used;
}

/* ---- switching ------------------------------------------------------------------------------------- */

static void reschedule(struct sim *sim, void *object, uint64_t word);

void sched_cpu_tickle(struct sched_cpu *cpu) {
    if (cpu->reschedules) return;
    cpu->reschedules = true;
    sim_after(cpu->scheduler->sim, 0, reschedule, cpu, 0);
}

/* The other hardware thread of its core. */
static struct sched_cpu *sibling_of(const struct sched_cpu *cpu) {
    struct scheduler *scheduler = cpu->scheduler;
    int other = cpu->number ^ 1;
    return scheduler->settings.smt_stretch > 1 && other < scheduler->settings.cpus ? &scheduler->cpus[other] : NULL;
}

struct sched_cpu *scheduler_idle_cpu(struct scheduler *scheduler, const struct entity *entity) {
    int cpus = scheduler->settings.cpus;
    struct sched_cpu *beside_busy = NULL;
    for (int i = 0; i < cpus; i++) {
        struct sched_cpu *cpu = &scheduler->cpus[(entity->cpu + i) % cpus];
        /* one that is about to decide may already have found somebody */
        if (!cpu->idle || cpu->reschedules || !entity_allows(entity, cpu->number)) continue;
        const struct sched_cpu *sibling = sibling_of(cpu);
        if (sibling == NULL || (sibling->idle && !sibling->reschedules)) return cpu;
        if (beside_busy == NULL) beside_busy = cpu;
    }
    return beside_busy;
}

static void slice_ended(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    struct sched_cpu *cpu = object;
    cpu->slice_end = EVENT_NONE;
    sched_cpu_tickle(cpu);
}

static void set_slice(struct sched_cpu *cpu, sim_time length) {
    if (cpu->slice_end != EVENT_NONE) sim_cancel(cpu->scheduler->sim, cpu->slice_end);
    cpu->slice_end = sim_after(cpu->scheduler->sim, length, slice_ended, cpu, 0);
}

static void end_slice(struct sched_cpu *cpu) {
    if (cpu->slice_end != EVENT_NONE) sim_cancel(cpu->scheduler->sim, cpu->slice_end);
    cpu->slice_end = EVENT_NONE;
}

static void switched(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    struct sched_cpu *cpu = object;
    cpu->switching = false;
    processor_run(cpu->current->processor);
}

/* Whoever runs on the two hardware threads of a core slows the other down. */
static void join_sibling(const struct sched_cpu *cpu) {
    const struct sched_cpu *sibling = sibling_of(cpu);
    if (sibling == NULL || sibling->current == NULL) return;
    cpu->current->processor->sibling = sibling->current->processor;
    sibling->current->processor->sibling = cpu->current->processor;
}

static void leave_sibling(const struct sched_cpu *cpu) {
    struct processor *processor = cpu->current->processor;
    if (sibling_of(cpu) == NULL || processor->sibling == NULL) return;
    processor->sibling->sibling = NULL;
    processor->sibling = NULL;
}

/* The CPU is no longer its entity's. */
static void leave(struct sched_cpu *cpu, enum entity_state state) {
    struct entity *entity = cpu->current;
    leave_sibling(cpu);
    entity_charge(entity);
    enter_state(entity, state);
    cpu->busy += cpu->scheduler->sim->now - cpu->began;
    cpu->current = NULL;
}

static sim_time time_to_begin(struct sched_cpu *cpu, const struct entity *entity) {
    const struct scheduler_settings *settings = &cpu->scheduler->settings;
    sim_time time = 0;
    if (cpu->idle) {
        bool deep = cpu->scheduler->sim->now - cpu->idle_since >= settings->idle.deep_after;
        time += deep ? settings->idle.deep_exit : settings->idle.shallow_exit;
    }
    /* What waking costs is the woken one's own work: a halted vCPU's way from the idle domain, a thread's switch. */
    bool changes = cpu->last != NULL && cpu->last != entity;
    bool from_other = settings->policy == SCHEDULER_CREDIT && !cpu->idle;
    if (changes && (from_other || entity->preempted)) {
        time += settings->switch_time;
        cpu->switched += settings->switch_time;
    }
    return time;
}

static sim_time slice_of(const struct scheduler *scheduler, const struct entity *entity) {
    return scheduler->settings.policy == SCHEDULER_CREDIT ? scheduler->settings.slice : cfs_slice(scheduler, entity);
}

static void enter(struct sched_cpu *cpu, struct entity *entity) {
    struct scheduler *scheduler = cpu->scheduler;
    sim_time delay = time_to_begin(cpu, entity);
    enter_state(entity, ENTITY_RUNNING);
    entity->preempted = false;
    entity->cpu = cpu->number;
    entity->charged = cpu->began = scheduler->sim->now;
    cpu->switches += cpu->last != entity;
    cpu->current = cpu->last = entity;
    join_sibling(cpu);
    cpu->idle = false;
    set_slice(cpu, delay + slice_of(scheduler, entity));
    cpu->switching = delay > 0;
    if (delay > 0)
        cpu->switch_end = sim_after(scheduler->sim, delay, switched, cpu, 0);
    else
        processor_run(entity->processor);
}

/* Who has just got the CPU keeps it for a while. */
static bool keeps_cpu(struct sched_cpu *cpu) {
    const struct scheduler *scheduler = cpu->scheduler;
    const struct entity *current = cpu->current;
    sim_time ratelimit = scheduler->settings.ratelimit, has_run = scheduler->sim->now - cpu->began;
    if (current == NULL || current->parked || scheduler->settings.policy != SCHEDULER_CREDIT) return false;
    if (has_run >= ratelimit) return false;
    set_slice(cpu, ratelimit - has_run);
    return true;
}

static void put_back(struct entity *entity, const struct sched_cpu *cpu) {
    if (entity->parked) return;
    if (entity->scheduler->settings.policy == SCHEDULER_CFS) {
        cfs_put_back(entity);
        return;
    }
    credit_put_back(entity, cpu->queue != NULL && cpu->queue->priority > entity->priority);
}

static void reschedule(struct sim *sim, void *object, uint64_t word) {
    (void)word;
    struct sched_cpu *cpu = object;
    cpu->reschedules = false;
    if (keeps_cpu(cpu)) return;
    struct entity *was = cpu->current;
    if (was != NULL) {
        entity_charge(was);
        put_back(was, cpu);
    }
    struct entity *next = cpu->scheduler->settings.policy == SCHEDULER_CFS ? cfs_take(cpu) : credit_take(cpu);
    if (next == was) {
        if (was != NULL) set_slice(cpu, slice_of(cpu->scheduler, was));
        if (was != NULL || cpu->idle) return;
    }
    if (was != NULL) {
        if (cpu->switching) sim_cancel(sim, cpu->switch_end);
        cpu->switching = false;
        processor_preempt(was->processor);
        was->preempted = true;
        cpu->preemptions++;
        leave(cpu, ENTITY_QUEUED);
        struct sched_cpu *other = was->parked ? NULL : scheduler_idle_cpu(cpu->scheduler, was);
        if (other != NULL) sched_cpu_tickle(other);
    }
    end_slice(cpu);
    if (next != NULL) {
        enter(cpu, next);
        return;
    }
    cpu->idle = true;
    cpu->idle_since = sim->now;
}

/* ---- what processors ask for ----------------------------------------------------------------------- */

void entity_wake(struct entity *entity) {
    if (entity->state != ENTITY_BLOCKED) return;
    enter_state(entity, ENTITY_QUEUED);
    if (entity->scheduler->settings.policy == SCHEDULER_CFS)
        cfs_wake(entity);
    else if (!entity->parked)
        credit_wake(entity);
}

void entity_block(struct entity *entity) {
    assert(entity->state == ENTITY_RUNNING);
    struct sched_cpu *cpu = &entity->scheduler->cpus[entity->cpu];
    leave(cpu, ENTITY_BLOCKED);
    sched_cpu_tickle(cpu);
}
