/* Shipped scenarios, run by the tests with some of their keys set. */
#ifndef IOPATH_TESTS_MODELS_SCENARIO_RUNS_H
#define IOPATH_TESTS_MODELS_SCENARIO_RUNS_H

#include "tests/models/support.h"

/* Runs a scenario of scenarios/mechanisms once, for 20 ms after 5 ms; `settings` are texts as of --set, up to the
 * first NULL. Fails the test unless every check of the run holds. */
void run_mechanism(const char *name, const char *const settings[], struct run_result *result);
/* … for longer. */
void run_mechanism_for(const char *name, const char *const settings[], sim_time duration, struct run_result *result);

#define RUN_MECHANISM(result, name, ...) run_mechanism(name, (const char *const[]){__VA_ARGS__, NULL}, result)

#endif
