/* Sharing by SimGrid: parallel tasks on hosts and links (model ptask_L07, solver fair bottleneck).
 *
 * Facts of SimGrid 3.32 that shape this: platforms come from files; an actor keeps its activities in a list that every
 * cancellation walks, so that many actors each start a few; the solver descends along everything that is connected, so
 * that it needs a deep stack; virtual machines and their live migration are not implemented for parallel tasks. */
#include <pthread.h>
#include <signal.h>
#include <simgrid/actor.h>
#include <simgrid/engine.h>
#include <simgrid/exec.h>
#include <simgrid/host.h>
#include <simgrid/instr.h>
#include <simgrid/plugins/energy.h>
#include <simgrid/semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xbt/sysdep.h>

#include "models/fleet/sharing.h"

/* Variables of a trace: what replaces these functions is C++. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

enum { TASKS_OF_AN_ACTOR = 64, HOSTS_OF_A_KEEPER = 64, NAME_BYTES = 192, ARGUMENTS_MAX = 16 };

#ifdef __has_feature
#define IS_SANITIZED __has_feature(address_sanitizer)
#elif defined __SANITIZE_ADDRESS__
#define IS_SANITIZED 1
#else
#define IS_SANITIZED 0
#endif

static const size_t stack_bytes = (size_t)1 << 30; /* of address space; 160,000 tasks need some 100 MB */

/* Those that SimGrid takes for itself. */
static const int signals[] = {SIGINT, SIGTERM, SIGSEGV};
enum { SIGNALS = sizeof signals / sizeof *signals };

struct engine {
    const struct sharing_platform *platform;
    sharing_drive *drive;
    void *user;
    struct diag *diag;
    enum iop_status status;
    struct sigaction actions[SIGNALS]; /* before SimGrid */
    sigset_t mask;
    sg_host_t *hosts, *entities, *paces, outside;
    sg_exec_t *busy; /* of each host: the task that keeps it as busy as it is; NULL: it idles */
    double *kept;
    const double *loads; /* to be kept */
    int keeper_count;
    struct keeper *keepers;
    const struct sharing_task *tasks;
    int task_count;
    double *rates;
};

/* ---- tasks that compete */

struct batch { /* of one actor */
    struct engine *engine;
    int first, count;
};

static sg_host_t port_of(const struct engine *engine, int host) {
    return host == SHARING_OUTSIDE ? engine->outside : engine->hosts[host];
}

/* Beside what it shares a task has a pace, an entity of its own: bounds of parallel tasks are not implemented, and
 * links that bound each task by itself (FATPIPE) are not respected by this solver. */
static sg_exec_t start_task(const struct engine *engine, int number) {
    const struct sharing_task *task = &engine->tasks[number];
    sg_host_t hosts[SHARING_ENTITIES_MAX + 3];
    double amounts[SHARING_ENTITIES_MAX + 3], *bytes = NULL;
    int count = 1;
    hosts[0] = engine->paces[engine->platform->hosts + number];
    amounts[0] = 1;
    for (int i = 0; i < task->count; i++, count++) {
        hosts[count] = engine->entities[task->entities[i]];
        amounts[count] = task->amounts[i];
    }
    if (task->from_host != SHARING_NO_HOST) {
        int n = count + 2;
        bytes = calloc((size_t)(n * n), sizeof *bytes);
        if (bytes != NULL) {
            hosts[count] = port_of(engine, task->from_host);
            hosts[count + 1] = port_of(engine, task->to_host);
            amounts[count] = amounts[count + 1] = 0;
            bytes[count * n + count + 1] = task->out_bytes_s;
            bytes[(count + 1) * n + count] = task->back_bytes_s;
            count = n;
        }
    }
    sg_exec_t exec = sg_actor_parallel_exec_init(count, hosts, amounts, bytes);
    sg_exec_start(exec);
    free(bytes);
    return exec;
}

