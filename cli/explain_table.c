#include "cli/explain_table.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/describe.h"
#include "analysis/units.h"
#include "scenarios/catalog.h"

static const struct table_column columns[] = {
    {"guest", "GUEST", TABLE_LEFT},         {"workload", "WORKLOAD", TABLE_LEFT},
    {"direction", "DIRECTION", TABLE_LEFT}, {"step", "#", TABLE_RIGHT},
    {"server", "SERVER", TABLE_LEFT},       {"place", "PLACE", TABLE_LEFT},
    {"mechanism", "MECHANISM", TABLE_LEFT}, {"label", "STEP", TABLE_LEFT},
    {"when", "WHEN", TABLE_LEFT},           {"resource", "RESOURCE", TABLE_LEFT},
    {"cycles", "CYCLES", TABLE_RIGHT},      {"seconds", "TIME", TABLE_RIGHT},
    {"phase", "PHASE", TABLE_LEFT},         {"cost", "COST", TABLE_LEFT},
    {"value", "VALUE", TABLE_RIGHT},        {"low", "LOW", TABLE_RIGHT},
    {"high", "HIGH", TABLE_RIGHT},          {"how", "HOW", TABLE_LEFT},
    {"sources", "SOURCES", TABLE_LEFT},     {"note", "NOTE", TABLE_LEFT},
};
enum { COLUMN_COUNT = sizeof columns / sizeof columns[0], SOURCE_COLUMNS = 7 };

void explanation_cite(struct explanation *explanation, const char *id) {
    for (int i = 0; i < explanation->cited_count; i++)
        if (strcmp(explanation->cited[i], id) == 0) return;
    if (explanation->cited_count < CITED_MAX) explanation->cited[explanation->cited_count++] = id;
}

static void cost_number(struct table *table, double value, enum cost_unit unit) {
    char text[UNITS_TEXT];
    table_number(table, value, describe_cost(value, unit, text));
}

/* Name, value, range, provenance, sources and note of a cost: SOURCE_COLUMNS cells. */
static void add_cost(struct explanation *explanation, enum cost id, struct table *table) {
    const struct cost_value *cost = &explanation->model->host.costs.values[id];
    const struct cost_parameter *parameter = cost_parameter(id);
    char sources[COST_SOURCES_MAX * (SOURCE_ID_MAX + 1)] = "";
    for (int i = 0; i < cost->sources; i++) {
        if (i > 0) strcat(sources, " ");
        strcat(sources, cost->source[i]);
        explanation_cite(explanation, cost->source[i]);
    }
    table_text(table, parameter->name);
    cost_number(table, cost->value, parameter->unit);
    cost_number(table, cost->low, parameter->unit);
    cost_number(table, cost->high, parameter->unit);
    table_text(table, provenance_name(cost->how));
    table_text(table, sources[0] != '\0' ? sources : NULL);
    table_text(table, cost->note[0] != '\0' ? cost->note : NULL);
}

/* People get the costs in a table of their own, which leaves the steps narrow enough for a terminal. */
static void add_sources(struct explanation *explanation, const struct explained_step *step, struct table *table) {
    bool wanted = explanation->options->sources && step->cost != COST_NONE;
    bool here = wanted && explanation->options->format != FORMAT_TABLE;
    if (here) add_cost(explanation, step->cost, table);
    if (wanted && !here) table_text(table, cost_parameter(step->cost)->name);
    for (int i = here ? SOURCE_COLUMNS : wanted ? 1 : 0; i < SOURCE_COLUMNS; i++) table_empty(table);
}

static enum iop_status print_costs(struct explanation *explanation, const struct explained_path *path,
                                   struct diag *diag) {
    bool seen[COST_COUNT_] = {false};
    struct table *table = table_new(columns + COLUMN_COUNT - SOURCE_COLUMNS, SOURCE_COLUMNS);
    for (int i = 0; i < path->count; i++) {
        enum cost cost = path->steps[i].cost;
        if (cost == COST_NONE || seen[cost]) continue;
        seen[cost] = true;
        add_cost(explanation, cost, table);
    }
    fprintf(explanation->out, "\nCosts, from the cost set %s\n\n", explanation->model->host.costs.name);
    enum iop_status status = table_print(table, 0, explanation->out, diag);
    table_free(table);
    return status;
}

