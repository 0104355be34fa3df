/* Options of the command line, GNU style. All commands draw from one table of options, so that an option
 * means the same everywhere and its help is written once. */
#ifndef IOPATH_CLI_OPTIONS_H
#define IOPATH_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "analysis/fleet_report.h"
#include "analysis/store_export.h"
#include "models/config.h"
#include "scenarios/condition.h"
#include "scenarios/scenario.h"
#include "sim/diag.h"

enum option_bit {
    OPTION_HELP = 1u << 0,
    OPTION_SET = 1u << 1,
    OPTION_FORMAT = 1u << 2,
    OPTION_OUTPUT = 1u << 3,
    OPTION_SEED = 1u << 4,
    OPTION_REPLICATIONS = 1u << 5,
    OPTION_PRECISION = 1u << 6,
    OPTION_MODES = 1u << 7,
    OPTION_INSTANCES = 1u << 8,
    OPTION_PLOT = 1u << 9,
    OPTION_DIRECTION = 1u << 10,
    OPTION_SOURCES = 1u << 11,
    OPTION_JOBS = 1u << 12,
    OPTION_UNCERTAINTY = 1u << 13,
    OPTION_METRIC = 1u << 14,
    OPTION_SAMPLES = 1u << 15,
    OPTION_STORE = 1u << 16,
    OPTION_GRID = 1u << 17,
    OPTION_SHARD = 1u << 18,
    OPTION_DRY_RUN = 1u << 19,
    OPTION_WHERE = 1u << 20,
    OPTION_FIT = 1u << 21,    /* --fit, --base, --exits, --robust */
    OPTION_FLEET = 1u << 22,  /* --zoom, --rows, --trace */
    OPTION_FIGURE = 1u << 25, /* --kind, --x, --y, --lines, --scenario */
    OPTION_FIND_MAX = 1u << 26,
    OPTION_SUBJECT_TO = 1u << 27,
    OPTION_DESIGN = 1u << 28,
    OPTION_ONLY = 1u << 29,
    OPTION_BATCHES = 1u << 30,
};

enum output_format { FORMAT_TABLE, FORMAT_JSON, FORMAT_CSV };
#define FORMAT_BIT(format) (1u << (format))

struct options {
    const struct command *command;
    int operand_count;
    char **operands;
    bool help;
    int setting_count;
    struct setting *settings;
    enum output_format format;
    const char *output; /* NULL: standard output */
    bool has_seed, has_replications, has_precision;
    uint64_t seed;
    int replications;
    double precision;
    int mode_count;
    enum mode *modes;
    int instance_count;
    char **instances;
    char *instance_text; /* what `instances` points into */
    const char *plot;
    bool has_direction;
    enum direction direction;
    bool sources;
    int jobs; /* threads; 0: one per processor */
    bool has_uncertainty;
    int uncertainty;    /* samples of the costs' ranges; 0: none */
    int samples;        /* rows of a design; 0: as the command has it */
    const char *metric; /* contract path; NULL: the command chooses */
    const char *store;
    int grid_count;
    struct sweep_axis *grid;
    bool has_design;
    struct sweep_design design;
    int condition_count;
    struct condition *conditions;
    int shard, shards; /* of --shard I/N, from 0; 0, 0: all */
    bool dry_run;
    int filter_count;
    struct store_filter *filters; /* point into `filter_text` */
    char **filter_text;
    const char *fit;   /* names of costs; NULL: not given */
    const char *base;  /* a cost set; NULL: not given */
    const char *exits; /* file of counts; NULL: none */
    bool robust;
    struct plot_request figure; /* "": not given */
    const char *scenario;       /* whose plots are drawn; NULL: not given */
    int batches;                /* of a replication; 0: as the scenario has it */
    const char *zoom;           /* a host of a fleet; NULL: none */
    const char *trace;          /* file for Paje; NULL: none */
    bool has_rows;
    enum fleet_rows rows;
    const char *find_max; /* what to raise; NULL: nothing */
    int limit_count;
    const char **limits; /* of --subject-to, as given */
};

/* Parses what follows the command's name: argv[0] is that name. */
enum iop_status options_parse(struct options *options, const struct command *command, int argc, char **argv,
                              struct diag *diag);
void options_free(struct options *options);

/* Appends a setting, as --set does. */
enum iop_status options_add_setting(struct options *options, const struct setting *setting, struct diag *diag);

/* Overrides what --seed, --replications, --precision, --batches and --uncertainty say. */
void options_adjust_run(const struct options *options, struct run_config *run);

/* The option lines of a command's help. */
void options_help(const struct command *command, FILE *out);

#endif