static void run_batch(int argc, char **argv) {
    (void)argc, (void)argv;
    const struct batch *batch = sg_actor_self_get_data();
    struct engine *engine = batch->engine;
    sg_exec_t execs[TASKS_OF_AN_ACTOR];
    for (int i = 0; i < batch->count; i++) execs[i] = start_task(engine, batch->first + i);
    sg_actor_sleep_for(SHARING_MOMENT_S);
    for (int i = 0; i < batch->count; i++)
        engine->rates[batch->first + i] = (1 - sg_exec_get_remaining_ratio(execs[i])) / SHARING_MOMENT_S;
    for (int i = 0; i < batch->count; i++) sg_exec_cancel(execs[i]);
}

static sg_actor_t start_actor(const char *name, sg_host_t host, void (*code)(int, char **), void *data) {
    sg_actor_t actor = sg_actor_init(name, host);
    sg_actor_set_data(actor, data);
    sg_actor_start(actor, code, 0, NULL);
    return actor;
}

static void solve(void *self, const struct sharing_task *tasks, int count, double *rates) {
    struct engine *engine = self;
    int batches = (count + TASKS_OF_AN_ACTOR - 1) / TASKS_OF_AN_ACTOR;
    struct batch *all = calloc((size_t)batches + 1, sizeof *all);
    sg_actor_t *actors = calloc((size_t)batches + 1, sizeof(sg_actor_t));
    engine->tasks = tasks;
    engine->rates = rates;
    for (int i = 0; all != NULL && actors != NULL && i < batches; i++) {
        int first = i * TASKS_OF_AN_ACTOR, left = count - first;
        all[i] = (struct batch){engine, first, left < TASKS_OF_AN_ACTOR ? left : TASKS_OF_AN_ACTOR};
        actors[i] = start_actor("batch", engine->outside, run_batch, &all[i]);
    }
    if (batches == 0) sg_actor_sleep_for(SHARING_MOMENT_S);
    for (int i = 0; all != NULL && actors != NULL && i < batches; i++) sg_actor_join(actors[i], -1);
    free(all);
    free(actors);
}

/* ---- hosts, for energy and trace */

struct keeper { /* keeps hosts as busy as they are said to be */
    struct engine *engine;
    int first, count;
    sg_sem_t told;
};

/* A task of two parts that take equally long: the host is busy for its part of the time that its pace takes. */
static void keep(struct engine *engine, int host, double load) {
    if (load == engine->kept[host]) return;
    if (engine->busy[host] != NULL) sg_exec_cancel(engine->busy[host]);
    engine->busy[host] = NULL;
    engine->kept[host] = load;
    if (load < 0) sg_host_turn_off(engine->hosts[host]);
    if (load >= 0 && !sg_host_is_on(engine->hosts[host])) sg_host_turn_on(engine->hosts[host]);
    if (load <= 0) return;
    static const double for_ever_s = 1e9;
    sg_host_t parts[] = {engine->hosts[host], engine->paces[host]};
    engine->busy[host] = sg_actor_parallel_exec_init(2, parts, (double[]){load * for_ever_s, for_ever_s}, NULL);
    sg_exec_start(engine->busy[host]);
}

static void run_keeper(int argc, char **argv) {
    (void)argc, (void)argv;
    const struct keeper *keeper = sg_actor_self_get_data();
    struct engine *engine = keeper->engine;
    for (;;) {
        sg_sem_acquire(keeper->told);
        if (engine->loads == NULL) break;
        for (int i = keeper->first; i < keeper->first + keeper->count; i++) keep(engine, i, engine->loads[i]);
    }
    for (int i = keeper->first; i < keeper->first + keeper->count; i++)
        if (engine->busy[i] != NULL) sg_exec_cancel(engine->busy[i]);
}

