/* Results as an experiment would yield them, with numbers made up for the tests of the reports. */
#ifndef TESTS_ANALYSIS_MADE_UP_H
#define TESTS_ANALYSIS_MADE_UP_H

#include "analysis/comparison.h"
#include "analysis/report.h"

/* One guest `web` with a transmit stream `flood`; 2 Mpps, 20 us, two CPU domains, two resources. */
struct made_up {
    struct scenario *scenario;
    struct experiment_result result;
    struct setting setting;
    struct report report;
};

void made_up_init(struct made_up *made_up);
void made_up_free(struct made_up *made_up);

/* Three points, pv, hvm (does not exist) and sriov, that own made-up results. */
void made_up_comparison(struct comparison *comparison);
void made_up_comparison_free(struct comparison *comparison);

/* What a writer wrote, as a string to free. */
char *written(enum iop_status (*write)(const struct report *report, FILE *out, struct diag *diag),
              const struct report *report);

#endif
