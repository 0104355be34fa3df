#include "models/accounts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/pool.h"
#include "models/resources.h"

/* What the walk over all programs needs to know of one row's execution count. */
typedef void row_visitor(void *user, const struct program *program, const struct row *row, uint64_t executed,
                         uint64_t executed_ever);

static void visit_program(const struct program *program, row_visitor *visit, void *user) {
    for (int i = 0; i < program->row_count; i++) {
        const struct row *row = &program->rows[i];
        const struct stage *stage = &program->stages[row->stage];
        enum when when = row->step->when;
        visit(user, program, row, stage->executed[when] - program->executed_before[row->stage][when],
              stage->executed[when]);
    }
    for (int i = 0; i < program->completion_count; i++) visit_program(program->completions[i], visit, user);
}

static void visit_rows(const struct machine *machine, row_visitor *visit, void *user) {
    for (int i = 0; i < machine->program_count; i++) visit_program(machine->programs[i], visit, user);
    for (int i = 0; i < machine->config->guest_count; i++)
        if (machine->guests[i].register_program != NULL)
            visit_program(machine->guests[i].register_program, visit, user);
}

static void remember_program(struct program *program) {
    for (int i = 0; i < program->stage_count; i++)
        memcpy(program->executed_before[i], program->stages[i].executed, sizeof program->executed_before[i]);
    for (int i = 0; i < program->completion_count; i++) remember_program(program->completions[i]);
}

static void sum_processors(const struct guest_state *guest, sim_time *busy, sim_time *worked) {
    *busy = *worked = 0;
    for (int i = 0; i < guest->vcpu_count; i++) {
        *busy += processor_busy(&guest->vcpus[i]);
        *worked += guest->vcpus[i].worked;
    }
}

/* How much longer than at full speed a guest's CPUs were busy: hardware threads that share their core. */
static double stretch(const struct guest_state *guest) {
    sim_time busy, worked;
    sum_processors(guest, &busy, &worked);
    worked -= guest->worked_before;
    return worked > 0 ? (double)(busy - guest->busy_before) / (double)worked : 1.0;
}

static void remember_switching(struct scheduler *scheduler) {
    for (int i = 0; i < scheduler->settings.cpus; i++) scheduler->cpus[i].switched_before = scheduler->cpus[i].switched;
}

static sim_time halt_polled(const struct guest_state *guest) {
    sim_time polled = 0;
    for (int i = 0; i < guest->vcpu_count; i++) polled += guest->vcpus[i].poll.polled;
    return polled;
}

static void begin_lock(struct ticket_lock *lock) {
    lock->spun_before = lock->spun;
    lock->transferred_before = lock->transferred;
}

void accounts_begin(struct machine *machine) {
    for (int i = 0; i < machine->config->guest_count; i++) {
        struct guest_state *guest = &machine->guests[i];
        for (int j = 0; j < QUEUES_MAX; j++) guest->channels[j].spurious_before = guest->channels[j].spurious;
        begin_lock(&guest->grant_lock);
        for (int j = 0; j < DISKS_MAX; j++) begin_lock(&guest->pool_locks[j]);
        sum_processors(guest, &guest->busy_before, &guest->worked_before);
        struct pool_times times = pool_times(guest);
        guest->halt_polled_before = halt_polled(guest);
        guest->ran_before = times.ran;
        guest->waited_before = times.waited;
    }
    for (int i = 0; i < machine->server_count; i++) {
        begin_lock(&machine->servers[i].flush_lock);
        begin_lock(&machine->servers[i].table_lock);
        if (machine->servers[i].pool != NULL) remember_switching(machine->servers[i].pool);
    }
    for (int i = 0; i < machine->program_count; i++) remember_program(machine->programs[i]);
    for (int i = 0; i < machine->station_count; i++) {
        struct station *station = machine->stations[i];
        station->spun_before = station->spin.polled;
        if (station->loop.look > 0) station->polled_before = processor_busy(station->cpu);
    }
    for (int i = 0; i < machine->config->guest_count; i++)
        if (machine->guests[i].register_program != NULL) remember_program(machine->guests[i].register_program);
}

