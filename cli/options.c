#include "cli/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/option_values.h"

static const struct option_row {
    enum option_bit bit;
    char letter; /* 0: none */
    const char *name, *argument;
    option_parser *parse;
    const char *text;
} rows[] = {
    {OPTION_SET, 0, "set", "PATH=VALUE", parse_set,
     "replace a value of the scenario, as in\nguests[0].workloads[0].frame='256 B'; may be given more than once"},
    {OPTION_MODES, 0, "modes", "A,B,…", parse_modes, "the modes to compare; all of them when left out"},
    {OPTION_INSTANCES, 0, "instances", "X,Y,…", parse_instances,
     "the instance types to compare, all for every one of\nthe catalog; the host follows the type"},
    {OPTION_PLOT, 0, "plot", "FILE", parse_plot, "draw the figure into FILE.svg, FILE.png or FILE.pdf"},
    {OPTION_SEED, 0, "seed", "N", parse_seed, "seed of the random numbers, in place of the scenario's"},
    {OPTION_REPLICATIONS, 0, "replications", "N", parse_replications,
     "independent replications, in place of the\nscenario's; more of them, narrower intervals"},
    {OPTION_PRECISION, 0, "precision", "P", parse_precision,
     "relative half-width asked of the intervals, such as\n1%: replications are added until it is reached, up\nto 200"},
    {OPTION_BATCHES, 0, "batches", "N", parse_batches,
     "cut each replication into N equal parts and make the\nintervals from their means: one long run is enough"},
    {OPTION_FIND_MAX, 0, "find-max", "LOAD", parse_find_max,
     "search the highest load within the limits instead:\noffered_pps for the first workload, or the path of "
     "a\nworkload's rate"},
    {OPTION_SUBJECT_TO, 0, "subject-to", "LIMIT", parse_subject_to,
     "a limit of that search, such as 'latency_p99 <= 500\nus'; may be given more than once; 'lost <= 1%' "
     "holds\nunless "
     "another limit of lost is given"},
    {OPTION_UNCERTAINTY, 0, "uncertainty", "N", parse_uncertainty,
     "sample the ranges of the costs N times and show\nprediction intervals"},
    {OPTION_METRIC, 0, "metric", "M", parse_metric,
     "the result to look at, such as latency_p99 of the\nfirst workload, or guests[sut].workloads[flood].pps"},
    {OPTION_SAMPLES, 0, "samples", "N", parse_samples,
     "rows of the design, 128 when left out, at best a\npower of 2; four times as many halve the intervals"},
    {OPTION_FIT, 0, "fit", "NAME,…", parse_fit,
     "the costs to fit, such as netback.tx or bridge.*;\na wildcard leaves out settings and what has no range"},
    {OPTION_FIT, 0, "base", "COSTSET", parse_base,
     "the cost set whose values and ranges the fit begins\nwith: a name of the catalog or the path of a file"},
    {OPTION_FIT, 0, "exits", "FILE", parse_exits,
     "times of VM exits: the output of perf kvm stat\nreport, or CSV with the columns reason, samples, time_s"},
    {OPTION_FIT, 0, "robust", NULL, parse_robust, "let rows far off count little (Cauchy's loss)"},
    {OPTION_FIGURE, 0, "kind", "KIND", parse_kind,
     "bars, scaling, latency, breakdown, heatmap, timeline\nor validation"},
    {OPTION_FIGURE, 0, "x", "PATH", parse_x, "the swept key on the x axis, or mode, instance, …"},
    {OPTION_FIGURE, 0, "y", "METRIC", parse_y, "the metric to draw; the main rate when left out"},
    {OPTION_FIGURE, 0, "lines", "PATH", parse_lines,
     "the swept key with a line or bar for each value; the\ny axis of a heatmap"},
    {OPTION_FIGURE, 0, "scenario", "FILE", parse_scenario, "draw the plots of this scenario into their files"},
    {OPTION_FLEET, 0, "zoom", "HOST", parse_zoom,
     "simulate this host packet by packet instead, such as\nold-1/3, with what its flows carried when the "
     "fleet\ndelivered most"},
    {OPTION_FLEET, 0, "rows", "KIND", parse_rows,
     "what the rows of CSV are: flows (when left out),\ninstances, resources, racks or epochs"},
    {OPTION_FLEET, 0, "trace", "FILE", parse_trace, "write a trace of hosts and links for Paje"},
    {OPTION_JOBS, 0, "jobs", "N", parse_jobs,
     "threads, one per processor when left out; results do\nnot depend on them"},
    {OPTION_STORE, 0, "store", "FILE", parse_store,
     "the store, made if there is none; what it holds is not\nrun again"},
    {OPTION_GRID, 0, "grid", "PATH=A,B,…", parse_grid,
     "an axis beside those of the scenario, or in place of\nthe one of the same path; a range is FROM..TO/STEPS,\n"
     "with /log after it for equal ratios; may be given\nmore than once"},
    {OPTION_DESIGN, 0, "design", "DESIGN", parse_design,
     "grid, latin-hypercube:POINTS or sobol:POINTS, and\n:SEED after them if wanted, in place of the scenario's"},
    {OPTION_ONLY, 0, "only", "CONDITION", parse_only,
     "leave out points for which it does not hold, such as\n'guests[0].queues <= 4'; may be given more than once"},
    {OPTION_SHARD, 0, "shard", "I/N", parse_shard, "the I-th of N parts of the points, for job arrays"},
    {OPTION_DRY_RUN, 0, "dry-run", NULL, parse_dry_run, "show what would be run"},
    {OPTION_WHERE, 0, "where", "NAME=VALUE", parse_where,
     "only such rows: a metric's name, metric=, guest=,\ninstance=, mode=, workload=, scenario= or the path of\na "
     "swept key; of one name any, of several all"},
    {OPTION_DIRECTION, 0, "direction", "WAY", parse_direction, "transmit or receive, seen from the guest"},
    {OPTION_SOURCES, 0, "sources", NULL, parse_sources, "with range, provenance and bibliography of each cost"},
    {OPTION_FORMAT, 0, "format", "FORM", parse_format, NULL /* made from the command's formats */},
    {OPTION_OUTPUT, 'o', "output", "FILE", parse_output,
     "write the result to FILE, which appears whole or not\nat all"},
    {OPTION_HELP, 'h', "help", NULL, parse_help, "print this help"},
};
enum { ROW_COUNT = sizeof rows / sizeof rows[0], LETTERLESS = 256 };