static void add_step(struct explanation *explanation, const struct explained_step *step, int number,
                     struct table *table) {
    char text[UNITS_TEXT];
    table_count(table, number);
    table_text(table, step->server[0] != '\0' ? step->server : NULL);
    table_text(table, step->place);
    table_text(table, step->mechanism);
    table_text(table, step->label);
    table_text(table, step->when);
    table_text(table, step->resource);
    snprintf(text, sizeof text, "%.0f", step->cycles);
    if (step->cycles > 0)
        table_number(table, step->cycles, text);
    else
        table_empty(table);
    if (step->seconds > 0)
        table_number(table, step->seconds, units_time(step->seconds, text));
    else
        table_empty(table);
    table_text(table, step->completion ? "clean-up" : step->turnaround ? "answer begins" : NULL);
    add_sources(explanation, step, table);
}

struct total {
    const char *resource;
    double cycles, seconds; /* of the steps every packet takes */
    double other_cycles, other_seconds;
};

static int add_totals(const struct explained_path *path, struct total *totals) {
    int count = 0;
    for (int i = 0; i < path->count; i++) {
        const struct explained_step *step = &path->steps[i];
        int t = 0;
        while (t < count && strcmp(totals[t].resource, step->resource) != 0) t++;
        if (t == count) totals[count++] = (struct total){.resource = step->resource};
        bool always = strcmp(step->when, "each packet") == 0;
        *(always ? &totals[t].cycles : &totals[t].other_cycles) += step->cycles;
        *(always ? &totals[t].seconds : &totals[t].other_seconds) += step->seconds;
    }
    return count;
}

static void cycles_cell(struct table *table, double cycles) {
    char text[UNITS_TEXT];
    snprintf(text, sizeof text, "%.0f", cycles);
    table_number(table, cycles, cycles > 0 ? text : NULL);
}

static void time_cell(struct table *table, double seconds) {
    char text[UNITS_TEXT];
    table_number(table, seconds, seconds > 0 ? units_time(seconds, text) : NULL);
}

