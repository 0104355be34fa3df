/* Writes a jansson value, indented, with numbers as short as they can be: jansson itself prints the real
 * 0.6 with its 17 digits, 0.59999999999999998. What is written reads back as the same numbers. */
#ifndef IOPATH_ANALYSIS_JSON_WRITE_H
#define IOPATH_ANALYSIS_JSON_WRITE_H

#include <jansson.h>
#include <stdio.h>

#include "sim/diag.h"

/* Writes `value` and a newline, and releases it. NULL is reported as a lack of memory. */
enum iop_status json_write(json_t *value, FILE *out, struct diag *diag);

#endif
