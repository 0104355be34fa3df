#include "models/costs.h"

#include <string.h>

static const struct cost_parameter parameters[COST_COUNT_] = {
#define X(id, name, unit, text) [COST_##id] = {name, COST_##unit, text},
    COST_TABLE(X)
#undef X
};

const struct cost_parameter *cost_parameter(enum cost cost) { return &parameters[cost]; }

enum cost cost_find(const char *name) {
    for (int i = 0; i < COST_COUNT_; i++)
        if (strcmp(parameters[i].name, name) == 0) return (enum cost)i;
    return COST_NONE;
}

const char *cost_unit_name(enum cost_unit unit) {
    static const char *const names[] = {"cycles", "s", "B/s", "", ""};
    return names[unit];
}

const char *provenance_name(enum provenance how) {
    static const char *const names[] = {"measured", "derived", "fitted", "assumed"};
    return names[how];
}
