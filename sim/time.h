/* Simulated time: a signed 64-bit count of picoseconds, 106 days in all.
 *
 * One picosecond is a hundredth of a bit on a 10 Gbit/s wire and 1/357 of a cycle at 2.8 GHz, so that
 * rounding never adds up to anything visible. Negative times only occur as differences. */
#ifndef IOPATH_SIM_TIME_H
#define IOPATH_SIM_TIME_H

#include <stdint.h>

typedef int64_t sim_time;

#define SIM_TIME_MAX INT64_MAX
#define SIM_PS       ((sim_time)1)
#define SIM_NS       ((sim_time)1000)
#define SIM_US       ((sim_time)1000000)
#define SIM_MS       ((sim_time)1000000000)
#define SIM_S        ((sim_time)1000000000000)

/* Nearest picosecond of a duration in seconds (|seconds| < 9e6). */
static inline sim_time sim_time_of(double seconds) { return (sim_time)(seconds * 1e12 + (seconds < 0 ? -0.5 : 0.5)); }

static inline double sim_seconds(sim_time t) { return (double)t * 1e-12; }

#endif
