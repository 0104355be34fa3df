/* Ethernet on the wire: a frame takes its own bits and 20 bytes of preamble, delimiter and gap (PC230). */
#ifndef IOPATH_MODELS_HARDWARE_WIRE_H
#define IOPATH_MODELS_HARDWARE_WIRE_H

#include "sim/time.h"

enum { WIRE_OVERHEAD_BYTES = 20 };

/* Time of one frame (with CRC) at `link_bps` bit/s; 67.2 ns for 64 B at 10 Gbit/s (PC231). */
static inline sim_time wire_time(double link_bps, int frame_bytes) {
    return sim_time_of(8.0 * (frame_bytes + WIRE_OVERHEAD_BYTES) / link_bps);
}

#endif
