/* A file that appears whole or not at all: written under another name beside its place, then renamed.
 *
 * A symbolic link is followed, so that the file it names is replaced and the link stays. Devices and pipes
 * (/dev/null, a FIFO) cannot be replaced and are written to directly. */
#ifndef IOPATH_ANALYSIS_OUTPUT_FILE_H
#define IOPATH_ANALYSIS_OUTPUT_FILE_H

#include <stdio.h>

#include "sim/diag.h"

struct output_file {
    FILE *stream;    /* write here; NULL when not open */
    char *target;    /* with links resolved */
    char *temporary; /* NULL: written directly */
};

/* Whether a file of that name could be written, without touching anything: to know before a long run. */
enum iop_status output_file_check(const char *name, struct diag *diag);

enum iop_status output_file_open(struct output_file *file, const char *name, struct diag *diag);

/* Closes and renames; on failure nothing is left behind. */
enum iop_status output_file_commit(struct output_file *file, struct diag *diag);

/* Closes and removes what was written. Harmless on a file that is not open. */
void output_file_abandon(struct output_file *file);

#endif
