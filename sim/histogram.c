#include "sim/histogram.h"

#include <math.h>
#include <string.h>

void histogram_reset(struct histogram *histogram) { memset(histogram, 0, sizeof *histogram); }

double histogram_mean(const struct histogram *histogram) {
    return histogram->count == 0 ? 0.0 : (double)histogram->sum / (double)histogram->count;
}

static double bucket_middle(unsigned bucket) {
    if (bucket < 2u << HISTOGRAM_SUB_BITS) return (double)bucket;
    unsigned shift = (bucket >> HISTOGRAM_SUB_BITS) - 1;
    double low = (double)((bucket & ((1u << HISTOGRAM_SUB_BITS) - 1)) + (1u << HISTOGRAM_SUB_BITS));
    return ldexp(low + 0.5, (int)shift);
}

double histogram_quantile(const struct histogram *histogram, double q) {
    if (histogram->count == 0) return 0.0;
    double rank = ceil(q * (double)histogram->count);
    uint64_t target = rank < 1 ? 1 : (uint64_t)rank, seen = 0;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += histogram->buckets[i];
        if (seen >= target) {
            double middle = bucket_middle(i);
            return middle < (double)histogram->max ? middle : (double)histogram->max;
        }
    }
    return (double)histogram->max;
}
