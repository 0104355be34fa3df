/* Shaping of an instance's traffic: token buckets, one set for each direction.
 *
 * A bucket fills at its rate up to its depth; what passes takes as many tokens as it has units, and waits until
 * the bucket is not overdrawn. Kept by arithmetic as the date at which the rate alone would have let through all
 * that has passed: `due` may run ahead of now by the depth.
 *
 * A shaper is two of them over bytes on the wire, both must allow a frame: the peak rate with a small burst, and
 * the baseline with a deep bucket of credits (instances that are sold as "up to" a bandwidth: AWS001, AWS002).
 * Credits are earned below the baseline and spent above it; without any left the baseline is all there is.
 *
 * Modelled: credits full or spent at the start, the rates of one instance, of one flow, and of frames sent plus
 * received. Not modelled: that bursting is best effort where neighbours burst as well (AWS001).
 * Units: sim_time is picoseconds; a rate is kept as picoseconds per byte or frame. */
#ifndef IOPATH_MODELS_HARDWARE_SHAPER_H
#define IOPATH_MODELS_HARDWARE_SHAPER_H

#include <stdbool.h>

#include "sim/time.h"

struct bucket {
    double ps_per_unit; /* 0: no limit */
    sim_time depth;     /* how far what passes may run ahead of the rate */
    sim_time due;       /* when the rate would be done with all that has passed */
    sim_time busy;      /* time the rate needs for all that ever passed */
};

struct shaper {
    struct bucket peak, baseline;
};

/* `units` per second, in bursts of `depth` units; full at the start. A rate of 0 is no limit. */
void bucket_init(struct bucket *bucket, double units_per_s, double depth);

/* Nothing is left in it at time 0. */
void bucket_spend(struct bucket *bucket);

/* A link of `peak_bps` bit/s in bursts of `burst_bytes`. */
void shaper_init(struct shaper *shaper, double peak_bps, double burst_bytes);

/* In the long run no more than `baseline_bps`, with credits for `fill_s` seconds of it. */
void shaper_limit_credits(struct shaper *shaper, double baseline_bps, double fill_s, bool spent);

/* From when on something may pass: in the past, if at once. */
static inline sim_time bucket_allows(const struct bucket *bucket) { return bucket->due - bucket->depth; }

static inline sim_time shaper_allows(const struct shaper *shaper) {
    sim_time peak = bucket_allows(&shaper->peak), baseline = bucket_allows(&shaper->baseline);
    return peak > baseline ? peak : baseline;
}

static inline void bucket_take(struct bucket *bucket, sim_time now, double units) {
    sim_time time = (sim_time)(bucket->ps_per_unit * units);
    bucket->due = (bucket->due > now ? bucket->due : now) + time;
    bucket->busy += time;
}

static inline void shaper_take(struct shaper *shaper, sim_time now, double bytes) {
    bucket_take(&shaper->peak, now, bytes);
    if (shaper->baseline.ps_per_unit > 0) bucket_take(&shaper->baseline, now, bytes);
}

/* Units that must pass before the next one that comes now. */
double bucket_backlog(const struct bucket *bucket, sim_time now);
double shaper_backlog(const struct shaper *shaper, sim_time now);

#endif
