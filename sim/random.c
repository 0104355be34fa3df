#include "sim/random.h"

#include <Random123/philox.h>
#include <math.h>
#include <string.h>

static uint32_t next_word(struct random_stream *stream) {
    if (stream->left == 0) {
        philox4x32_ctr_t counter;
        philox4x32_key_t key;
        memcpy(counter.v, stream->counter, sizeof counter.v);
        memcpy(key.v, stream->key, sizeof key.v);
        philox4x32_ctr_t block = philox4x32(counter, key);
        memcpy(stream->block, block.v, sizeof stream->block);
        if (++stream->counter[0] == 0) stream->counter[1]++;
        stream->left = 4;
    }
    return stream->block[4 - stream->left--];
}

double random_uniform(struct random_stream *stream) {
    uint64_t high = next_word(stream) >> 5, low = next_word(stream) >> 6;
    return (double)(high << 26 | low) * 0x1p-53;
}

double random_exponential(struct random_stream *stream, double mean) { return -mean * log1p(-random_uniform(stream)); }

uint32_t random_below(struct random_stream *stream, uint32_t n) {
    /* Rejects the few words that would favour small results. */
    uint32_t limit = UINT32_MAX - (UINT32_MAX % n + 1) % n, word;
    do word = next_word(stream);
    while (word > limit);
    return word % n;
}

static void start(struct random_stream *stream, uint64_t seed, uint32_t replication, uint32_t component) {
    stream->key[0] = (uint32_t)seed;
    stream->key[1] = (uint32_t)(seed >> 32);
    stream->counter[0] = stream->counter[1] = 0;
    stream->counter[2] = component;
    stream->counter[3] = replication;
    stream->left = 0;
}

static void gsl_set(void *state, unsigned long seed) { start(state, seed, 0, 0); }
static unsigned long gsl_get(void *state) { return next_word(state); }
static double gsl_get_double(void *state) { return random_uniform(state); }

static const gsl_rng_type philox_type = {
    .name = "philox4x32",
    .max = UINT32_MAX,
    .min = 0,
    .size = sizeof(struct random_stream),
    .set = gsl_set,
    .get = gsl_get,
    .get_double = gsl_get_double,
};
const gsl_rng_type *const random_philox = &philox_type;

void random_stream_init(struct random_stream *stream, uint64_t seed, uint32_t replication, uint32_t component) {
    start(stream, seed, replication, component);
    stream->gsl.type = &philox_type;
    stream->gsl.state = stream;
}
