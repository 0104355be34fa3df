/* Confidence interval of a mean from independent replications.
 *
 *     mean +- t(0.975, n - 1) * s / sqrt(n)
 *
 * with s the sample standard deviation (divisor n - 1) and t Student's quantile, which is right for
 * normal observations and, since each is itself a mean over a whole run, close enough for others
 * (Law, Simulation Modeling and Analysis, 5th ed., section 9.4.1; Student, Biometrika 6, 1908). */
#ifndef IOPATH_ANALYSIS_STUDENT_H
#define IOPATH_ANALYSIS_STUDENT_H

struct interval {
    double mean, low, high; /* low = high = mean with one replication */
};

/* Mean and 95 % Student interval of `count` >= 1 values. */
struct interval student_interval(const double *values, int count);

/* By what factor the values of `of` exceed those of `to`, each with the one of its number: the geometric mean of their
 * ratios, and the interval of the mean of the ratios' logarithms. So the factor of b to a is the inverse of that of a
 * to b, and what both share (common random numbers) is in neither. NAN unless all values are above 0. */
struct interval student_factor(const double *of, const double *to, int count);

#endif
