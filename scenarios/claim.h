/* A statement that a scenario puts to the test: the `claim` block of its file.
 *
 * A test runs the scenario twice, each time with settings of its own, and asks by what factor a metric of one side
 * exceeds that of the other. Conditions are more settings, under which all tests are run again. What the outcome is
 * expected to be is part of the block, so that a change of the model that turns it is noticed. */
#ifndef IOPATH_SCENARIOS_CLAIM_H
#define IOPATH_SCENARIOS_CLAIM_H

#include <stdbool.h>

#include "scenarios/arena.h"
#include "scenarios/scenario.h"

enum { CLAIM_TEXT_MAX = 160, CLAIM_PLACE_MAX = 320, CLAIM_TESTS_MAX = 32, CLAIM_CONDITIONS_MAX = 32 };

enum claim_verdict {
    CLAIM_HOLDS,   /* in all tests; in more than half of them where `most` is enough */
    CLAIM_FAILS,   /* in no test; in half of them at most where `most` is asked for */
    CLAIM_DEPENDS, /* in some tests, and not in others */
};

struct claim_settings {
    int count;
    struct setting *items;
};

/* What the sides `of` and `to` have on top of what both have. */
struct claim_sides {
    struct claim_settings both, of, to;
};

struct claim_test {
    char place[CLAIM_PLACE_MAX]; /* "FILE:LINE:COLUMN: claim.tests[0]" for messages */
    char what[CLAIM_TEXT_MAX];   /* what is measured, for people */
    char scenario[256];          /* file that takes the place of the claim's own, seen from that; "": none */
    struct claim_sides sides;
    char metric[PATH_TEXT_MAX];      /* one * stands for all names there, whose values are added */
    double at_least, at_most;        /* bounds of the factor; 0 and INFINITY where there is none */
    char bottleneck[NAME_MAX_BYTES]; /* part of the name of what must limit the side `of`; "": whatever */
};

struct claim_condition {
    char place[CLAIM_PLACE_MAX];
    char when[CLAIM_TEXT_MAX];
    struct claim_sides sides; /* `both` come before the settings of a test's sides, `of` and `to` after them */
    enum claim_verdict verdict;
};

struct claim {
    struct arena memory; /* of all below */
    char statement[TEXT_MAX];
    enum claim_verdict verdict; /* expected as the claim stands */
    bool most;
    int source_count;
    char (*sources)[SOURCE_ID_MAX]; /* rows of the bibliography that say so, or that speak against it */
    int test_count;
    struct claim_test *tests;
    int condition_count;
    struct claim_condition *conditions;
};

const char *claim_verdict_name(enum claim_verdict verdict); /* as in the file: holds, fails, depends */
void claim_free(struct claim *claim);

#endif