struct metric *add_metric(struct run_result *result, enum metric_kind kind, int guest, int workload, double value) {
    if (result->metric_count == METRICS_MAX) return NULL;
    struct metric *metric = &result->metrics[result->metric_count++];
    *metric = (struct metric){.kind = kind, .guest = guest, .workload = workload, .value = value};
    return metric;
}

/* ---- CPU time by domain and category, rates -------------------------------------------------------- */

enum { CATEGORIES_MAX = 64, DOMAINS_MAX = GUESTS_MAX + SERVERS_MAX + 1, REASONS_MAX = 16 };

struct account {
    const struct machine *machine;
    double stretch[GUESTS_MAX];
    int domains;
    struct {
        char name[NAME_MAX_BYTES];
        double busy_ps;
        int categories;
        struct {
            char name[CATALOG_NAME_MAX];
            double busy_ps;
        } category[CATEGORIES_MAX];
    } domain[DOMAINS_MAX];
    double counted[COUNTS_GRANT + 1];
    int reasons;
    struct {
        const char *name;
        double count;
    } reason[REASONS_MAX];
    double charged_ever_ps;
};

static void category_of(const struct step *step, char *out, size_t size) {
    const char *name = step->cost == COST_NONE ? "other" : cost_parameter(step->cost)->name;
    snprintf(out, size, "%.*s", (int)strcspn(name, "."), name);
}

static void domain_of(const struct machine *machine, const struct row *row, char *out, size_t size) {
    switch (row->place) {
    case PLACE_GUEST:
        snprintf(out, size, "%s", machine->config->guests[row->guest].name);
        break;
    case PLACE_HYPERVISOR:
        snprintf(out, size, "hypervisor");
        break;
    default: /* the device model is a process of dom0 or the host */
        if (machine->server_count > 1)
            snprintf(out, size, "server%d/%s", row->server + 1, host_domain(machine));
        else
            snprintf(out, size, "%s", host_domain(machine));
    }
}

static void charge(struct account *account, const char *domain, const char *category, double ps) {
    int d = 0;
    while (d < account->domains && strcmp(account->domain[d].name, domain) != 0) d++;
    if (d == DOMAINS_MAX) return;
    if (d == account->domains) snprintf(account->domain[account->domains++].name, NAME_MAX_BYTES, "%s", domain);
    account->domain[d].busy_ps += ps;
    int c = 0;
    while (c < account->domain[d].categories && strcmp(account->domain[d].category[c].name, category) != 0) c++;
    if (c == CATEGORIES_MAX) return;
    if (c == account->domain[d].categories)
        snprintf(account->domain[d].category[account->domain[d].categories++].name, CATALOG_NAME_MAX, "%s", category);
    account->domain[d].category[c].busy_ps += ps;
}

/* Whether a row's CPU time is a vCPU's: what notifies a worker is done by the one before it. */
static bool runs_on_vcpu(const struct program *program, const struct row *row) {
    int stage = when_of_producer(row->step->when) && row->stage > 0 ? row->stage - 1 : row->stage;
    enum worker worker = program->stages[stage].worker;
    return row->guest >= 0 && (worker == WORKER_APP || worker == WORKER_TCP || worker == WORKER_QDISC ||
                               worker == WORKER_NAPI || worker == WORKER_READER || worker == WORKER_LOOP ||
                               worker == WORKER_BACKLOG || worker == WORKER_RESPONSES || worker == WORKER_BLOCK_QUEUE ||
                               worker == WORKER_DISK_IRQ || worker == WORKER_PMD || worker == WORKER_VCPU_QEMU);
}