static bool start_keepers(struct engine *engine) {
    int hosts = engine->platform->hosts;
    engine->keeper_count = (hosts + HOSTS_OF_A_KEEPER - 1) / HOSTS_OF_A_KEEPER;
    engine->keepers = calloc((size_t)engine->keeper_count + 1, sizeof *engine->keepers);
    for (int i = 0; engine->keepers != NULL && i < engine->keeper_count; i++) {
        int first = i * HOSTS_OF_A_KEEPER, left = hosts - first;
        engine->keepers[i] =
            (struct keeper){engine, first, left < HOSTS_OF_A_KEEPER ? left : HOSTS_OF_A_KEEPER, sg_sem_init(0)};
        start_actor("keeper", engine->outside, run_keeper, &engine->keepers[i]);
    }
    return engine->keepers != NULL;
}

/* NULL: the keepers go. */
static void load(void *self, const double *loads) {
    struct engine *engine = self;
    engine->loads = loads;
    for (int i = 0; i < engine->keeper_count; i++) sg_sem_release(engine->keepers[i].told);
    sg_actor_sleep_for(0); /* they act now */
}

static void advance(void *self, double seconds) {
    (void)self;
    if (seconds > 0) sg_actor_sleep_for(seconds);
}

static double energy_j(void *self, int host) {
    struct engine *engine = self;
    const struct sharing_platform *platform = engine->platform;
    return platform->has_power(platform->user, host) ? sg_host_get_consumed_energy(engine->hosts[host]) : 0;
}

static void port(void *self, int host, double up, double down) {
    struct engine *engine = self;
    if (engine->platform->trace == NULL) return;
    char name[NAME_BYTES];
    snprintf(name, sizeof name, "%s/port up", sg_host_get_name(engine->hosts[host]));
    TRACE_host_variable_set(name, "used", up);
    snprintf(name, sizeof name, "%s/port down", sg_host_get_name(engine->hosts[host]));
    TRACE_host_variable_set(name, "used", down);
}

static void uplink(void *self, int rack, double up, double down) {
    struct engine *engine = self;
    const struct sharing_platform *platform = engine->platform;
    if (platform->trace == NULL) return;
    char name[NAME_BYTES];
    snprintf(name, sizeof name, "%s/uplink up", platform->rack_name(platform->user, rack));
    TRACE_host_variable_set(name, "used", up);
    snprintf(name, sizeof name, "%s/uplink down", platform->rack_name(platform->user, rack));
    TRACE_host_variable_set(name, "used", down);
}

/* ---- the engine */

static void run_drive(int argc, char **argv) {
    (void)argc, (void)argv;
    struct engine *engine = sg_actor_self_get_data();
    for (int i = 0; i < SIGNALS; i++) sigaction(signals[i], &engine->actions[i], NULL);
    pthread_sigmask(SIG_SETMASK, &engine->mask, NULL);
    const struct sharing sharing = {engine, solve, load, advance, energy_j, port, uplink};
    engine->status = engine->drive(engine->user, &sharing, engine->diag);
    load(engine, NULL);
}

/* By name from the sorted list of all: SimGrid's own search walks all zones. */
static int by_name(const void *a, const void *b) {
    return strcmp(sg_host_get_name(*(const sg_host_t *)a), sg_host_get_name(*(const sg_host_t *)b));
}

static int name_of(const void *name, const void *host) {
    return strcmp(name, sg_host_get_name(*(const sg_host_t *)host));
}

static sg_host_t find(const char *name, const sg_host_t *all, size_t count) {
    const sg_host_t *found = bsearch(name, all, count, sizeof *all, name_of);
    return found != NULL ? *found : NULL;
}

static void name_hosts(struct engine *engine, const sg_host_t *all, size_t count) {
    const struct sharing_platform *platform = engine->platform;
    char name[NAME_BYTES];
    for (int i = 0; i < platform->hosts; i++) {
        platform->host_name(platform->user, i, name, sizeof name);
        engine->hosts[i] = find(name, all, count);
    }
    for (int i = 0; i < platform->entities; i++) {
        platform->entity_name(platform->user, i, name, sizeof name);
        engine->entities[i] = find(name, all, count);
    }
    for (int i = 0; i < platform->hosts + platform->tasks; i++) {
        snprintf(name, sizeof name, "pace-%d", i);
        engine->paces[i] = find(name, all, count);
    }
    engine->outside = find("outside", all, count);
}

