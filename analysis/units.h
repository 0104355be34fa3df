/* Numbers for people: three significant digits and a prefix, 1.92 Mpps, 96.3 us, 12.8 Gbit/s. */
#ifndef IOPATH_ANALYSIS_UNITS_H
#define IOPATH_ANALYSIS_UNITS_H

#include <stddef.h>

enum { UNITS_TEXT = 48 }; /* room for any text these functions write */

/* `unit` follows the prefix: "pps", "bit/s", "Hz", or "" for a bare number. */
const char *units_si(double value, const char *unit, char out[UNITS_TEXT]);

/* Seconds as s, ms, us, ns or ps. */
/* "4 KiB", "512 B": whole powers of 1024. */
const char *units_bytes(int bytes, char out[UNITS_TEXT]);
const char *units_time(double seconds, char out[UNITS_TEXT]);

/* A metric's value in the unit of the metric table ("1/s", "bit/s", "s", "1"); rates of packets are
 * counted in `counted`, such as "pps". */
const char *units_metric(double value, const char *unit, const char *counted, char out[UNITS_TEXT]);

/* The number of a quantity text such as "64 KiB" or "500 kpps" in its base unit, which `unit` then names
 * ("B", "pps"). 0 when the text is not a number with a known unit or none, else 1. */
int units_parse(const char *text, double *value, char unit[16]);

#endif