static void account_row(void *user, const struct program *program, const struct row *row, uint64_t executed,
                        uint64_t executed_ever) {
    struct account *account = user;
    const struct step *step = row->step;
    account->charged_ever_ps += (double)row->cpu * (double)executed_ever;
    bool moves_nothing = step->extent != OF_NOTHING && row->cpu == 0;
    if (!moves_nothing) account->counted[step->counts] += (double)executed * row->operations;
    if (step->counts == COUNTS_EXIT) {
        int r = 0;
        while (r < account->reasons && strcmp(account->reason[r].name, step->exit_reason) != 0) r++;
        if (r == account->reasons && r < REASONS_MAX) account->reason[account->reasons++].name = step->exit_reason;
        if (r < REASONS_MAX) account->reason[r].count += (double)executed * row->operations;
    }
    if (row->cpu == 0) return;
    char domain[NAME_MAX_BYTES], category[CATALOG_NAME_MAX];
    domain_of(account->machine, row, domain, sizeof domain);
    category_of(step, category, sizeof category);
    double slower = runs_on_vcpu(program, row) ? account->stretch[row->guest] : 1.0;
    charge(account, domain, category, slower * (double)row->cpu * (double)executed);
}

/* What a scheduler takes to change CPUs between its entities is the hypervisor's or the host's. On the CPUs of a guest
 * alone nothing changes. */
static void charge_switching(struct account *account, const struct server_state *server,
                             const struct scheduler *scheduler) {
    const struct machine *machine = account->machine;
    sim_time switched = 0;
    if (scheduler == NULL) return;
    for (int i = 0; i < scheduler->settings.cpus; i++)
        switched += scheduler->cpus[i].switched - scheduler->cpus[i].switched_before;
    char domain[NAME_MAX_BYTES] = "hypervisor";
    if (machine->config->host.hypervisor == HYPERVISOR_KVM && machine->server_count > 1)
        snprintf(domain, sizeof domain, "server%d/%s", server->index + 1, host_domain(machine));
    else if (machine->config->host.hypervisor == HYPERVISOR_KVM)
        snprintf(domain, sizeof domain, "%s", host_domain(machine));
    charge(account, domain, "sched", (double)switched);
}

static void charge_all_switching(struct account *account) {
    const struct machine *machine = account->machine;
    for (int i = 0; i < machine->server_count; i++)
        charge_switching(account, &machine->servers[i], machine->servers[i].pool);
}

static void report_steal(const struct machine *machine, struct run_result *result) {
    for (int i = 0; i < machine->config->guest_count; i++) {
        const struct guest_state *guest = &machine->guests[i];
        if (guest->pool == NULL) continue;
        struct pool_times times = pool_times(guest);
        double ran = times.ran - guest->ran_before, waited = times.waited - guest->waited_before;
        struct metric *metric =
            add_metric(result, METRIC_CPU_STEAL, -1, -1, ran + waited > 0 ? waited / (ran + waited) : 0);
        if (metric != NULL) snprintf(metric->domain, sizeof metric->domain, "%s", guest->config->name);
    }
}

static void account_lock(struct account *account, const char *domain, const struct ticket_lock *lock) {
    sim_time spun = lock->spun - lock->spun_before, transferred = lock->transferred - lock->transferred_before;
    if (lock->shared) charge(account, domain, "lock", (double)(spun + transferred));
    account->charged_ever_ps += (double)lock->transferred; /* spinning is counted as stalled */
}

static void account_guest_locks(struct account *account, const struct guest_state *guest) {
    account_lock(account, "hypervisor", &guest->grant_lock);
    for (int i = 0; i < DISKS_MAX; i++) account_lock(account, "dom0", &guest->pool_locks[i]);
}

static void account_server_locks(struct account *account, const struct server_state *server) {
    account_lock(account, "hypervisor", &server->flush_lock);
    account_lock(account, "hypervisor", &server->table_lock);
}

/* CPU time that no step knows of: waiting for a lock that others have. A lock that nobody waited for is listed as well,
 * as all replications have the same metrics. */
