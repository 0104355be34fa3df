/* What a sweep would run: how many points its design has, how many conditions leave out, and the first ones. */
#ifndef IOPATH_CLI_DRY_RUN_H
#define IOPATH_CLI_DRY_RUN_H

#include "analysis/sweep.h"

enum iop_status dry_run_print(const struct sweep_plan *plan, struct diag *diag);

#endif
