/* iopath run --find-max: the highest load within limits. */
#ifndef IOPATH_CLI_FIND_MAX_H
#define IOPATH_CLI_FIND_MAX_H

#include "cli/options.h"
#include "scenarios/scenario.h"

/* Refuses limits that cannot be read, limits without a load, and what does not go together with a search. */
enum iop_status find_max_check(const struct options *options, struct diag *diag);

/* Searches and writes the result in the format asked for. */
enum iop_status find_max(const struct options *options, const struct scenario *scenario, struct diag *diag);

#endif
