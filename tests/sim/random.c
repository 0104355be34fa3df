#include "sim/random.h"

#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

/* Known answers of Philox 4x32-10: file kat_vectors of Random123 (Salmon et al., SC 2011). A stream puts the
 * seed into the key and (block number, component, replication) into the counter. */
static void expect_block(uint64_t seed, uint64_t block, uint32_t component, uint32_t replication,
                         const uint32_t answer[4]) {
    struct random_stream stream;
    random_stream_init(&stream, seed, replication, component);
    stream.counter[0] = (uint32_t)block;
    stream.counter[1] = (uint32_t)(block >> 32);
    for (int i = 0; i < 4; i++) cr_expect_eq(gsl_rng_get(&stream.gsl), answer[i], "word %d", i);
}

Test(random, philox_gives_the_known_answers) {
    expect_block(0, 0, 0, 0, (uint32_t[]){0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    expect_block(UINT64_MAX, UINT64_MAX, UINT32_MAX, UINT32_MAX,
                 (uint32_t[]){0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    expect_block(0x299f31d0a4093822, 0x85a308d3243f6a88, 0x13198a2e, 0x03707344,
                 (uint32_t[]){0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

Test(random, uniform_is_made_of_27_bits_of_one_word_and_26_of_the_next) {
    struct random_stream stream;
    random_stream_init(&stream, 0, 0, 0);
    double high = 0x6627e8d5u >> 5, low = 0xe169c58du >> 6;
    cr_expect_eq(random_uniform(&stream), high * 0x1p-27 + low * 0x1p-53);
    high = 0xbc57ac4cu >> 5, low = 0x9b00dbd8u >> 6;
    cr_expect_eq(random_uniform(&stream), high * 0x1p-27 + low * 0x1p-53);
}

Test(random, the_block_number_carries_into_its_high_word) {
    struct random_stream stream, far;
    random_stream_init(&stream, 1, 2, 3);
    random_stream_init(&far, 1, 2, 3);
    stream.counter[0] = UINT32_MAX;
    far.counter[1] = 1;
    for (int i = 0; i < 4; i++) gsl_rng_get(&stream.gsl);
    for (int i = 0; i < 4; i++) cr_expect_eq(gsl_rng_get(&stream.gsl), gsl_rng_get(&far.gsl));
}

Test(random, the_same_name_gives_the_same_numbers) {
    struct random_stream a, b;
    random_stream_init(&a, 42, 1, 2);
    random_stream_init(&b, 42, 1, 2);
    for (int i = 0; i < 1000; i++) cr_expect_eq(random_uniform(&a), random_uniform(&b));
}

static double correlation(uint64_t seed, uint32_t replication, uint32_t component) {
    enum { DRAWS = 20000 };
    struct random_stream a, b;
    random_stream_init(&a, 42, 1, 2);
    random_stream_init(&b, seed, replication, component);
    double product = 0;
    for (int i = 0; i < DRAWS; i++) product += (random_uniform(&a) - 0.5) * (random_uniform(&b) - 0.5);
    return 12 * product / DRAWS;
}

Test(random, streams_that_differ_in_one_part_of_their_name_are_uncorrelated) {
    double limit = 3.5 / sqrt(20000);
    cr_expect_lt(fabs(correlation(43, 1, 2)), limit);
    cr_expect_lt(fabs(correlation(42, 2, 2)), limit);
    cr_expect_lt(fabs(correlation(42, 1, 3)), limit);
    cr_expect_lt(fabs(correlation(42, 2, 1)), limit, "replication and component are not interchangeable");
    cr_expect_lt(fabs(correlation(42 + (UINT64_C(1) << 32), 1, 2)), limit, "all 64 bits of the seed count");
    cr_expect_gt(correlation(42, 1, 2), 0.97, "the same stream correlates with itself");
}

/* What "common random numbers" promises: a component's numbers do not depend on what others draw. */
Test(random, a_component_draws_the_same_whatever_the_rest_of_the_model_does) {
    struct random_stream traffic, disk;
    double alone[100];
    random_stream_init(&traffic, 5, 0, 1);
    for (int i = 0; i < 100; i++) alone[i] = random_exponential(&traffic, 1.0);
    random_stream_init(&traffic, 5, 0, 1);
    random_stream_init(&disk, 5, 0, 2);
    for (int i = 0; i < 100; i++) {
        for (int j = 0; j < i % 7; j++) gsl_ran_gaussian(&disk.gsl, 1.0);
        cr_expect_eq(random_exponential(&traffic, 1.0), alone[i]);
    }
}

Test(random, uniform_stays_in_the_unit_interval_and_fills_it) {
    struct random_stream stream;
    random_stream_init(&stream, 9, 0, 0);
    double least = 1, greatest = 0;
    for (int i = 0; i < 1000000; i++) {
        double u = random_uniform(&stream);
        cr_assert(u >= 0.0 && u < 1.0);
        least = fmin(least, u);
        greatest = fmax(greatest, u);
    }
    cr_expect_lt(least, 1e-5);
    cr_expect_gt(greatest, 1 - 1e-5);
}

/* Kolmogorov-Smirnov at 1 %. */
static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double distance_to(double *sample, int count, double (*cdf)(double, double), double parameter) {
    qsort(sample, (size_t)count, sizeof *sample, ascending);
    double distance = 0;
    for (int i = 0; i < count; i++) {
        double p = cdf(sample[i], parameter);
        distance = fmax(distance, fmax(p - (double)i / count, (double)(i + 1) / count - p));
    }
    return distance * sqrt(count);
}

enum { SAMPLE = 50000 };
static double sample[SAMPLE];

Test(random, exponential_has_the_exponential_distribution) {
    struct random_stream stream;
    random_stream_init(&stream, 11, 0, 0);
    for (int i = 0; i < SAMPLE; i++) sample[i] = random_exponential(&stream, 3.0);
    cr_expect_lt(distance_to(sample, SAMPLE, gsl_cdf_exponential_P, 3.0), 1.63);
    cr_expect_gt(distance_to(sample, SAMPLE, gsl_cdf_exponential_P, 3.1), 1.63,
                 "the test can tell three percent apart");
}

Test(random, gsl_distributions_work_on_a_stream) {
    struct random_stream stream;
    random_stream_init(&stream, 12, 0, 0);
    for (int i = 0; i < SAMPLE; i++) sample[i] = gsl_ran_gaussian_ziggurat(&stream.gsl, 2.0);
    cr_expect_lt(distance_to(sample, SAMPLE, gsl_cdf_gaussian_P, 2.0), 1.63);
    for (int i = 0; i < SAMPLE; i++) sample[i] = gsl_ran_chisq(&stream.gsl, 3.0);
    cr_expect_lt(distance_to(sample, SAMPLE, gsl_cdf_chisq_P, 3.0), 1.63);
    cr_expect_str_eq(gsl_rng_name(&stream.gsl), "philox4x32");
}

Test(random, gsl_can_allocate_and_seed_one_of_its_own) {
    gsl_rng *own = gsl_rng_alloc(random_philox);
    gsl_rng_set(own, 42);
    struct random_stream stream;
    random_stream_init(&stream, 42, 0, 0);
    for (int i = 0; i < 10; i++) cr_expect_eq(gsl_rng_uniform(own), random_uniform(&stream));
    gsl_rng_free(own);
}

Test(random, below_favours_no_result) {
    struct random_stream stream;
    random_stream_init(&stream, 13, 0, 0);
    enum { SIDES = 7, THROWS = 700000 };
    int seen[SIDES] = {0};
    for (int i = 0; i < THROWS; i++) {
        uint32_t side = random_below(&stream, SIDES);
        cr_assert_lt(side, SIDES);
        seen[side]++;
    }
    double chi_squared = 0, expected = (double)THROWS / SIDES;
    for (int i = 0; i < SIDES; i++) chi_squared += (seen[i] - expected) * (seen[i] - expected) / expected;
    cr_expect_lt(chi_squared, gsl_cdf_chisq_Pinv(0.99, SIDES - 1));
    for (int i = 0; i < 100; i++) cr_expect_eq(random_below(&stream, 1), 0);
}

/* Two thirds of 2^32: without rejection, results below a third would come twice as often. */
Test(random, below_rejects_the_words_that_would_favour_small_results) {
    struct random_stream stream;
    random_stream_init(&stream, 14, 0, 0);
    uint32_t n = UINT32_C(2863311530);
    int low = 0;
    for (int i = 0; i < 100000; i++) low += random_below(&stream, n) < n / 2;
    cr_expect_lt(abs(low - 50000), 500);
}
