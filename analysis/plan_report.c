/* A plan for people, and as rows. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "analysis/plan.h"
#include "analysis/table.h"
#include "analysis/units.h"

/* What the load is counted in. */
static const char *unit_of(const struct plan *plan) {
    return workload_is_stream(plan->kind) ? "pps" : plan->kind == WORK_BLOCK ? "IOPS" : "/s";
}

static const char *mode_text(const struct plan_option *option) {
    return option->mode == MODE_NONE ? "" : mode_info(option->mode)->name;
}

/* "85.7 k to 91.4 kpps" */
static void range_text(double low, double high, const char *unit, char *out, size_t size) {
    char from[UNITS_TEXT], to[UNITS_TEXT];
    snprintf(out, size, "%s to %s", units_si(low, "", from), units_si(high, unit, to));
}

/* ---- for people */

static const struct table_column columns[] = {
    {"instance", "INSTANCE", TABLE_LEFT},     {"mode", "MODE", TABLE_LEFT},
    {"count", "COUNT", TABLE_RIGHT},          {"counts", "", TABLE_LEFT},
    {"per_host", "PER HOST", TABLE_RIGHT},    {"cost_hour", "PER HOUR", TABLE_RIGHT},
    {"cost_month", "PER MONTH", TABLE_RIGHT}, {"capacity", "CAPACITY", TABLE_RIGHT},
    {"search", "UP TO", TABLE_LEFT},          {"predicted", "BY THE COSTS", TABLE_LEFT},
    {"headroom", "HEADROOM", TABLE_RIGHT},    {"latency", "", TABLE_RIGHT},
    {"bottleneck", "BOTTLENECK", TABLE_LEFT}, {"utilization", "", TABLE_RIGHT},
};
enum { COLUMNS = sizeof columns / sizeof *columns, LATENCY_COLUMN = 11 };

static void add_predicted(const struct plan *plan, const struct plan_option *option, struct table *table) {
    char text[2 * UNITS_TEXT + 8];
    if (isnan(option->predicted.low)) {
        table_empty(table);
        return;
    }
    range_text(option->predicted.low, option->predicted.high, unit_of(plan), text, sizeof text);
    table_text(table, text);
}

static void add_option(const struct plan *plan, const struct plan_option *option, struct table *table) {
    char text[2 * UNITS_TEXT + 8], capacity[UNITS_TEXT];
    table_text(table, option->type.name);
    table_text(table, mode_text(option));
    table_count(table, (long long)option->count);
    snprintf(text, sizeof text, isfinite(option->count_high) ? "%.0f to %.0f" : "%.0f or more", option->count_low,
             option->count_high);
    table_text(table, plan->samples > 0 ? text : NULL);
    if (plan->demand->per_host != 1)
        table_count(table, option->per_host);
    else
        table_empty(table);
    snprintf(text, sizeof text, "%.2f", plan_cost(option));
    table_number(table, plan_cost(option), text);
    snprintf(text, sizeof text, "%.0f", PLAN_MONTH_HOURS * plan_cost(option));
    table_number(table, PLAN_MONTH_HOURS * plan_cost(option), text);
    table_number(table, option->capacity, units_si(option->capacity, unit_of(plan), capacity));
    snprintf(text, sizeof text, "+%.2g %%", 100 * (option->capacity_high / option->capacity - 1));
    table_text(table, text);
    add_predicted(plan, option, table);
    snprintf(text, sizeof text, "%.3g %%", 100 * option->headroom);
    table_number(table, option->headroom, text);
    if (isnan(option->latency[plan->objective].mean))
        table_text(table, "not observed");
    else
        table_number(table, option->latency[plan->objective].mean,
                     units_time(option->latency[plan->objective].mean, capacity));
    table_text(table, option->search.kept.bottleneck);
    snprintf(text, sizeof text, "%.3g %%", 100 * option->search.kept.utilization);
    table_number(table, option->search.kept.utilization, text);
}

static void print_load(const struct plan *plan, FILE *out) {
    const struct demand *demand = plan->demand;
    char text[UNITS_TEXT];
    fprintf(out, "  load        %s", units_si(plan->today, unit_of(plan), text));
    if (plan->load != plan->today)
        fprintf(out, " today, %s after %g years at %.3g %%", units_si(plan->load, unit_of(plan), text), demand->years,
                100 * demand->growth);
    if (demand->headroom > 0)
        fprintf(out, "; with %.3g %% headroom %s", 100 * demand->headroom,
                units_si(plan->required, unit_of(plan), text));
    putc('\n', out);
}

static void print_objective(const struct plan *plan, FILE *out) {
    struct limit limits[OBJECTIVES_MAX + 1];
    char text[PATH_TEXT_MAX + 80];
    int count = plan_limits(plan, limits);
    fputs("  objective   ", out);
    for (int i = 0; i < count; i++) {
        limit_text(&limits[i], text, sizeof text);
        fprintf(out, "%s%s", i > 0 ? "; " : "", text);
    }
    putc('\n', out);
}

static void print_head(const struct plan *plan, FILE *out) {
    const struct price_list *prices = &plan->demand->prices;
    fprintf(out, "%s\n  file        %s\n", plan->demand->name, plan->demand->file);
    print_load(plan, out);
    print_objective(plan, out);
    fprintf(out, "  prices      %s, %s%s%s\n", prices->name, prices->currency,
            prices->description[0] != '\0' ? ": " : "", prices->description);
    fprintf(out, "  seed        %" PRIu64 "%s", plan->demand->run.seed, plan->samples > 0 ? ", " : "\n");
    if (plan->samples > 0) fprintf(out, "%d samples of the costs' ranges\n", plan->samples);
}

