#include "analysis/student.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

struct interval student_interval(const double *values, int count) {
    double sum = 0; /* of differences: equal values then have exactly their own mean, and no width */
    for (int i = 0; i < count; i++) sum += values[i] - values[0];
    double mean = values[0] + sum / count;
    if (count < 2) return (struct interval){mean, mean, mean};
    double squares = 0;
    for (int i = 0; i < count; i++) squares += (values[i] - mean) * (values[i] - mean);
    double half = gsl_cdf_tdist_Pinv(0.975, count - 1) * sqrt(squares / (count - 1) / count);
    return (struct interval){mean, mean - half, mean + half};
}

struct interval student_factor(const double *of, const double *to, int count) {
    const struct interval none = {NAN, NAN, NAN};
    double *logarithms = calloc((size_t)count, sizeof *logarithms);
    if (logarithms == NULL) return none;
    bool positive = true;
    for (int i = 0; i < count; i++) {
        positive = positive && of[i] > 0 && to[i] > 0;
        logarithms[i] = log(of[i] / to[i]);
    }
    struct interval over = student_interval(logarithms, count);
    free(logarithms);
    return positive ? (struct interval){exp(over.mean), exp(over.low), exp(over.high)} : none;
}
