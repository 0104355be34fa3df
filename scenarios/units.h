/* Quantities with units: "64 B", "2.5 Gbit/s", "500 kpps", "30 us", "24 h", "120 W", "62 %".
 *
 * A number is digits with an optional fraction and exponent; a space before the unit is customary, not
 * required. kB, MB and GB are powers of 1000, KiB, MiB and GiB of 1024. Values are held in SI units:
 * B, bit/s, 1/s, Hz, s, cycles, B/s, W; a percentage as a ratio. */
#ifndef IOPATH_SCENARIOS_UNITS_H
#define IOPATH_SCENARIOS_UNITS_H

#include <stddef.h>

#include "sim/diag.h"

enum dimension {
    DIM_PLAIN, /* a number without unit */
    DIM_SIZE,
    DIM_BIT_RATE,
    DIM_PACKET_RATE,
    DIM_FREQUENCY,
    DIM_TIME,
    DIM_CYCLES,
    DIM_SHARE,
    DIM_BYTE_RATE,
    DIM_REQUEST_RATE,
    DIM_POWER,
    DIM_COUNT
};
#define DIM_BIT(dimension) (1u << (dimension))
#define DIM_ANY            ((1u << DIM_COUNT) - 1)

struct quantity {
    enum dimension dimension;
    double value;
};

/* Parses `text`, which must be of one of the dimensions in the mask. The message of a failure begins with
 * the quoted text and says what is expected. */
enum iop_status quantity_parse(const char *text, unsigned dimensions, struct quantity *quantity, struct diag *diag);

/* A value in the largest unit in which it is a whole number: "1518 B", "64 KiB", "50 us". */
void quantity_format(double value, enum dimension dimension, char *out, size_t size);

const char *dimension_noun(enum dimension dimension);              /* "a size" */
void dimension_units(unsigned dimensions, char *out, size_t size); /* "B, KiB, MiB, GiB, kB, MB, GB" */

#endif
