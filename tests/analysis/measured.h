/* Measurements as the simulator itself would make them on a machine with other costs, for tests of calibrations. */
#ifndef TESTS_ANALYSIS_MEASURED_H
#define TESTS_ANALYSIS_MEASURED_H

#include "analysis/calibration.h"

/* A folder of its own with s.yaml, a short run of one thread that sends; .init and .fini of a suite. */
void measured_setup(void);
void measured_teardown(void);

void write_text(const char *name, const char *text);

/* The line of a CSV (scenario,metric,value,unit,set) for what s.yaml with `set` and `costs`, as of a scenario, yields;
 * times `factor`. */
struct measurement {
    const char *metric, *unit, *set;
    double factor;
};
void measure(const char *file, const char *costs, const struct measurement *rows, int count);

/* Reads own.csv and the names, and fits; fails the test unless the status is `wanted`. */
struct fit_of {
    const char *names;
    const char *exits; /* NULL: none */
    bool robust;
    int jobs;
    struct cost_set base;
    struct cost_space parameters;
    struct calibration_data data;
    struct calibration calibration;
    struct diag diag;
};
void fit_own(struct fit_of *fit, enum iop_status wanted);
void fit_free(struct fit_of *fit);

const struct fitted_cost *fitted(const struct fit_of *fit, enum cost cost);

#endif
