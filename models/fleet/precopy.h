/* Live migration by pre-copy: memory is sent while the guest runs, then what it wrote meanwhile, and so on, until the
 * rest takes no longer than the guest may be stopped for (Clark et al. 2005, Live Migration of Virtual Machines, NSDI).
 *
 * A guest writes to a hot part of its memory at a constant rate: what a round must send is what was written during the
 * round before, at most the hot part. Rounds end, as Xen's do, after PRECOPY_ROUNDS_MAX or when PRECOPY_FACTOR_MAX
 * times the memory has been sent. (SimGrid's live migration does this with its virtual machines, which its parallel
 * tasks do not know.) */
#ifndef IOPATH_MODELS_FLEET_PRECOPY_H
#define IOPATH_MODELS_FLEET_PRECOPY_H

#include <stdbool.h>

enum { PRECOPY_ROUNDS_MAX = 29, PRECOPY_FACTOR_MAX = 3 };

struct precopy {
    double memory_bytes, hot_bytes, dirty_bytes_s, downtime_s; /* downtime_s: allowed */
    int round;                                                 /* from 1 */
    double left_bytes, round_s;                                /* of this round, so far */
    double sent_bytes;                                         /* of all rounds that have ended */
    double stopped_s;                                          /* how long the guest has been stopped */
    bool stopped, done;
};

void precopy_begin(struct precopy *precopy, double memory_bytes, double hot_bytes, double dirty_bytes_s,
                   double downtime_s);

/* Goes on for `seconds` at so many bytes per second, or to the end; returns the time that took. Without a rate nothing
 * happens. */
double precopy_advance(struct precopy *precopy, double bytes_s, double seconds);

/* How long it takes to the end at that rate; INFINITY without one. */
double precopy_time(const struct precopy *precopy, double bytes_s);

#endif
