/* Times of VM exits as a host's profiler counts them, as direct observations of costs.
 *
 * Two forms are read: the table that `perf kvm stat report` prints (columns VM-EXIT, Samples, …, Avg time), and a CSV
 * file with the columns reason, samples, time_s (of all samples together) and perhaps error (relative standard
 * deviation of the mean), for counts of xentrace and the like.
 *
 * Both measure between two tracepoints in software, so that exit.hardware of the base set is added. perf's time of HLT
 * is left out, since the vCPU sleeps in it. Some reasons count two things of the model together, such as kicks of
 * eventfds and accesses that QEMU answers: they are observations of the one that is fitted, and of none if both are. */
#ifndef IOPATH_ANALYSIS_EXIT_COUNTS_H
#define IOPATH_ANALYSIS_EXIT_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/calibration_data.h"
#include "analysis/cost_space.h"

struct exit_count {
    char reason[48]; /* as the file names it */
    int line;
    uint64_t samples;
    double mean_s;
    double error;     /* relative standard deviation of the mean; 0: not said */
    bool with_sleep;  /* the mean of a halt has the time asleep in it */
    char unused[160]; /* why it is no observation; "": it is, or not asked yet */
};

struct exit_counts {
    char path[TEXT_MAX];
    int count, room;
    struct exit_count *counts;
};

/* Errors name file and line. On failure `counts` is empty. */
enum iop_status exit_counts_read(const char *path, struct exit_counts *counts, struct diag *diag);
void exit_counts_free(struct exit_counts *counts);

/* Appends a row for each exit that observes a fitted cost, and notes in `unused` why the others do not. Where the data
 * have errors, that of a row is the profiler's, at least 5 %, which tracepoints themselves cost. Fails if none does. */
enum iop_status exit_counts_observe(struct exit_counts *counts, const struct cost_set *base,
                                    const struct cost_space *parameters, struct calibration_data *data,
                                    struct diag *diag);

#endif
