#include "models/fleet/precopy.h"

#include <math.h>

void precopy_begin(struct precopy *precopy, double memory_bytes, double hot_bytes, double dirty_bytes_s,
                   double downtime_s) {
    *precopy = (struct precopy){
        .memory_bytes = memory_bytes,
        .hot_bytes = hot_bytes < memory_bytes ? hot_bytes : memory_bytes,
        .dirty_bytes_s = dirty_bytes_s,
        .downtime_s = downtime_s,
        .round = 1,
        .left_bytes = memory_bytes,
    };
}

static void end_round(struct precopy *precopy, double bytes_s, double round_bytes) {
    precopy->sent_bytes += round_bytes;
    precopy->done = precopy->stopped;
    if (precopy->done) {
        precopy->left_bytes = 0;
        return;
    }
    double written = precopy->dirty_bytes_s * precopy->round_s;
    precopy->left_bytes = written < precopy->hot_bytes ? written : precopy->hot_bytes;
    precopy->stopped = precopy->left_bytes <= precopy->downtime_s * bytes_s || precopy->round >= PRECOPY_ROUNDS_MAX ||
                       precopy->sent_bytes > PRECOPY_FACTOR_MAX * precopy->memory_bytes;
    precopy->round++;
    precopy->round_s = 0;
}

double precopy_advance(struct precopy *precopy, double bytes_s, double seconds) {
    double passed = 0;
    if (bytes_s <= 0) return 0;
    while (!precopy->done && passed < seconds) {
        double needed = precopy->left_bytes / bytes_s, left = seconds - passed;
        bool ends = needed <= left;
        double step = ends ? needed : left;
        passed += step;
        precopy->round_s += step;
        if (precopy->stopped) precopy->stopped_s += step;
        if (!ends) {
            precopy->left_bytes -= step * bytes_s;
            precopy->sent_bytes += step * bytes_s;
            continue;
        }
        end_round(precopy, bytes_s, precopy->left_bytes);
    }
    return passed;
}

double precopy_time(const struct precopy *precopy, double bytes_s) {
    if (bytes_s <= 0) return INFINITY;
    struct precopy trial = *precopy;
    return precopy_advance(&trial, bytes_s, INFINITY);
}