static void account_locks(struct account *account) {
    for (int i = 0; i < account->machine->config->guest_count; i++)
        account_guest_locks(account, &account->machine->guests[i]);
    for (int i = 0; i < account->machine->server_count; i++)
        account_server_locks(account, &account->machine->servers[i]);
}

static void charge_polled(struct account *account, const struct station *station, enum place place, double time) {
    char domain[NAME_MAX_BYTES];
    struct row row = {.place = place, .guest = (int8_t)station->guest, .server = (int8_t)station->server};
    domain_of(account->machine, &row, domain, sizeof domain);
    charge(account, domain, "polling", time);
}

/* A poll loop keeps its CPU busy: what it did not work it looked in vain. A thread that spins does so before it
 * sleeps. */
static void charge_polling(struct account *account, double seconds) {
    const struct machine *machine = account->machine;
    for (int i = 0; i < machine->station_count; i++) {
        const struct station *station = machine->stations[i];
        bool alone = station->loop.look > 0;
        for (int j = 0; j < i; j++)
            if (machine->stations[j]->loop.look > 0 && machine->stations[j]->cpu == station->cpu) alone = false;
        enum place thread = station->worker == WORKER_DISK_THREAD || station->guest < 0 ? PLACE_HOST : PLACE_GUEST;
        if (station->spin.most > 0)
            charge_polled(account, station, thread, (double)(station->spin.polled - station->spun_before));
        if (!alone) continue;
        enum place place = station->guest >= 0 ? PLACE_GUEST : PLACE_HOST;
        double worked = (double)(processor_busy(station->cpu) - station->polled_before);
        charge_polled(account, station, place, seconds * 1e12 - worked);
    }
}

/* A halted vCPU that polls keeps its CPU busy, in the hypervisor. */
static void charge_halt_polling(struct account *account) {
    for (int i = 0; i < account->machine->config->guest_count; i++) {
        const struct guest_state *guest = &account->machine->guests[i];
        sim_time polled = halt_polled(guest) - guest->halt_polled_before;
        if (guest->vcpus[0].poll.most > 0) charge(account, "hypervisor", "polling", (double)polled);
    }
}

/* Where guests have event channels that may be told in vain. */
static void report_events(const struct machine *machine, double seconds, struct run_result *result) {
    bool any = false;
    double spurious = 0;
    for (int i = 0; i < machine->config->guest_count; i++) {
        const struct guest_state *guest = &machine->guests[i];
        any |= guest->config->netfront != NETFRONT_ONE_CHANNEL;
        for (int j = 0; j < QUEUES_MAX; j++)
            spurious += (double)(guest->channels[j].spurious - guest->channels[j].spurious_before);
    }
    if (any) add_metric(result, METRIC_SPURIOUS_EVENTS, -1, -1, spurious / seconds);
}

static void report_account(const struct account *account, double seconds, struct run_result *result) {
    for (int d = 0; d < account->domains; d++) {
        double busy = account->domain[d].busy_ps;
        struct metric *cores = add_metric(result, METRIC_CPU_CORES, -1, -1, busy * 1e-12 / seconds);
        if (cores != NULL) snprintf(cores->domain, sizeof cores->domain, "%s", account->domain[d].name);
        for (int c = 0; c < account->domain[d].categories; c++) {
            double share = busy > 0 ? account->domain[d].category[c].busy_ps / busy : 0;
            struct metric *metric = add_metric(result, METRIC_CPU_SHARE, -1, -1, share);
            if (metric == NULL) continue;
            snprintf(metric->domain, sizeof metric->domain, "%s", account->domain[d].name);
            snprintf(metric->category, sizeof metric->category, "%s", account->domain[d].category[c].name);
        }
    }
    add_metric(result, METRIC_EXITS, -1, -1, account->counted[COUNTS_EXIT] / seconds);
    for (int r = 0; r < account->reasons; r++) {
        struct metric *metric = add_metric(result, METRIC_EXITS_BY_REASON, -1, -1, account->reason[r].count / seconds);
        if (metric != NULL) snprintf(metric->category, sizeof metric->category, "%s", account->reason[r].name);
    }
    add_metric(result, METRIC_HYPERCALLS, -1, -1, account->counted[COUNTS_HYPERCALL] / seconds);
    add_metric(result, METRIC_INTERRUPTS, -1, -1, account->counted[COUNTS_INTERRUPT] / seconds);
    add_metric(result, METRIC_GRANT_OPS, -1, -1, account->counted[COUNTS_GRANT] / seconds);
}

