/* Workers of a netback that has some for each queue of a vif: where they run, how much they take at a time, and the
 * lock of the grant table they share. The paths are in models/paths/vif_queues.c. */
#ifndef IOPATH_MODELS_VIF_WORKERS_H
#define IOPATH_MODELS_VIF_WORKERS_H

struct machine;
struct queue;
struct stage;
struct station;

/* A softirq or thread of the vif that station->guest has, for one of its queues. */
void vif_worker_place(struct machine *machine, struct station *station, int queue);

/* Packets of `stage` wait in `queue` for the thread that unmaps them. */
void vif_worker_limit_batch(const struct machine *machine, const struct queue *queue, const struct stage *stage);

/* When all stations are there. */
void vif_workers_share_locks(struct machine *machine);

#endif
