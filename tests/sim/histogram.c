#include "sim/histogram.h"

#include <criterion/criterion.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

#include "sim/random.h"

static struct histogram histogram; /* large; each test has its own process */

static int by_value(const void *a, const void *b) {
    sim_time x = *(const sim_time *)a, y = *(const sim_time *)b;
    return (x > y) - (x < y);
}

/* Against the sorted sample, over eight decades. */
Test(histogram, quantiles_are_within_four_parts_in_a_thousand_of_the_exact) {
    enum { SAMPLE = 100000 };
    static sim_time sample[SAMPLE];
    struct random_stream stream;
    random_stream_init(&stream, 7, 0, 0);
    double sum = 0;
    for (int i = 0; i < SAMPLE; i++) {
        sample[i] = (sim_time)gsl_ran_lognormal(&stream.gsl, log(1e6), 3.0);
        histogram_record(&histogram, sample[i]);
        sum += (double)sample[i];
    }
    qsort(sample, SAMPLE, sizeof *sample, by_value);
    const double quantiles[] = {1e-5, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 0.9999, 0.99999};
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++) {
        double exact = (double)sample[(size_t)ceil(quantiles[i] * SAMPLE) - 1];
        double found = histogram_quantile(&histogram, quantiles[i]);
        cr_expect_leq(fabs(found - exact), 0.004 * exact, "quantile %g: %g instead of %g", quantiles[i], found, exact);
    }
    cr_expect_eq(histogram.count, SAMPLE);
    cr_expect_eq(histogram.max, sample[SAMPLE - 1]);
    cr_expect_float_eq(histogram_mean(&histogram), sum / SAMPLE, 1e-9 * sum / SAMPLE);
}

Test(histogram, each_bucket_holds_its_own_middle_and_bounds_the_error) {
    for (int bit = 0; bit <= HISTOGRAM_TOP_BIT; bit++)
        for (sim_time offset = -1; offset <= 1; offset++) {
            sim_time value = ((sim_time)1 << bit) + offset;
            histogram_reset(&histogram);
            histogram_record(&histogram, value);
            histogram_record(&histogram, SIM_TIME_MAX / 4); /* so that the maximum does not clamp */
            double found = histogram_quantile(&histogram, 0.5);
            cr_expect_leq(fabs(found - (double)value), 0.004 * (double)value, "%lld: %g", (long long)value, found);
        }
}

Test(histogram, small_values_are_exact) {
    for (sim_time value = 0; value < 256; value++) {
        histogram_reset(&histogram);
        histogram_record(&histogram, value);
        cr_expect_eq(histogram_quantile(&histogram, 0.5), (double)value);
    }
}

Test(histogram, buckets_never_decrease_with_the_value) {
    unsigned last = 0;
    for (sim_time value = 0; value < SIM_TIME_MAX / 2; value += value / 300 + 1) {
        unsigned bucket = histogram_bucket(value);
        cr_assert(bucket == last || bucket == last + 1, "%lld", (long long)value);
        cr_assert_lt(bucket, HISTOGRAM_BUCKETS);
        last = bucket;
    }
    cr_expect_eq(last, HISTOGRAM_BUCKETS - 1);
}

Test(histogram, values_beyond_the_last_bucket_stay_exact_in_mean_and_maximum) {
    histogram_record(&histogram, 1000 * SIM_S);
    histogram_record(&histogram, 3000 * SIM_S);
    cr_expect_eq(histogram_mean(&histogram), 2000.0 * (double)SIM_S);
    cr_expect_eq(histogram.max, 3000 * SIM_S);
}

Test(histogram, no_quantile_exceeds_the_maximum) {
    histogram_record(&histogram, 1000001);
    cr_expect_leq(histogram_quantile(&histogram, 0.999), 1000001.0);
}

Test(histogram, is_zero_when_empty) {
    cr_expect_eq(histogram_mean(&histogram), 0.0);
    cr_expect_eq(histogram_quantile(&histogram, 0.5), 0.0);
}