/* The command's options in the forms getopt_long reads; `longs` has room for ROW_COUNT + 1. */
static void getopt_tables(const struct command *command, struct option *longs, char *letters) {
    int count = 0;
    *letters++ = ':'; /* tell a missing argument from an unknown option */
    for (int i = 0; i < ROW_COUNT; i++) {
        if ((command->options & rows[i].bit) == 0) continue;
        int takes = rows[i].argument != NULL ? required_argument : no_argument;
        longs[count++] = (struct option){rows[i].name, takes, NULL, LETTERLESS + i};
        if (rows[i].letter == 0) continue;
        *letters++ = rows[i].letter;
        if (takes == required_argument) *letters++ = ':';
    }
    longs[count] = (struct option){NULL, 0, NULL, 0};
    *letters = '\0';
}

static enum iop_status unknown_option(const struct command *command, const char *word, struct diag *diag) {
    if (strncmp(word, "--", 2) != 0)
        return diag_set(diag, IOP_INVALID, "%s: unknown option '-%c'; see 'iopath %s --help'", command->name, optopt,
                        command->name);
    char name[80];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    const char *names[ROW_COUNT];
    size_t count = 0;
    for (int i = 0; i < ROW_COUNT; i++) {
        if ((command->options & rows[i].bit) == 0) continue;
        if (strcmp(rows[i].name, name) == 0)
            return diag_set(diag, IOP_INVALID, "%s: --%s takes no argument", command->name, name);
        names[count++] = rows[i].name;
    }
    const char *near = nearest_name(name, names, count);
    return diag_set(diag, IOP_INVALID, "%s: unknown option '--%s'%s%s%s; see 'iopath %s --help'", command->name, name,
                    near != NULL ? ", did you mean '--" : "", near != NULL ? near : "", near != NULL ? "'?" : "",
                    command->name);
}

/* A table for people where there is one, else rows. */
static enum output_format default_format(const struct command *command) {
    return (command->formats & FORMAT_BIT(FORMAT_TABLE)) != 0 ? FORMAT_TABLE : FORMAT_CSV;
}

