#include "analysis/latin_hypercube.h"

#include "sim/random.h"

/* Streams of replication UINT32_MAX: no run uses them. */
void latin_hypercube(int points, int dimensions, uint64_t seed, double *point) {
    for (int d = 0; d < dimensions; d++) {
        struct random_stream stream;
        random_stream_init(&stream, seed, UINT32_MAX, (uint32_t)d);
        for (int i = 0; i < points; i++) { /* a random order of the parts, built as it goes (Fisher and Yates) */
            int j = (int)random_below(&stream, (uint32_t)i + 1);
            point[i * dimensions + d] = point[j * dimensions + d];
            point[j * dimensions + d] = i;
        }
        for (int i = 0; i < points; i++)
            point[i * dimensions + d] = (point[i * dimensions + d] + random_uniform(&stream)) / points;
    }
}
