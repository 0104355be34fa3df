/* Random streams: Philox 4x32-10 (Salmon et al., SC 2011), counter based.
 *
 * A stream is named by (seed, replication, component). Streams with different names never overlap, so a
 * component draws the same numbers whatever the rest of the model does: compared modes see common random
 * numbers. A stream is a gsl_rng, so every distribution of GSL works on it. */
#ifndef IOPATH_SIM_RANDOM_H
#define IOPATH_SIM_RANDOM_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

struct random_stream {
    gsl_rng gsl; /* points into this struct: do not copy it */
    uint32_t key[2];
    uint32_t counter[4];
    uint32_t block[4];
    unsigned left; /* unused words of block */
};

void random_stream_init(struct random_stream *stream, uint64_t seed, uint32_t replication, uint32_t component);

/* Uniform in [0, 1), 53 bits. */
double random_uniform(struct random_stream *stream);

/* Exponential with the given mean, in the unit of the mean. */
double random_exponential(struct random_stream *stream, double mean);

/* Uniform integer in [0, n), n > 0. */
uint32_t random_below(struct random_stream *stream, uint32_t n);

extern const gsl_rng_type *const random_philox;

#endif
