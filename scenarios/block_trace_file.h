/* Files of recorded block requests.
 *
 * CSV with a line for each request: time in seconds; offset and size in bytes, multiples of 512 B; the operation, read,
 * write or flush, or R, W, F. Of a flush offset and size do not count. What makes a line of the file is that of
 * scenarios/csv.h. */
#ifndef IOPATH_SCENARIOS_BLOCK_TRACE_FILE_H
#define IOPATH_SCENARIOS_BLOCK_TRACE_FILE_H

#include "models/workload/block_trace.h"

enum { BLOCK_REQUESTS_MAX = 10000000 };

/* Every request must end within the disk. Errors name file, line and column. NULL on failure. */
struct block_trace *block_trace_read(const char *path, double capacity_bytes, struct diag *diag);

#endif
