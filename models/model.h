/* A model ready to run: the simulated machines of one configuration, one replication. */
#ifndef IOPATH_MODELS_MODEL_H
#define IOPATH_MODELS_MODEL_H

#include "models/config.h"
#include "models/result.h"
#include "sim/diag.h"

struct model;

/* Builds everything and allocates all memory a run needs. NULL on failure, with the reason in `diag`.
 * The same (config, seed, replication) gives the same run, bit for bit; two modes under the same seed and
 * replication see the same random numbers per component. `config` must outlive the model. */
struct model *model_new(const struct model_config *config, uint64_t seed, uint32_t replication, struct diag *diag);
void model_free(struct model *model);

/* Simulates `warmup` + `duration` and fills `result` with what happened after the warm-up.
 * Returns IOP_CHECK_FAILED, with `result` complete, if an invariant did not hold. */
enum iop_status model_run(struct model *model, sim_time warmup, sim_time duration, struct run_result *result,
                          struct diag *diag);

/* What model_run_batches measured in batch `index`, from 0; the result is the model's and gone after the call. Whatever
 * is not IOP_OK ends the run. */
typedef enum iop_status model_batch(void *user, int index, const struct run_result *result, struct diag *diag);

/* Simulates `warmup` + `duration` once and measures `batches` >= 1 parts of equal length after the warm-up, each by
 * itself: what is under way when one ends goes on in the next, and a latency counts where it ends. Events and simulated
 * time of a result are those of the run so far. IOP_CHECK_FAILED is of the first batch after which an invariant did not
 * hold, and comes when all are done. */
enum iop_status model_run_batches(struct model *model, sim_time warmup, sim_time duration, int batches,
                                  model_batch *measured, void *user, struct diag *diag);

/* Operational bounds, without simulating: what the demands of one packet on each resource allow. */
struct bound {
    int guest, workload;
    double pps;       /* or transactions per second */
    double latency_s; /* sum of all services and flights, nothing waiting */
    char bottleneck[NAME_MAX_BYTES * 2];
};

/* Fills at most `max` bounds, one per workload (both directions of a stream count as one). */
enum iop_status model_bounds(const struct model_config *config, struct bound *bounds, int max, int *count,
                             struct diag *diag);

#endif
