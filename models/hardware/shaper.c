#include "models/hardware/shaper.h"

#include <string.h>

void bucket_init(struct bucket *bucket, double units_per_s, double depth) {
    memset(bucket, 0, sizeof *bucket);
    if (units_per_s <= 0) return;
    bucket->ps_per_unit = 1e12 / units_per_s;
    bucket->depth = (sim_time)(bucket->ps_per_unit * depth);
}

void bucket_spend(struct bucket *bucket) { bucket->due = bucket->depth; }

void shaper_init(struct shaper *shaper, double peak_bps, double burst_bytes) {
    bucket_init(&shaper->peak, peak_bps / 8, burst_bytes);
    bucket_init(&shaper->baseline, 0, 0);
}

void shaper_limit_credits(struct shaper *shaper, double baseline_bps, double fill_s, bool spent) {
    bucket_init(&shaper->baseline, baseline_bps / 8, baseline_bps / 8 * fill_s);
    if (spent) bucket_spend(&shaper->baseline);
}

double bucket_backlog(const struct bucket *bucket, sim_time now) {
    sim_time wait = bucket_allows(bucket) - now;
    return wait > 0 ? (double)wait / bucket->ps_per_unit : 0;
}

double shaper_backlog(const struct shaper *shaper, sim_time now) {
    double peak = bucket_backlog(&shaper->peak, now), baseline = bucket_backlog(&shaper->baseline, now);
    return peak > baseline ? peak : baseline;
}
