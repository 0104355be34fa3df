/* What each option's argument means: one parser per option, which the table of cli/options.c names. */
#ifndef IOPATH_CLI_OPTION_VALUES_H
#define IOPATH_CLI_OPTION_VALUES_H

#include "cli/options.h"

/* Takes the argument, NULL for an option without one, or says what is wrong with it. */
typedef enum iop_status option_parser(struct options *options, const char *text, struct diag *diag);

option_parser parse_help, parse_set, parse_format, parse_output, parse_seed, parse_replications, parse_precision,
    parse_modes, parse_instances, parse_plot, parse_direction, parse_sources, parse_jobs, parse_uncertainty,
    parse_metric, parse_samples, parse_store, parse_grid, parse_shard, parse_dry_run, parse_where, parse_zoom,
    parse_rows, parse_trace, parse_fit, parse_base, parse_exits, parse_robust, parse_kind, parse_x, parse_y,
    parse_lines, parse_scenario, parse_design, parse_only, parse_batches, parse_find_max, parse_subject_to;

enum { FORMAT_COUNT = 3 };
extern const char *const format_names[FORMAT_COUNT];

#endif
