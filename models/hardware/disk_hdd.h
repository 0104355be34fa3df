/* Geometry of a hard disk: where things are, and how long the arm takes to get there.
 *
 * The media rate falls linearly from the outer edge (offset 0) to the inner one. The media time of an address is how
 * long reading everything before it would take; its fraction of a revolution is the angle of the address. Tracks are
 * thereby skewed such that reading on costs no revolution.
 * The distance of a seek is that of the offsets as a share of the capacity: a + b sqrt(d) up to a third of the stroke,
 * a line beyond, through the published times of d -> 0, 1/3 and 1. (The average seek is the seek over a third:
 * the mean distance of two places drawn at random is 1/3.)
 * Units: times in seconds, places 0 (outer edge) to 1. */
#ifndef IOPATH_MODELS_HARDWARE_DISK_HDD_H
#define IOPATH_MODELS_HARDWARE_DISK_HDD_H

#include "models/hardware/disk.h"

double hdd_revolution_s(const struct disk_config *config);

/* Of a seek over `distance`, 0 to 1; 0 s for none. */
double hdd_seek_s(const struct disk_config *config, double distance);

/* Of the offset in bytes, not beyond the capacity. */
double hdd_media_time_s(const struct disk_config *config, double offset);

/* Mean of the media time of one byte over random offsets. */
double hdd_byte_s(const struct disk_config *config);

/* Means over two random places: of the seek, and of the seek and the wait for the sector of the soonest of `queued`
 * requests. */
double hdd_mean_seek_s(const struct disk_config *config);
double hdd_soonest_s(const struct disk_config *config, double queued);

#endif