static const struct option_row *row_of(int code) {
    if (code >= LETTERLESS) return &rows[code - LETTERLESS];
    for (int i = 0; i < ROW_COUNT; i++)
        if (rows[i].letter == code) return &rows[i];
    return NULL;
}

static enum iop_status check_operands(const struct options *options, struct diag *diag) {
    const struct command *command = options->command;
    if (options->help) return IOP_OK;
    if (options->operand_count < command->operands_min)
        return diag_set(diag, IOP_INVALID, "%s: %s is missing; see 'iopath %s --help'", command->name,
                        command->operands, command->name);
    if (options->operand_count > command->operands_max)
        return diag_set(diag, IOP_INVALID, "%s: '%.200s' is one operand too many; see 'iopath %s --help'",
                        command->name, options->operands[command->operands_max], command->name);
    return IOP_OK;
}

enum iop_status options_parse(struct options *options, const struct command *command, int argc, char **argv,
                              struct diag *diag) {
    struct option longs[ROW_COUNT + 1];
    char letters[2 * ROW_COUNT + 2];
    *options = (struct options){.command = command, .format = default_format(command)};
    getopt_tables(command, longs, letters);
    opterr = 0;
    optind = 1;
    for (;;) {
        const char *word = argv[optind];
        int code = getopt_long(argc, argv, letters, longs, NULL);
        if (code == -1) break;
        /* getopt moves operands to the end; the word it stumbled over is the one before optind */
        if (code == '?') return unknown_option(command, optind > 1 ? argv[optind - 1] : word, diag);
        if (code == ':')
            return diag_set(diag, IOP_INVALID, "%s: %s needs an argument; see 'iopath %s --help'", command->name,
                            argv[optind - 1], command->name);
        enum iop_status status = row_of(code)->parse(options, optarg, diag);
        if (status != IOP_OK) return status;
    }
    options->operands = argv + optind;
    options->operand_count = argc - optind;
    return check_operands(options, diag);
}

void options_free(struct options *options) {
    free(options->settings);
    free(options->modes);
    free(options->instances);
    free(options->instance_text);
    for (int i = 0; i < options->grid_count; i++) free(options->grid[i].values);
    free(options->grid);
    free(options->conditions);
    for (int i = 0; i < options->filter_count; i++) free(options->filter_text[i]);
    free(options->filter_text);
    free(options->filters);
    free(options->limits);
}

void options_adjust_run(const struct options *options, struct run_config *run) {
    if (options->has_seed) run->seed = options->seed;
    if (options->has_replications) run->replications = options->replications;
    if (options->has_precision) run->precision = options->precision;
    if (options->batches > 0) run->batches = options->batches;
    if (options->has_uncertainty) run->uncertainty = options->uncertainty;
}

static void help_text(const char *text, FILE *out) {
    for (; *text != '\0'; text++) {
        putc(*text, out);
        if (*text == '\n') fprintf(out, "%26s", "");
    }
    putc('\n', out);
}

void options_help(const struct command *command, FILE *out) {
    for (int i = 0; i < ROW_COUNT; i++) {
        const struct option_row *row = &rows[i];
        if ((command->options & row->bit) == 0 || (row->text == NULL && row->bit != OPTION_FORMAT)) continue;
        char left[64], letter[8] = "";
        if (row->letter != 0) snprintf(letter, sizeof letter, "-%c, ", row->letter);
        snprintf(left, sizeof left, "%s--%s%s%s", letter, row->name, row->argument != NULL ? "=" : "",
                 row->argument != NULL ? row->argument : "");
        /* "…" is three bytes wide but one column */
        int width = strstr(left, "…") != NULL ? 24 : 22;
        fprintf(out, "  %-*s  ", width, left);
        if (row->bit != OPTION_FORMAT) {
            help_text(row->text, out);
            continue;
        }
        for (int f = 0, first = 1; f < FORMAT_COUNT; f++)
            if ((command->formats & FORMAT_BIT(f)) != 0) {
                fprintf(out, "%s%s", first ? "" : ", ", format_names[f]);
                first = 0;
            }
        fprintf(out, "; %s when left out\n", format_names[default_format(command)]);
    }
}
