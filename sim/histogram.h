/* A histogram of durations with bounded relative error.
 *
 * Buckets are logarithmic: each power of two is cut into 128, so that a quantile is off by less than 0.4 %
 * of its value. Values from 1 ps to 2^48 ps (281 s) are kept apart; longer ones fall into the last bucket
 * and are still exact in mean and maximum. Recording is a shift and an increment. */
#ifndef IOPATH_SIM_HISTOGRAM_H
#define IOPATH_SIM_HISTOGRAM_H

#include <stdint.h>

#include "sim/time.h"

enum { HISTOGRAM_SUB_BITS = 7, HISTOGRAM_TOP_BIT = 47 };
enum { HISTOGRAM_BUCKETS = (HISTOGRAM_TOP_BIT - HISTOGRAM_SUB_BITS + 2) << HISTOGRAM_SUB_BITS };

struct histogram {
    uint64_t count;
    sim_time sum, max;
    uint32_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_reset(struct histogram *histogram);

static inline unsigned histogram_bucket(sim_time value) {
    uint64_t v = value < 0 ? 0 : (uint64_t)value;
    if (v < 2u << HISTOGRAM_SUB_BITS) return (unsigned)v;
    unsigned top = 63u - (unsigned)__builtin_clzll(v);
    if (top > HISTOGRAM_TOP_BIT) return HISTOGRAM_BUCKETS - 1;
    unsigned shift = top - HISTOGRAM_SUB_BITS;
    return ((shift + 1) << HISTOGRAM_SUB_BITS) + (unsigned)((v >> shift) - (1u << HISTOGRAM_SUB_BITS));
}

static inline void histogram_record(struct histogram *histogram, sim_time value) {
    histogram->count++;
    histogram->sum += value;
    if (value > histogram->max) histogram->max = value;
    histogram->buckets[histogram_bucket(value)]++;
}

double histogram_mean(const struct histogram *histogram); /* in ps; 0 when empty */

/* The value below which the fraction q of all lies (0 < q < 1), in ps: middle of its bucket. 0 when empty. */
double histogram_quantile(const struct histogram *histogram, double q);

#endif
