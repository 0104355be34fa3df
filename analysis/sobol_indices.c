#include "analysis/sobol_indices.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <stdlib.h>

#include "sim/random.h"

enum { RESAMPLES = 1000 };

/* The values of one function, sample by sample, and the rows of the design that count: each once, or a resample. */
struct evaluated {
    int inputs, samples;
    const double *values;
    const int *rows; /* as many as samples; NULL: each once */
};

static const double *values_at(const struct evaluated *f, int sample) {
    return &f->values[(size_t)sample * (size_t)f->samples];
}

static int row_at(const struct evaluated *f, int j) { return f->rows != NULL ? f->rows[j] : j; }

/* Mean and variance over A and B. */
static void moments(const struct evaluated *f, double *mean, double *variance) {
    const double *a = values_at(f, 0), *b = values_at(f, f->inputs + 1);
    double sum = 0, squares = 0;
    for (int j = 0; j < f->samples; j++) sum += a[row_at(f, j)] + b[row_at(f, j)];
    *mean = sum / (2.0 * f->samples);
    for (int j = 0; j < f->samples; j++) {
        double from_a = a[row_at(f, j)] - *mean, from_b = b[row_at(f, j)] - *mean;
        squares += from_a * from_a + from_b * from_b;
    }
    *variance = squares / (2.0 * f->samples);
}

static double first_effect(const struct evaluated *f, int input, double mean) {
    const double *a = values_at(f, 0), *ab = values_at(f, input + 1), *b = values_at(f, f->inputs + 1);
    double sum = 0;
    for (int j = 0; j < f->samples; j++) {
        int row = row_at(f, j);
        sum += (b[row] - mean) * (ab[row] - a[row]);
    }
    return sum / f->samples;
}

static double total_effect(const struct evaluated *f, int input) {
    const double *a = values_at(f, 0), *ab = values_at(f, input + 1);
    double sum = 0;
    for (int j = 0; j < f->samples; j++) {
        double difference = a[row_at(f, j)] - ab[row_at(f, j)];
        sum += difference * difference;
    }
    return sum / (2.0 * f->samples);
}

/* First-order indices into shares[0], total ones into shares[inputs], each `stride` apart. */
static void estimate(const struct evaluated *f, double *shares, size_t stride) {
    double mean, variance;
    moments(f, &mean, &variance);
    for (int i = 0; i < f->inputs; i++) {
        shares[(size_t)i * stride] = variance > 0 ? first_effect(f, i, mean) / variance : 0;
        shares[(size_t)(f->inputs + i) * stride] = variance > 0 ? total_effect(f, i) / variance : 0;
    }
}

/* Where 95 % of the resamples lie; sorts them. */
static void set_interval(struct sobol_share *share, double *resampled) {
    gsl_sort(resampled, 1, RESAMPLES);
    share->low = gsl_stats_quantile_from_sorted_data(resampled, 1, RESAMPLES, 0.025);
    share->high = gsl_stats_quantile_from_sorted_data(resampled, 1, RESAMPLES, 0.975);
}

/* resampled[s * RESAMPLES + r] is share s of resample r. */
static void bootstrap(struct evaluated f, uint64_t seed, int *rows, double *resampled, struct sobol_index *indices) {
    struct random_stream stream; /* of a replication that no run has; component 0 shifts the design */
    random_stream_init(&stream, seed, UINT32_MAX - 1, 1);
    f.rows = rows;
    for (int r = 0; r < RESAMPLES; r++) {
        for (int j = 0; j < f.samples; j++) rows[j] = (int)random_below(&stream, (uint32_t)f.samples);
        estimate(&f, &resampled[r], RESAMPLES);
    }
    for (int i = 0; i < f.inputs; i++) {
        set_interval(&indices[i].first, &resampled[(size_t)i * RESAMPLES]);
        set_interval(&indices[i].total, &resampled[(size_t)(f.inputs + i) * RESAMPLES]);
    }
}

enum iop_status sobol_indices(int inputs, int samples, const double *values, uint64_t seed, struct sobol_index *indices,
                              struct diag *diag) {
    const struct evaluated f = {inputs, samples, values, NULL};
    size_t shares = 2 * (size_t)inputs;
    double *resampled = calloc(shares * RESAMPLES, sizeof *resampled);
    int *rows = calloc((size_t)samples, sizeof *rows);
    enum iop_status status = IOP_OK;
    if (resampled == NULL || rows == NULL) {
        status = diag_set(diag, IOP_NO_MEMORY, "out of memory for indices of %d inputs", inputs);
    } else {
        estimate(&f, resampled, 1);
        for (int i = 0; i < inputs; i++) {
            indices[i].first.value = resampled[i];
            indices[i].total.value = resampled[inputs + i];
        }
        bootstrap(f, seed, rows, resampled, indices);
    }
    free(rows);
    free(resampled);
    return status;
}

void sobol_total_effects(int inputs, int samples, const double *values, double *effects) {
    const struct evaluated f = {inputs, samples, values, NULL};
    for (int i = 0; i < inputs; i++) effects[i] = total_effect(&f, i);
}
