/* Conditions on the keys of a scenario, by which points of a sweep are chosen.
 *
 *     guests[0].workloads[0].frame <= 1518 B
 *     guests[0].queues <= guests[1].queues
 *     guests[0].mode = pv or guests[0].queues = 1
 *
 * PATH OP VALUE or PATH OP PATH, OP one of = != < <= > >=; of terms joined by `or` any must hold. Numbers are compared
 * in SI units, so that 1 kB is less than 1 KiB; words by their text, with = and != only. A word in the place of a
 * number (rate: max) equals itself alone and is neither less nor more than any number. */
#ifndef IOPATH_SCENARIOS_CONDITION_H
#define IOPATH_SCENARIOS_CONDITION_H

#include <stdbool.h>

#include "scenarios/scenario.h"

enum { CONDITION_TERMS_MAX = 8, CONDITIONS_MAX = 100 };

enum condition_relation { IS_EQUAL, IS_NOT_EQUAL, IS_LESS, IS_AT_MOST, IS_MORE, IS_AT_LEAST };

struct condition_operand {
    char path[PATH_TEXT_MAX];  /* "": a value */
    char value[PATH_TEXT_MAX]; /* it, or what the path's key is when left out; "": nothing */
};

struct condition_term {
    struct condition_operand left, right;
    enum condition_relation relation;
    bool numbers; /* the keys take numbers */
};

struct condition {
    char text[TEXT_MAX];
    int count;
    struct condition_term terms[CONDITION_TERMS_MAX];
};

/* Reads a condition and checks its paths and values, as far as that needs no file. The message of a failure says which
 * word is wrong and what is allowed. */
enum iop_status condition_parse(const char *text, struct condition *condition, struct diag *diag);

/* Whether a term holds for two texts as they would stand in a file. Fails where numbers have units of two kinds. */
enum iop_status condition_compare(const struct condition_term *term, const char *left, const char *right, bool *holds,
                                  struct diag *diag);

#endif
