#include "models/pool.h"

#include <stdio.h>
#include <stdlib.h>

static double cost(const struct machine *machine, enum cost id) { return machine->config->host.costs.values[id].value; }

static struct scheduler *new_scheduler(struct machine *machine, const struct server_state *server,
                                       enum scheduler_policy policy, bool shared, int cpus, int entities,
                                       struct diag *diag) {
    const struct scheduler_config *config = &machine->config->host.scheduler;
    enum cost switching = policy == SCHEDULER_CREDIT ? COST_DOMAIN_SWITCH : COST_SCHED_SWITCH;
    /* A guest that has its CPUs to itself has its own siblings. */
    bool smt = machine->config->host.threads_per_core == 2 && machine->config->host.smt_share < 1 && shared;
    struct scheduler_settings settings = {
        .policy = policy,
        .cpus = cpus,
        .switch_time = sim_time_of(cost(machine, switching) / server->clock_hz),
        .idle = {sim_time_of(cost(machine, COST_IDLE_SHALLOW)), sim_time_of(cost(machine, COST_IDLE_DEEP)),
                 sim_time_of(cost(machine, COST_IDLE_DEEP_AFTER))},
        .smt_stretch = smt ? 1 / machine->config->host.smt_share : 0,
        .slice = sim_time_of(config->slice_s),
        .ratelimit = sim_time_of(config->ratelimit_s),
        .boost = config->boost,
        .migration_boost = config->migration_boost,
        .latency = sim_time_of(config->latency_s),
        .granularity = sim_time_of(config->granularity_s),
        .wakeup_granularity = sim_time_of(config->wakeup_granularity_s),
    };
    struct scheduler *scheduler = calloc(1, sizeof *scheduler);
    if (scheduler != NULL && scheduler_init(scheduler, &machine->sim, &settings, entities, diag) == IOP_OK)
        return scheduler;
    free(scheduler);
    diag_set(diag, IOP_NO_MEMORY, "no memory for a scheduler");
    return NULL;
}

enum iop_status pool_init_server(struct machine *machine, struct server_state *server, struct diag *diag) {
    const struct scheduler_config *config = &machine->config->host.scheduler;
    if (config->kind == SCHEDULER_KIND_PINNED) return IOP_OK;
    int entities = server->dom0_count + THREADS_MAX;
    for (int i = 0; i < machine->config->guest_count; i++)
        if (machine->config->guests[i].server == server->index) entities += machine->config->guests[i].vcpus;
    enum scheduler_policy policy = config->kind == SCHEDULER_KIND_CFS ? SCHEDULER_CFS : SCHEDULER_CREDIT;
    server->pool = new_scheduler(machine, server, policy, true, config->cpus, entities, diag);
    if (server->pool == NULL) return IOP_NO_MEMORY;
    if (config->dom0_pinned || server->shared_count == 0) return IOP_OK;
    struct sched_group *dom0 = scheduler_add_group(server->pool, config->dom0_weight, 0);
    for (int i = 0; i < server->shared_count; i++) scheduler_add(server->pool, dom0, &server->dom0[i], UINT64_MAX);
    return IOP_OK;
}

/* What is earned is what may be kept up: a credit is a minute of a vCPU. */
static double baseline(const struct guest_config *config) { return config->instance.cpu_credits_per_hour / 60; }

static void set_credits(const struct guest_config *config, struct sched_group *group) {
    enum { KEPT_HOURS = 24 };
    double most_s = config->instance.cpu_credits_per_hour * 60 * KEPT_HOURS;
    if (config->cpu_credits < 0 || baseline(config) <= 0) return;
    scheduler_set_burst(group, baseline(config), sim_time_of(config->cpu_credits), sim_time_of(most_s));
}

enum iop_status pool_add_guest(struct machine *machine, int index, struct diag *diag) {
    struct guest_state *guest = &machine->guests[index];
    const struct guest_config *config = guest->config;
    bool limited = config->cap > 0 || (config->cpu_credits >= 0 && baseline(config) > 0);
    guest->pool = guest->server->pool;
    if (guest->pool == NULL) {
        if (!limited) return IOP_OK;
        guest->pool = guest->own_pool =
            new_scheduler(machine, guest->server, SCHEDULER_CREDIT, false, config->vcpus, config->vcpus, diag);
        if (guest->pool == NULL) return IOP_NO_MEMORY;
    }
    guest->group = scheduler_add_group(guest->pool, config->weight > 0 ? config->weight : 1, config->cap);
    set_credits(config, guest->group);
    for (int i = 0; i < guest->vcpu_count; i++) {
        uint64_t affinity = config->affinity != 0 ? config->affinity : UINT64_MAX;
        if (guest->own_pool != NULL) affinity = UINT64_C(1) << i;
        scheduler_add(guest->pool, guest->group, &guest->vcpus[i], affinity);
    }
    return IOP_OK;
}

struct processor *pool_thread(struct machine *machine, int index, const char *name) {
    struct guest_state *guest = &machine->guests[index];
    bool own = guest->pool != NULL && guest->pool->settings.policy == SCHEDULER_CFS;
    if (!own || machine->thread_count == THREADS_MAX) return NULL;
    struct host_thread *thread = calloc(1, sizeof *thread);
    if (thread == NULL || processor_init(&thread->cpu, &machine->sim, NULL) != IOP_OK) {
        free(thread);
        return NULL;
    }
    thread->server = guest->server->index;
    snprintf(thread->name, sizeof thread->name, "%s", name);
    machine->threads[machine->thread_count++] = thread;
    uint64_t affinity = guest->config->affinity != 0 ? guest->config->affinity : UINT64_MAX;
    scheduler_add(guest->pool, guest->group, &thread->cpu, affinity);
    return &thread->cpu;
}

static void free_scheduler(struct scheduler *scheduler) {
    if (scheduler != NULL) scheduler_fini(scheduler);
    free(scheduler);
}

void pool_free(struct machine *machine) {
    for (int i = 0; i < machine->server_count; i++) free_scheduler(machine->servers[i].pool);
    for (int i = 0; i < machine->config->guest_count; i++) free_scheduler(machine->guests[i].own_pool);
    for (int i = 0; i < machine->thread_count; i++) {
        processor_fini(&machine->threads[i]->cpu);
        free(machine->threads[i]);
    }
}

struct pool_times pool_times(const struct guest_state *guest) {
    struct pool_times times = {0};
    for (int i = 0; i < guest->vcpu_count && guest->pool != NULL; i++) {
        times.ran += sim_seconds(entity_ran(guest->vcpus[i].entity));
        times.waited += sim_seconds(entity_waited(guest->vcpus[i].entity));
    }
    return times;
}

double pool_cap(const struct guest_state *guest) {
    if (guest->group == NULL) return 0;
    const struct burst *burst = &guest->group->burst;
    double cap = guest->group->cap;
    if (burst->on && burst->exhausted && (cap == 0 || burst->baseline < cap)) cap = burst->baseline;
    return cap;
}
