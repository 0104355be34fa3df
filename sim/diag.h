/* How a function of any layer reports failure: it returns a status, and leaves one complete sentence
 * for a person in the caller's struct diag. Nothing below cli/ prints or exits. */
#ifndef IOPATH_SIM_DIAG_H
#define IOPATH_SIM_DIAG_H

#include <stddef.h>

enum iop_status {
    IOP_OK = 0,
    IOP_CHECK_FAILED = 1, /* ran, but an invariant or an expectation did not hold */
    IOP_INVALID = 2,      /* bad input or usage; nothing was written */
    IOP_INTERRUPTED = 3,  /* stopped by a signal; finished work is kept */
    IOP_NO_MEMORY = 4,
    IOP_IO = 5, /* the operating system refused; the message says what */
};

struct diag {
    char message[1024]; /* "" when nothing was reported; never ends in a newline */
};

/* Formats the message and returns `status`, so that callers write `return diag_set(d, IOP_INVALID, …)`.
 * The first report wins: a later one does not overwrite it. `diag` may be NULL. */
__attribute__((format(printf, 3, 4))) enum iop_status diag_set(struct diag *diag, enum iop_status status,
                                                               const char *format, ...);

/* The name nearest to `word` among `count` names, or NULL when none is near enough to be a likely slip
 * (edit distance over one more than a third of the word, case ignored). Of equally near ones the first. */
const char *nearest_name(const char *word, const char *const *names, size_t count);

#endif
