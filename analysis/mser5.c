#include "analysis/mser5.h"

enum { BATCH = 5 };

/* Relative to the first observation: a constant series is then all zeros, without rounding errors that
 * would look like a trend. */
static double batch_mean(const double *series, int batch) {
    double sum = 0;
    for (int i = 0; i < BATCH; i++) sum += series[batch * BATCH + i] - series[0];
    return sum / BATCH;
}

/* Squared standard error of the mean of the batches from `first` on, but for a constant. */
static double squared_error(const double *series, int first, int batches) {
    int kept = batches - first;
    double sum = 0, squares = 0;
    for (int i = first; i < batches; i++) sum += batch_mean(series, i);
    double mean = sum / kept;
    for (int i = first; i < batches; i++) {
        double away = batch_mean(series, i) - mean;
        squares += away * away;
    }
    return squares / ((double)kept * kept);
}

int mser5(const double *series, int count) {
    int batches = count / BATCH, best = 0;
    if (batches < 2) return 0;
    double least = squared_error(series, 0, batches);
    for (int first = 1; first * BATCH * 2 <= count; first++) {
        double error = squared_error(series, first, batches);
        if (error < least) { /* a tie keeps the longer series */
            least = error;
            best = first;
        }
    }
    return best * BATCH;
}
