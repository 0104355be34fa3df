/* How one station tells another that there is work: what it costs the teller, on which CPU the told one runs, when the
 * news arrives.
 *
 * Another CPU has to be interrupted, the teller's own not. A thread of an event loop chooses its CPU as it is woken. A
 * softirq that steers packets (models/guest/steering.c) tells the CPUs that sleep when its run is over: when it finds
 * no more packets or has used up its budget; or after a poll, if packets are steered to its own CPU as well, whose
 * backlog has its turn then. */
#ifndef IOPATH_MODELS_TELLING_H
#define IOPATH_MODELS_TELLING_H

#include "models/station.h"

/* Tells a sleeping station of a packet in front of `stage`. `from` produced it, NULL: a device. */
void tell_of_work(struct station *station, struct stage *stage, struct station *from);

bool must_tell(const struct station *station);
void tell_all(struct station *from);

/* A thread that chooses its CPU does so when it is woken; it counts there until it sleeps. */
void thread_wakes(struct station *thread, const struct station *from);
void thread_sleeps(struct station *thread);

static inline bool is_far(const struct processor *one, const struct processor *other) {
    return one->node != other->node;
}

/* The news arrives at the stage in `word`. */
void station_interrupted(struct sim *sim, void *object, uint64_t word);
/* What the station does with each packet, and more with one that another core produced. */
static inline sim_time packet_work(struct station *station, const struct packet *packet) {
    struct stage *stage = stage_of(packet);
    sim_time work = execute(stage, EACH);
    if (stage->traffic > 0) {
        station->traffic += stage->traffic;
        station->copying += stage->copying;
        station->copy_stage = stage;
    }
    if (packet->cpu == station->cpu || packet->cpu == NULL) return work;
    work += execute(stage, FOREIGN);
    return is_far(packet->cpu, station->cpu) ? work + execute(stage, FOREIGN_FAR) : work;
}

/* models/station.c: the next turn of a station's loop, and its end. Queues that are armed tell of what comes. */
void station_turn(struct station *station);
void station_sleep(struct station *station);
void station_rearm(struct station *station);

#endif