/* ---- charges per packet ---------------------------------------------------------------------------- */

struct charging {
    const struct machine *machine;
    struct run_result *result;
};

/* Whether a workload's packets pass a guest: it has the workload, is its peer, or forwards them. */
static bool involves(const struct workload_state *state, int guest) {
    for (int i = 0; i < state->config->through_count; i++)
        if (state->config->through[i] == guest) return true;
    return state->guest == guest || (state->config->peer == PEER_GUEST && state->config->peer_guest == guest);
}

/* Whether packets of a workload execute a program: its own path, or a register access of a guest they pass. */
static bool executes(const struct workload_state *state, const struct program *program) {
    if (program->workload < 0) return involves(state, program->guest);
    return state->guest == program->guest && state->workload == program->workload;
}

static double packets_of(const struct workload_state *state) {
    if (state->config->kind == WORK_TCP_STREAM) return (double)(state->frames_read - state->frames_before);
    return (double)(state->frames.delivered - state->delivered_before);
}

static void add_charge(struct run_result *result, const struct workload_state *state, const struct row *row,
                       double cycles) {
    const char *place = place_name(row->place);
    for (int i = 0; i < result->charge_count; i++) {
        struct step_charge *same = &result->charges[i];
        if (same->guest == state->guest && same->workload == state->workload &&
            strcmp(same->label, row->step->label) == 0 && strcmp(same->place, place) == 0) {
            same->cycles_per_packet += cycles;
            return;
        }
    }
    if (result->charge_count == CHARGES_MAX) return;
    struct step_charge *added = &result->charges[result->charge_count++];
    *added = (struct step_charge){.guest = state->guest, .workload = state->workload, .cycles_per_packet = cycles};
    snprintf(added->place, sizeof added->place, "%s", place);
    snprintf(added->label, sizeof added->label, "%s", row->step->label);
    category_of(row->step, added->category, sizeof added->category);
}

/* A row of a path belongs to its workload; a register access to all packets that pass its guest alike. */
static void charge_row(void *user, const struct program *program, const struct row *row, uint64_t executed,
                       uint64_t executed_ever) {
    (void)executed_ever;
    const struct charging *charging = user;
    const struct machine *machine = charging->machine;
    if (row->cpu == 0 || executed == 0) return;
    double cycles = (double)row->cpu * 1e-12 * machine->servers[row->server].clock_hz * (double)executed;
    double packets = 0;
    for (int i = 0; i < machine->state_count; i++)
        if (executes(machine->states[i], program)) packets += packets_of(machine->states[i]);
    for (int i = 0; i < machine->state_count && packets > 0; i++) {
        const struct workload_state *state = machine->states[i];
        if (executes(state, program) && packets_of(state) > 0)
            add_charge(charging->result, state, row, cycles / packets);
    }
}

double accounts_report(const struct machine *machine, double seconds, struct run_result *result) {
    struct account *account = calloc(1, sizeof *account);
    if (account == NULL) return -1;
    account->machine = machine;
    for (int i = 0; i < machine->config->guest_count; i++) account->stretch[i] = stretch(&machine->guests[i]);
    visit_rows(machine, account_row, account);
    charge_all_switching(account);
    account_locks(account);
    charge_polling(account, seconds);
    charge_halt_polling(account);
    report_account(account, seconds, result);
    report_events(machine, seconds, result);
    report_steal(machine, result);
    double charged = account->charged_ever_ps;
    free(account);
    struct charging charging = {machine, result};
    visit_rows(machine, charge_row, &charging);
    return charged;
}
