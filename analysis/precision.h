/* How many replications a result needs.
 *
 * A sequential procedure (Law, Simulation Modeling and Analysis, 5th ed., section 9.4.1): replications are added until
 * the 95 % interval of every reported metric is no wider than asked, relative to its mean, or a cap is reached. How
 * many come next depends on how many there are and on nothing else, so that stopped and resumed runs do the same. */
#ifndef IOPATH_ANALYSIS_PRECISION_H
#define IOPATH_ANALYSIS_PRECISION_H

#include <stdbool.h>

#include "analysis/student.h"

enum { PRECISION_CAP = 200 }; /* replications at most, unless more were asked for outright */

/* Whether a metric has to be precise: rates of work, times, and CPUs in use. Counts of rare events (losses,
 * retransmissions), shares and rates of the machine are reported as precise as they come. */
bool precision_counts(const char *metric_name);

/* Whether the interval's half-width is at most `precision` times the mean. One replication never is. */
bool precision_reached(const struct interval *over, int replications, double precision);

/* How many replications there should be after `replications` of them were not enough. */
int precision_next(int replications);

#endif
