/* What commands that simulate do with a store: show its results and run nothing; and a scenario's figures. */
#ifndef IOPATH_CLI_STORED_H
#define IOPATH_CLI_STORED_H

#include <stdbool.h>

#include "analysis/store.h"
#include "cli/options.h"

/* Whether the operand is a store and not a scenario. */
bool stored_is_meant(const struct options *options);

/* Refuses options that say how to run when nothing is run, and --where when there is nothing to choose from. */
enum iop_status stored_check(const struct options *options, struct diag *diag);

/* Writes the points of the store in the form and to the place that the options say; compared: with ratios. */
enum iop_status stored_write(const struct options *options, bool compared, struct diag *diag);

/* Draws a scenario's plots from the results that a store has of it, as the file is now with the options' --set. */
enum iop_status stored_figures(const char *file, const struct options *options, struct store *store,
                               const struct scenario *scenario, struct diag *diag);

#endif
