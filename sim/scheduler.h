/* A scheduler: physical CPUs that several processors share.
 *
 * A processor that belongs to a scheduler (an entity of it: a vCPU, a thread of the host) works only while it
 * holds one of the CPUs. It asks for one when work arrives, gives it up when it has none left or stalls, and
 * may lose it in between; its piece of work then stops and goes on later. A CPU that was idle first leaves
 * its idle state, and one that changes between entities spends `switch_time` on that.
 *
 * SCHEDULER_CREDIT is Xen's credit scheduler (xen/common/sched/credit.c). Every entity has credit, held in
 * time; running burns it. Each slice (30 ms) the time of all CPUs is dealt to the groups (domains) by weight
 * times active entities, what a group cannot use goes to the others. Who has credit left is UNDER, the
 * others are OVER and run only when nobody UNDER wants to. A group with a cap gets no more than that, and an
 * entity that has overdrawn it is parked until its credit is back. An entity that wakes UNDER is boosted to
 * run before both until the next tick (10 ms) finds it running; who has just got a CPU keeps it for
 * `ratelimit`. Each CPU has a queue; one that would idle or run somebody OVER takes a better one from
 * another's queue. `migration_boost` is how it was before Xen 4.7: who is preempted by a boosted entity is
 * migrated, which wakes it, which boosts it (XN005).
 *
 * SCHEDULER_CFS is Linux' completely fair scheduler: the entity with the least weighted running time runs, for
 * its share by weight of `latency`, at least `granularity`; one that wakes is placed at most half of
 * `latency` behind the others and preempts the entity of its CPU if that is ahead by `wakeup_granularity`.
 *
 * Of idle CPUs, one is taken whose core idles, if CPUs are hardware threads.
 *
 * Not modelled: CFS's queues per CPU and their balancing (all CPUs serve one queue), its groups and quotas;
 * placement by caches; migration costs beyond the switch. */
#ifndef IOPATH_SIM_SCHEDULER_H
#define IOPATH_SIM_SCHEDULER_H

#include "sim/processor.h"

enum { SCHEDULER_CPUS_MAX = 64, SCHEDULER_GROUPS_MAX = 80 };

enum scheduler_policy { SCHEDULER_CREDIT, SCHEDULER_CFS };

struct scheduler_settings {
    enum scheduler_policy policy;
    int cpus;
    sim_time switch_time;
    double
        smt_stretch; /* > 1: CPUs 2i and 2i + 1 are hardware threads of one core (sim/processor.h); 0: they are cores */
    struct idle_states idle;
    /* credit */
    sim_time slice;     /* and period of accounting; three ticks */
    sim_time ratelimit; /* 0: none */
    bool boost, migration_boost;
    /* CFS */
    sim_time latency, granularity, wakeup_granularity;
};

/* Credits of a burstable instance: time beyond the baseline that a group may use. */
struct burst {
    bool on;
    bool exhausted;        /* the cap is in force */
    double baseline;       /* CPUs: what is earned, and the cap without credits */
    sim_time balance;      /* CPU time */
    sim_time balance_most; /* earned beyond it is lost */
};

/* Entities that are one to weights, caps and burst credits: a domain. */
struct sched_group {
    double weight; /* of each entity */
    double cap;    /* CPUs; 0: none */
    struct burst burst;
    struct entity *first;
    int active; /* entities that take part in the accounting */
    sim_time used, used_at_accounting;
};

enum entity_state { ENTITY_BLOCKED, ENTITY_QUEUED, ENTITY_RUNNING };
enum entity_priority { PRIORITY_OVER, PRIORITY_UNDER, PRIORITY_BOOST };

struct entity {
    struct scheduler *scheduler;
    struct sched_group *group;
    struct processor *processor;
    struct entity *next_of_group;
    uint64_t affinity; /* bit per CPU */
    enum entity_state state;
    enum entity_priority priority;
    bool active, parked;
    bool preempted;          /* it lost its CPU with work left */
    int cpu;                 /* that it runs on, ran on last, or whose queue it is in */
    struct entity *next;     /* in a queue */
    sim_time credit;         /* credit scheduler */
    double virtual_ps;       /* CFS: weighted running time */
    sim_time since, charged; /* it is in its state, has been charged until */
    sim_time ran, waited;    /* in all, without the current state */
};

struct sched_cpu {
    struct scheduler *scheduler;
    int number;
    struct entity *current, *last; /* NULL: idle, nobody yet */
    struct entity *queue;
    bool idle, reschedules, switching;
    sim_time began; /* current has it since */
    sim_time idle_since;
    event_id slice_end, switch_end;
    sim_time busy, switched;  /* until current began; of all, changing entities */
    sim_time switched_before; /* for whoever reports */
    uint64_t switches, preemptions;
};

struct scheduler {
    struct sim *sim;
    struct scheduler_settings settings;
    struct sched_cpu *cpus;
    int group_count, entity_count, entity_capacity;
    struct sched_group groups[SCHEDULER_GROUPS_MAX];
    struct entity *entities;
    struct entity *queue;    /* CFS */
    double virtual_least_ps; /* CFS: where sleepers are placed */
    sim_time balance;        /* credit: of all, as of the last accounting */
    uint64_t steals;
};

/* Room for `entities`, whose addresses do not change. */
enum iop_status scheduler_init(struct scheduler *scheduler, struct sim *sim, const struct scheduler_settings *settings,
                               int entities, struct diag *diag);
void scheduler_fini(struct scheduler *scheduler);

/* `weight` is relative to that of other groups, `cap` in CPUs, 0 for none. */
struct sched_group *scheduler_add_group(struct scheduler *scheduler, double weight, double cap);

/* Credits of a burstable instance: `balance` of CPU time to begin with, `baseline` CPUs earned. */
void scheduler_set_burst(struct sched_group *group, double baseline, sim_time balance, sim_time balance_most);

/* The processor runs on CPUs of the scheduler from now on; it must not have worked yet. */
struct entity *scheduler_add(struct scheduler *scheduler, struct sched_group *group, struct processor *processor,
                             uint64_t affinity);

/* Called by the processor: it has work, it has none. */
void entity_wake(struct entity *entity);
void entity_block(struct entity *entity);

/* Time so far: on a CPU; wanting one in vain, queued or parked; of a CPU with an entity. */
sim_time entity_ran(const struct entity *entity);
sim_time entity_waited(const struct entity *entity);
sim_time sched_cpu_busy(const struct sched_cpu *cpu);
/* … that all of a group have had. */
sim_time sched_group_used(const struct sched_group *group);

#endif
