#include <math.h>

#include "models/hardware/disk_hdd.h"

static const double THIRD = 1.0 / 3;

double hdd_revolution_s(const struct disk_config *config) { return 60 / config->rpm; }

double hdd_seek_s(const struct disk_config *config, double distance) {
    if (distance <= 0) return 0;
    double average = config->seek_average_s;
    if (distance <= THIRD) return config->seek_track_s + (average - config->seek_track_s) * sqrt(distance / THIRD);
    return average + (config->seek_full_s - average) * (distance - THIRD) / (1 - THIRD);
}

/* The integral of 1 / rate(offset), where rate = outer - fall * offset. */
double hdd_media_time_s(const struct disk_config *config, double offset) {
    double fall = (config->outer_bps - config->inner_bps) / config->capacity_bytes;
    if (offset > config->capacity_bytes) offset = config->capacity_bytes;
    if (fall <= 0) return offset / config->outer_bps;
    return -log1p(-fall * offset / config->outer_bps) / fall;
}

double hdd_byte_s(const struct disk_config *config) {
    return hdd_media_time_s(config, config->capacity_bytes) / config->capacity_bytes;
}

/* The integral of the curve times 2 (1 - d), the density of the distance of two random places, in two pieces. */
double hdd_mean_seek_s(const struct disk_config *config) {
    double slope = (config->seek_full_s - config->seek_average_s) / (1 - THIRD);
    double root = (config->seek_average_s - config->seek_track_s) / sqrt(THIRD);
    double near = config->seek_track_s * 2 * (THIRD - THIRD * THIRD / 2) +
                  root * 2 * (pow(THIRD, 1.5) / 1.5 - pow(THIRD, 2.5) / 2.5);
    double far = (config->seek_average_s - slope * THIRD) * (1 - THIRD) * (1 - THIRD) +
                 slope * (THIRD - THIRD * THIRD + 2 * THIRD * THIRD * THIRD / 3);
    return near + far;
}

/* A request is reached a seek and up to a revolution later, any wait as likely as any other. The mean of the least of
 * n such times is the integral of P(one is later than t)^n. */
double hdd_soonest_s(const struct disk_config *config, double queued) {
    enum { DISTANCES = 256, STEPS = 1000 }; /* of a revolution */
    double seeks[DISTANCES], revolution = hdd_revolution_s(config), step = revolution / STEPS, sum = 0;
    for (int i = 0; i < DISTANCES; i++) seeks[i] = hdd_seek_s(config, (i + 0.5) / DISTANCES);
    for (double t = step / 2;; t += step) {
        double later = 0;
        for (int i = 0; i < DISTANCES; i++) {
            double wait = (t - seeks[i]) / revolution, share = 2 * (1 - (i + 0.5) / DISTANCES) / DISTANCES;
            later += share * (1 - fmin(fmax(wait, 0), 1));
        }
        double all_later = pow(later, queued);
        if (all_later < 1e-9) return sum;
        sum += all_later * step;
    }
}
