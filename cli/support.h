/* What all subcommands share: messages, exit codes, output, progress and signals. */
#ifndef IOPATH_CLI_SUPPORT_H
#define IOPATH_CLI_SUPPORT_H

#include <stdio.h>

#include "analysis/output_file.h"
#include "cli/options.h"
#include "scenarios/scenario.h"
#include "sim/diag.h"

/* Prints the message on standard error, as "iopath: MESSAGE" unless it names its place in a file, and
 * returns the exit code of the status. */
int fail(enum iop_status status, const struct diag *diag);

/* The exit code of a status: 0, 1, 2 or 3. */
int exit_code(enum iop_status status);

/* Where a result goes: standard output or a file that appears whole. */
struct output {
    struct output_file file;
    FILE *stream;
};

/* Whether the files that will be written can be: before a long run. */
enum iop_status output_check(const struct options *options, struct diag *diag);
enum iop_status output_open(struct output *output, const char *name, struct diag *diag);
/* Finishes if `status` is IOP_OK or IOP_CHECK_FAILED, else removes what was written. Returns the worse of
 * `status` and what finishing says. */
enum iop_status output_close(struct output *output, enum iop_status status, struct diag *diag);

/* A progress line on standard error when it is a terminal, from the first second on. `interrupted` signals
 * stop the experiment. Fits experiment_progress, with a struct progress as user data. */
struct progress {
    double started;
    int shown; /* a line is on the screen */
};
void progress_start(struct progress *progress);
int progress_report(void *progress, int done, int total);
void progress_end(struct progress *progress);

/* SIGINT and SIGTERM stop between two runs; a second one ends the program at once. */
void signals_install(void);

/* A scenario by file name or, when there is no such file, by its name in the catalog. */
enum iop_status scenario_file(const char *operand, char *out, size_t size, struct diag *diag);

/* Reads it and refuses what this version cannot run. NULL on failure. */
struct scenario *scenario_open(const char *operand, const struct options *options, struct diag *diag);

/* Refuses a scenario that needs what this version lacks. */
enum iop_status scenario_check_available(const struct scenario *scenario, struct diag *diag);

#endif