static enum iop_status print_totals(const struct explained_path *path, FILE *out, struct diag *diag) {
    static const struct table_column total_columns[] = {
        {"resource", "RESOURCE", TABLE_LEFT},        {"cycles", "CYCLES", TABLE_RIGHT},
        {"seconds", "EACH PACKET", TABLE_RIGHT},     {"other_cycles", "CYCLES", TABLE_RIGHT},
        {"other_seconds", "SOMETIMES", TABLE_RIGHT},
    };
    struct total *totals = calloc((size_t)path->count + 1, sizeof *totals);
    if (totals == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    int count = add_totals(path, totals);
    struct table *table = table_new(total_columns, 5);
    for (int i = 0; i < count; i++) {
        table_text(table, totals[i].resource[0] != '\0' ? totals[i].resource : "(in flight)");
        cycles_cell(table, totals[i].cycles);
        time_cell(table, totals[i].seconds);
        cycles_cell(table, totals[i].other_cycles);
        time_cell(table, totals[i].other_seconds);
    }
    fputs("\nTotal per resource (\"sometimes\": one execution each of the steps that not every packet takes)\n\n", out);
    enum iop_status status = table_print(table, 0, out, diag);
    table_free(table);
    free(totals);
    return status;
}

static enum iop_status print_path(struct explanation *explanation, const struct explained_path *path, int guest,
                                  int workload, enum direction direction, struct diag *diag) {
    const struct guest_config *config = &explanation->model->guests[guest];
    char about[400];
    describe_workload(explanation->model, &config->workloads[workload], about, sizeof about);
    fprintf(explanation->out, "%s (%s%s%s), %s: %s", config->name, mode_info(config->mode)->name,
            config->has_instance ? ", " : "", config->has_instance ? config->instance.name : "",
            config->workloads[workload].name, about);
    if (config->workloads[workload].direction == DIRECTION_BOTH)
        fprintf(explanation->out, "; here: %s", direction_name(direction));
    fputs("\n\n", explanation->out);
    struct table *table = table_new(columns, COLUMN_COUNT);
    for (int i = 0; i < path->count; i++) {
        for (int j = 0; j < 3; j++) table_empty(table); /* said above */
        add_step(explanation, &path->steps[i], i + 1, table);
    }
    enum iop_status status = table_print(table, 0, explanation->out, diag);
    table_free(table);
    if (status == IOP_OK) status = print_totals(path, explanation->out, diag);
    if (status == IOP_OK && explanation->options->sources) status = print_costs(explanation, path, diag);
    fputs("\n", explanation->out);
    return status;
}

static void collect(struct explanation *explanation, const struct explained_path *path, int guest, int workload,
                    enum direction direction) {
    const struct guest_config *config = &explanation->model->guests[guest];
    for (int i = 0; i < path->count; i++) {
        table_text(explanation->all, config->name);
        table_text(explanation->all, config->workloads[workload].name);
        table_text(explanation->all,
                   workload_is_transactional(config->workloads[workload].kind) ? NULL : direction_name(direction));
        add_step(explanation, &path->steps[i], i + 1, explanation->all);
    }
}

void explanation_start(struct explanation *explanation, const struct model_config *model, const struct options *options,
                       FILE *out) {
    *explanation = (struct explanation){.model = model, .options = options, .out = out};
    if (options->format != FORMAT_TABLE) explanation->all = table_new(columns, COLUMN_COUNT);
}

enum iop_status explanation_add(struct explanation *explanation, int guest, int workload, enum direction direction,
                                struct diag *diag) {
    struct explained_path path = {0, NULL};
    enum iop_status status = model_explain(explanation->model, guest, workload, direction, &path, diag);
    if (status != IOP_OK) return status;
    if (explanation->options->format == FORMAT_TABLE)
        status = print_path(explanation, &path, guest, workload, direction, diag);
    else
        collect(explanation, &path, guest, workload, direction);
    explained_path_free(&path);
    return status;
}

static int by_id(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void print_bibliography(struct explanation *explanation) {
    if (explanation->cited_count == 0) return;
    qsort(explanation->cited, (size_t)explanation->cited_count, sizeof explanation->cited[0], by_id);
    fputs("Sources\n\n", explanation->out);
    for (int i = 0; i < explanation->cited_count; i++) {
        struct source source;
        struct diag own = {""};
        if (catalog_source(explanation->cited[i], &source, &own) != IOP_OK) {
            fprintf(explanation->out, "%s  not in the bibliography\n", explanation->cited[i]);
            continue;
        }
        fprintf(explanation->out, "%s  %s%s%s", source.id, source.authors, source.authors[0] != '\0' ? ": " : "",
                source.title);
        if (source.venue[0] != '\0') fprintf(explanation->out, ", %s", source.venue);
        if (source.year != 0) fprintf(explanation->out, ", %d", source.year);
        if (source.url[0] != '\0') fprintf(explanation->out, ". %s", source.url);
        putc('\n', explanation->out);
        if (source.conditions[0] != '\0') fprintf(explanation->out, "       %s\n", source.conditions);
    }
}

enum iop_status explanation_finish(struct explanation *explanation, struct diag *diag) {
    if (explanation->options->format == FORMAT_JSON) return table_json(explanation->all, explanation->out, diag);
    if (explanation->options->format == FORMAT_CSV) return table_csv(explanation->all, explanation->out, diag);
    print_bibliography(explanation);
    return IOP_OK;
}

void explanation_free(struct explanation *explanation) { table_free(explanation->all); }
