/* The subcommands: what each takes, and how it introduces itself. */
#ifndef IOPATH_CLI_COMMAND_H
#define IOPATH_CLI_COMMAND_H

#include <stddef.h>

#include "cli/options.h"

struct command {
    const char *name;
    int (*run)(struct options *options); /* returns the exit code */
    const char *operands;                /* "SCENARIO"; "" */
    int operands_min, operands_max;
    unsigned options; /* bits of enum option_bit */
    unsigned formats; /* bits of enum output_format; the default comes first in the enum */
    const char *summary;
    const char *description;
    const char *examples;
};

extern const struct command commands[];
extern const size_t command_count;

/* Names of the contract's commands that this version does not have. */
extern const char *const commands_to_come[];
extern const size_t commands_to_come_count;

int run_command(struct options *options);
int compare_command(struct options *options);
int explain_command(struct options *options);
int sensitivity_command(struct options *options);
int estimate_command(struct options *options);
int check_command(struct options *options);
int claims_command(struct options *options);
int list_command(struct options *options);
int sweep_command(struct options *options);
int plot_command(struct options *options);
int report_command(struct options *options);
int export_command(struct options *options);
int merge_command(struct options *options);
int validate_command(struct options *options);
int calibrate_command(struct options *options);
int plan_command(struct options *options);
int fleet_command(struct options *options);
int bench_command(struct options *options);

#endif
