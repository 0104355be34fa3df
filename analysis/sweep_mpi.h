/* A sweep on several processes, started by mpirun.
 *
 * Rank 0 owns the store and hands out points one at a time, to the other ranks by message and to threads of its own.
 * Every rank reads the scenario itself; a point goes over the wire as its number. The other ranks ask, rank 0 answers:
 * each message is a struct sweep_message and the `bytes` of its payload, each request has one answer of the same kind.
 *
 *   kind    request                            answer
 *   HELLO   plan; or status, text: no plan     -
 *   NEXT    point, status, text, outcome:      point, or -1: there is none left, or the sweep is stopping
 *           what came of the last point (-1)
 *   HAVE    key, count: room                   count, warmup_s; numbers as int[count]
 *   ADD     key, replication;                  status (IOP_INTERRUPTED: is kept, but the sweep is stopping), text
 *           its values as struct store_value[]
 *   ABSENT  key, text: the reason              status, text
 *   VISIT   key                                status, text; for each metric struct store_value, int64_t n, double[n]
 *   LEAVE   -                                  status of the whole sweep; comes when rank 0 has said all there is to
 * say
 *
 * Bytes go as they are in memory: all ranks run the same program on machines of one kind. `plan` tells ranks that read
 * other files, have another catalog or another version apart, and they are refused.
 *
 * Waiting is polling with naps, since a waiting MPI call would take the CPU that rank 0 computes on. A nap is at most
 * 1/32 of the time waited, and a millisecond: that is the price of an answer. */
#ifndef IOPATH_ANALYSIS_SWEEP_MPI_H
#define IOPATH_ANALYSIS_SWEEP_MPI_H

#include <stdint.h>

#include "analysis/sweep.h"
#include "analysis/sweep_wire.h"

enum sweep_message_kind {
    SWEEP_HELLO,
    SWEEP_NEXT,
    SWEEP_HAVE,
    SWEEP_ADD,
    SWEEP_ABSENT,
    SWEEP_VISIT,
    SWEEP_LEAVE,
};

struct sweep_message {
    enum sweep_message_kind kind;
    enum iop_status status;
    int point; /* its place among those that the sweep takes */
    int count;
    uint64_t plan;
    uint64_t bytes; /* of the payload that follows */
    double warmup_s;
    char key[STORE_KEY_MAX];
    struct sweep_outcome outcome;
    struct store_replication replication; /* `values` means nothing */
    char text[sizeof(struct diag)];
};

/* Rank 0's view of the others; {wire, 0} to begin with. */
struct sweep_ranks {
    const struct sweep_wire *wire;
    int left; /* ranks that wait for the end */
};

/* On rank 0, as sweep_run: crew->jobs threads (below 1: one) beside the calling one, which serves the others and calls
 * crew->progress every 0.1 s. Returns when all ranks have finished. A failure of any rank stops all of them after the
 * replication that they are at, as does `progress`. */
enum iop_status sweep_mpi_serve(const struct sweep_plan *plan, struct store *store, const struct crew *crew,
                                struct sweep_ranks *ranks, struct sweep_outcome *outcome, struct diag *diag);

/* On rank 0, always and last: tells the others how it ended, whether or not it came to sweep_mpi_serve. */
void sweep_mpi_dismiss(struct sweep_ranks *ranks, enum iop_status status);

/* On the other ranks: works for rank 0 on `jobs` threads (below 1: one) and returns what sweep_mpi_dismiss was given.
 * `plan` is NULL if it could not be made, with the status and the message of that. */
enum iop_status sweep_mpi_work(const struct sweep_plan *plan, enum iop_status status, const struct diag *diag, int jobs,
                               const struct sweep_wire *wire);

#endif