static bool find_hosts(struct engine *engine) {
    const struct sharing_platform *platform = engine->platform;
    engine->hosts = calloc((size_t)platform->hosts + 1, sizeof(sg_host_t));
    engine->entities = calloc((size_t)platform->entities + 1, sizeof(sg_host_t));
    engine->paces = calloc((size_t)(platform->hosts + platform->tasks) + 1, sizeof(sg_host_t));
    engine->busy = calloc((size_t)platform->hosts + 1, sizeof(sg_exec_t));
    engine->kept = calloc((size_t)platform->hosts + 1, sizeof(double));
    if (engine->hosts == NULL || engine->entities == NULL || engine->paces == NULL || engine->busy == NULL ||
        engine->kept == NULL)
        return false;
    size_t count = sg_host_count();
    sg_host_t *all = sg_host_list();
    qsort(all, count, sizeof(sg_host_t), by_name);
    name_hosts(engine, all, count);
    xbt_free(all);
    return true;
}

static void start_engine(const struct sharing_platform *platform) {
    char trace[600], *argv[ARGUMENTS_MAX] = {"iopath", "--log=root.thres:error", "--cfg=host/model:ptask_L07",
                                             "--cfg=maxmin/precision:1e-9", "--cfg=contexts/stack-size:256"};
    int argc = 5;
    if (IS_SANITIZED) argv[argc++] = "--cfg=contexts/factory:thread"; /* it cannot follow changes of stacks */
    if (platform->trace != NULL) {
        snprintf(trace, sizeof trace, "--cfg=tracing/filename:%s", platform->trace);
        char *const more[] = {"--cfg=tracing:yes", "--cfg=tracing/platform:yes", "--cfg=tracing/platform/topology:no",
                              "--cfg=tracing/uncategorized:yes", trace};
        for (size_t i = 0; i < sizeof more / sizeof *more; i++) argv[argc++] = more[i];
    }
    simgrid_init(&argc, argv);
    sg_host_energy_plugin_init();
    simgrid_load_platform(platform->file);
    if (platform->trace == NULL) return;
    TRACE_host_variable_declare("used");
}

static void *run_engine(void *data) {
    struct engine *engine = data;
    for (int i = 0; i < SIGNALS; i++) sigaction(signals[i], NULL, &engine->actions[i]);
    start_engine(engine->platform);
    if (find_hosts(engine) && start_keepers(engine)) {
        start_actor("epochs", engine->outside, run_drive, engine);
        simgrid_run();
    }
    free(engine->hosts);
    free(engine->entities);
    free(engine->paces);
    free(engine->busy);
    free(engine->kept);
    free(engine->keepers);
    return NULL;
}

enum iop_status iopath_sharing_run(const struct sharing_platform *platform, sharing_drive *drive, void *user,
                                   struct diag *diag);

enum iop_status iopath_sharing_run(const struct sharing_platform *platform, sharing_drive *drive, void *user,
                                   struct diag *diag) {
    struct engine engine = {.platform = platform, .drive = drive, .user = user, .diag = diag};
    sigset_t blocked; /* until SimGrid has started: its handlers would end the program */
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &blocked, &engine.mask);
    engine.status = IOP_NO_MEMORY;
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    bool started = pthread_attr_setstacksize(&attributes, stack_bytes) == 0 &&
                   pthread_create(&thread, &attributes, run_engine, &engine) == 0;
    pthread_attr_destroy(&attributes);
    if (started) pthread_join(thread, NULL);
    pthread_sigmask(SIG_SETMASK, &engine.mask, NULL);
    return engine.status;
}