static enum iop_status print_ranked(const struct plan *plan, FILE *out, struct diag *diag) {
    struct table_column own[COLUMNS];
    char heading[32];
    memcpy(own, columns, sizeof own);
    snprintf(heading, sizeof heading, "%s", plan_latency_name(plan->objective));
    own[LATENCY_COLUMN].heading = heading;
    struct table *table = table_new(own, COLUMNS);
    for (int i = 0; i < plan->ranked; i++) add_option(plan, &plan->options[i], table);
    fputs("\n", out);
    enum iop_status status = table_print(table, 2, out, diag);
    table_free(table);
    return status;
}

static enum iop_status print_left_out(const struct plan *plan, FILE *out, struct diag *diag) {
    static const struct table_column left_out[] = {
        {"instance", "INSTANCE", TABLE_LEFT}, {"mode", "MODE", TABLE_LEFT}, {"reason", "NOT RANKED", TABLE_LEFT}};
    struct table *table = table_new(left_out, 3);
    for (int i = plan->ranked; i < plan->count; i++) {
        table_text(table, plan->options[i].type.name);
        table_text(table, mode_text(&plan->options[i]));
        table_text(table, plan->options[i].reason);
    }
    fputs("\n", out);
    enum iop_status status = table_print(table, 2, out, diag);
    table_free(table);
    return status;
}

enum iop_status plan_table(const struct plan *plan, FILE *out, struct diag *diag) {
    print_head(plan, out);
    enum iop_status status = IOP_OK;
    if (plan->ranked > 0)
        status = print_ranked(plan, out, diag);
    else
        fputs("\n  No option keeps the objective.\n", out);
    if (status == IOP_OK && plan->ranked < plan->count) status = print_left_out(plan, out, diag);
    return status;
}

/* ---- rows */

static const struct table_column csv_columns[] = {
    {"demand", "", TABLE_LEFT},         {"version", "", TABLE_LEFT},         {"seed", "", TABLE_RIGHT},
    {"prices", "", TABLE_LEFT},         {"currency", "", TABLE_LEFT},        {"load", "", TABLE_RIGHT},
    {"required", "", TABLE_RIGHT},      {"rank", "", TABLE_RIGHT},           {"instance", "", TABLE_LEFT},
    {"mode", "", TABLE_LEFT},           {"count", "", TABLE_RIGHT},          {"count_low", "", TABLE_RIGHT},
    {"count_high", "", TABLE_RIGHT},    {"per_host", "", TABLE_RIGHT},       {"cost_hour", "", TABLE_RIGHT},
    {"cost_month", "", TABLE_RIGHT},    {"capacity", "", TABLE_RIGHT},       {"capacity_high", "", TABLE_RIGHT},
    {"predicted_low", "", TABLE_RIGHT}, {"predicted_high", "", TABLE_RIGHT}, {"headroom", "", TABLE_RIGHT},
    {"share", "", TABLE_RIGHT},         {"latency_mean", "", TABLE_RIGHT},   {"latency_p50", "", TABLE_RIGHT},
    {"latency_p90", "", TABLE_RIGHT},   {"latency_p99", "", TABLE_RIGHT},    {"latency_p999", "", TABLE_RIGHT},
    {"bottleneck", "", TABLE_LEFT},     {"utilization", "", TABLE_RIGHT},    {"reason", "", TABLE_LEFT},
};
enum { CSV_COLUMNS = sizeof csv_columns / sizeof *csv_columns, CSV_OF_RANKED = 19 };

static void add_number(struct table *table, double value) {
    if (isfinite(value))
        table_number(table, value, "");
    else
        table_empty(table);
}

static void add_csv_numbers(const struct plan *plan, const struct plan_option *option, struct table *table) {
    const struct capacity *search = &option->search;
    const double numbers[] = {option->count,
                              plan->samples > 0 ? option->count_low : NAN,
                              plan->samples > 0 ? option->count_high : NAN,
                              (double)option->per_host,
                              plan_cost(option),
                              PLAN_MONTH_HOURS * plan_cost(option),
                              option->capacity,
                              option->capacity_high,
                              option->predicted.low,
                              option->predicted.high,
                              option->headroom,
                              option->share};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) add_number(table, numbers[i]);
    for (int i = 0; i < PLAN_LATENCIES; i++) add_number(table, option->latency[i].mean);
    table_text(table, search->kept.bottleneck);
    add_number(table, search->kept.utilization);
}

enum iop_status plan_csv(const struct plan *plan, const char *version, FILE *out, struct diag *diag) {
    struct table *table = table_new(csv_columns, CSV_COLUMNS);
    for (int i = 0; i < plan->count; i++) {
        const struct plan_option *option = &plan->options[i];
        bool ranked = option->reason[0] == '\0';
        table_text(table, plan->demand->name);
        table_text(table, version);
        table_count(table, (long long)plan->demand->run.seed);
        table_text(table, plan->demand->prices.name);
        table_text(table, plan->demand->prices.currency);
        add_number(table, plan->load);
        add_number(table, plan->required);
        add_number(table, ranked ? (double)i + 1 : (double)NAN);
        table_text(table, option->type.name);
        table_text(table, mode_text(option));
        if (ranked) add_csv_numbers(plan, option, table);
        for (int c = 0; c < CSV_OF_RANKED && !ranked; c++) table_empty(table);
        table_text(table, option->reason);
    }
    enum iop_status status = table_csv(table, out, diag);
    table_free(table);
    return status;
}
