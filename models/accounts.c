#include "models/accounts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the walk over all programs needs to know of one row's execution count. */
typedef void row_visitor(void *user, const struct program *program, const struct row *row, uint64_t executed,
                         uint64_t executed_ever);

static void visit_program(const struct program *program, row_visitor *visit, void *user) {
    for (int i = 0; i < program->row_count; i++) {
        const struct row *row = &program->rows[i];
        const struct stage *stage = &program->stages[row->stage];
        enum when when = row->step->when;
        visit(user, program, row, stage->executed[when] - stage->executed_before[when], stage->executed[when]);
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
        memcpy(program->stages[i].executed_before, program->stages[i].executed, sizeof program->stages[i].executed);
    for (int i = 0; i < program->completion_count; i++) remember_program(program->completions[i]);
}

void accounts_begin(struct machine *machine) {
    for (int i = 0; i < machine->program_count; i++) remember_program(machine->programs[i]);
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
    default: /* the device model is a process of dom0 */
        if (machine->server_count > 1)
            snprintf(out, size, "server%d/dom0", row->server + 1);
        else
            snprintf(out, size, "dom0");
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

static void account_row(void *user, const struct program *program, const struct row *row, uint64_t executed,
                        uint64_t executed_ever) {
    (void)program;
    struct account *account = user;
    const struct step *step = row->step;
    account->charged_ever_ps += (double)row->cpu * (double)executed_ever;
    bool moves_nothing = step->extent != OF_NOTHING && row->cpu == 0;
    if (!moves_nothing) account->counted[step->counts] += (double)executed;
    if (step->counts == COUNTS_EXIT) {
        int r = 0;
        while (r < account->reasons && strcmp(account->reason[r].name, step->exit_reason) != 0) r++;
        if (r == account->reasons && r < REASONS_MAX) account->reason[account->reasons++].name = step->exit_reason;
        if (r < REASONS_MAX) account->reason[r].count += (double)executed;
    }
    if (row->cpu == 0) return;
    char domain[NAME_MAX_BYTES], category[CATALOG_NAME_MAX];
    domain_of(account->machine, row, domain, sizeof domain);
    category_of(step, category, sizeof category);
    charge(account, domain, category, (double)row->cpu * (double)executed);
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

static double packets_of(const struct machine *machine, int guest, int workload) {
    for (int i = 0; i < machine->state_count; i++) {
        const struct workload_state *state = machine->states[i];
        if (state->guest == guest && (workload < 0 || state->workload == workload))
            return (double)(state->frames.delivered - state->delivered_before);
    }
    return 0;
}

static void charge_row(void *user, const struct program *program, const struct row *row, uint64_t executed,
                       uint64_t executed_ever) {
    (void)executed_ever;
    struct charging *charging = user;
    struct run_result *result = charging->result;
    double packets = packets_of(charging->machine, program->guest, program->workload);
    if (row->cpu == 0 || executed == 0 || packets == 0) return;
    double clock_hz = charging->machine->servers[row->server].clock_hz;
    double cycles = (double)row->cpu * 1e-12 * clock_hz * (double)executed / packets;
    int workload = program->workload < 0 ? 0 : program->workload;
    const char *place = place_name(row->place);
    for (int i = 0; i < result->charge_count; i++) {
        struct step_charge *same = &result->charges[i];
        if (same->guest == program->guest && same->workload == workload && strcmp(same->label, row->step->label) == 0 &&
            strcmp(same->place, place) == 0) {
            same->cycles_per_packet += cycles;
            return;
        }
    }
    if (result->charge_count == CHARGES_MAX) return;
    struct step_charge *added = &result->charges[result->charge_count++];
    *added = (struct step_charge){.guest = program->guest, .workload = workload, .cycles_per_packet = cycles};
    snprintf(added->place, sizeof added->place, "%s", place);
    snprintf(added->label, sizeof added->label, "%s", row->step->label);
    category_of(row->step, added->category, sizeof added->category);
}

double accounts_report(const struct machine *machine, double seconds, struct run_result *result) {
    struct account *account = calloc(1, sizeof *account);
    if (account == NULL) return -1;
    account->machine = machine;
    visit_rows(machine, account_row, account);
    report_account(account, seconds, result);
    double charged = account->charged_ever_ps;
    free(account);
    struct charging charging = {machine, result};
    visit_rows(machine, charge_row, &charging);
    return charged;
}
