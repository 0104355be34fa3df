#include "analysis/sobol_sequence.h"

#include <gsl/gsl_qrng.h>
#include <math.h>
#include <string.h>

#include "sim/random.h"

enum iop_status sobol_sequence(int points, int dimensions, uint64_t seed, enum sobol_begin begin, double *point,
                               struct diag *diag) {
    gsl_qrng *sequence = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)dimensions);
    if (sequence == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory for %d samples", points);
    double shift[SOBOL_DIMENSIONS_MAX];
    struct random_stream stream; /* of a replication that no run has, nor a Latin hypercube */
    random_stream_init(&stream, seed, UINT32_MAX - 1, 0);
    for (int d = 0; d < dimensions; d++) shift[d] = random_uniform(&stream);
    for (int j = 0; j < points; j++) {
        double *row = &point[(size_t)j * (size_t)dimensions];
        if (j == 0 && begin == SOBOL_FROM_ORIGIN)
            memset(row, 0, (size_t)dimensions * sizeof *row);
        else
            gsl_qrng_get(sequence, row);
        for (int d = 0; d < dimensions; d++) row[d] = fmod(row[d] + shift[d], 1);
    }
    gsl_qrng_free(sequence);
    return IOP_OK;
}
