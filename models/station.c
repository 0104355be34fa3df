#include "models/station.h"

#include "models/copying.h"
#include "models/filling.h"
#include "models/machine.h"
#include "models/reclaim.h"
#include "models/register_access.h"
#include "models/spinning.h"
#include "models/telling.h"
#include "models/unmap.h"

static void turned(struct sim *sim, void *object, uint64_t word);
static void unlock(struct station *station);

void station_rearm(struct station *station) {
    for (int i = 0; i < station->input_count; i++) reclaim_rearm(station->inputs[i]);
}

void station_sleep(struct station *station) {
    station->running = false;
    if (station->cpus != NULL) thread_sleeps(station);
    if (station->is_thread) station->runqueue->softirqs--;
    station->is_thread = false;
    station->worked = 0;
    station->poll_left = 0;
    station_rearm(station);
}

/* The register accesses at the end of a poll: posting receive buffers. */
static void end_poll(struct station *station) {
    station->registers_left = station->poll_registers;
    station->register_context = station->context;
    station->poll_registers = 0;
    station->poll_left = 0;
    registers_access(station);
}

/* A queueing discipline that has sent its share goes on in a softirq of the same CPU, unless somebody comes with a
 * packet before that has begun. */
static bool yields(struct station *station) {
    station->lets_go = false;
    if (!station->shared_by_loops || station->worked < (uint32_t)station->poll_length) return false;
    const struct queue *queue = station->inputs[0];
    if (ring_waiting(&queue->ring) == 0) return false;
    uint32_t head = queue->ring.entries[queue->ring.head & queue->ring.mask];
    station->worked = 0;
    station->lets_go = true;
    station->debt += execute(stage_of(packet_at(&station->machine->packets, head)), POLL);
    return true;
}

/* The end of a turn for what only stations with features do; true if the station goes on by itself. */
static bool end_turn(struct station *station, int count) {
    if (station->big_lock != NULL && ++station->big_lock_turns >= station->big_lock_limit) unlock(station);
    station->untold_packets += (uint32_t)count;
    if (must_tell(station)) tell_all(station);
    if (!yields(station)) return false;
    sim_time work = station->debt;
    station->debt = 0;
    station->busy += work;
    processor_submit(station->cpu, station->context, work, turned, station, 0);
    return true;
}

/* A long turn goes on behind whatever else waits for its CPU. */
static void submit_slice(struct station *station, sim_time work) {
    sim_time now = work < station->slice ? work : station->slice;
    station->left = work - now;
    processor_submit(station->cpu, station->turn_context, now, turned, station, 0);
}

static void turned(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    struct station *station = object;
    if (station->left > 0) {
        submit_slice(station, station->left);
        return;
    }
    if (station->flushes > 0) {
        station->flushes--;
        unmap_invalidate(station, station->turn_context, turned);
        return;
    }
    if (station->registers_first && station->poll_registers > 0) {
        end_poll(station);
        return;
    }
    int count = station->batch_count;
    station->batch_count = 0;
    station->worked += (uint32_t)count;
    for (int i = 0; i < count; i++) station_finish(station->machine, station->batch[i], station);
    if (station->features != 0 && end_turn(station, count)) return;
    if (station->poll_left == 0 && station->poll_registers > 0)
        end_poll(station);
    else
        station_turn(station);
}

void station_resumed(struct station *station) { turned(&station->machine->sim, station, 0); }

static void needs_lock(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    struct station *station = object;
    ticket_lock_take(station->lock, station);
}

/* Whether nothing is left: the loop goes on in vain from where it is, or the station sleeps. */
static bool goes_idle(struct station *station, sim_time work) {
    if (station->batch_count > 0 || work > 0) return false;
    if (station->loop.look > 0) {
        int port = station->inputs[station->next_input]->port;
        station->loop.idle_since = station->machine->sim.now;
        station->loop.idle_at = port < 0 ? 0 : port;
    }
    if (station->big_lock != NULL && station->big_lock->holder == station) unlock(station);
    if (station->spin.most == 0 || !spinning_begins(station)) station_sleep(station);
    return true;
}

static inline void submit_plain(struct station *station, enum context context, sim_time work) {
    station->busy += work;
    station->turn_context = context;
    processor_submit(station->cpu, context, work, turned, station, 0);
}

static void submit(struct station *station, enum context context, sim_time work) {
    if (station->cpus != NULL) station->runqueue->last_turn = work;
    if (station->lock != NULL && station->lock_operations > 0) {
        station->busy += work;
        station->turn_context = context;
        if (station->lock->exclusive) work -= station->locked;
        processor_submit(station->cpu, context, work, needs_lock, station, 0);
        return;
    }
    if (station->slice > 0) {
        station->busy += work;
        station->turn_context = context;
        submit_slice(station, work);
        return;
    }
    submit_plain(station, context, work);
    /* The vCPU's own thread does it, whether for the access that it has stopped at or before it takes that up. */
    if (station->of_caller && station->cpu->stalled) processor_resume(station->cpu);
}

/* Lets go of the big lock. The station that has waited for it goes on. */
static void unlock(struct station *station) {
    station->big_lock_turns = 0;
    struct station *next = big_lock_pass(station->big_lock);
    if (next != NULL) submit(next, next->context, next->held_back);
}

/* Submits a turn's work, as soon as the station has its lock. Waiting for it costs a sleep and a wake-up. */
static void start_turn(struct station *station, enum context context, sim_time work) {
    if (station->big_lock == NULL || big_lock_take(station->big_lock, station)) {
        submit(station, context, work);
        return;
    }
    if (station->batch_count > 0) {
        struct stage *stage = stage_of(packet_at(&station->machine->packets, station->batch[0]));
        work += stage->work[CONTENDED];
        stage->executed[CONTENDED]++;
    }
    /* In the middle of a batch of frames the vCPU is not in the guest, though nobody answers its call. */
    if (station->of_caller && station->big_lock_limit > 1 && !station->cpu->stalled) processor_stall(station->cpu);
    station->held_back = work;
}

/* A softirq that has used up its budget goes on as a thread. */
static enum context overdue(struct station *station) {
    if (station->runqueue != NULL && !station->is_thread) {
        station->is_thread = true;
        station->runqueue->softirqs++;
    }
    return CONTEXT_TASK;
}

/* How much longer the copies of this turn take. */
static sim_time wait_for_memory(struct station *station) {
    sim_time wait =
        copying_waits(station->machine, station->cpu, station->copy_stage, station->traffic, station->copying);
    station->traffic = station->copying = 0;
    return wait;
}

/* One turn of the loop: takes what there is and submits the work of all of it. */
void station_turn(struct station *station) {
    bool plain = station->features == 0;
    enum context context = station->context;
    if (context == CONTEXT_SOFTIRQ && station->worked > station->budget) context = overdue(station);
    sim_time work = station->debt;
    station->debt = 0;
    station->batch_count = 0;
    work += station_fill(station, context);
    if (station->traffic > 0) work += wait_for_memory(station);
    if (station->loop.look == 0 && (++station->next_input >= station->input_count || station->cleans_first))
        station->next_input = 0;
    if (station->batch_count == 0 && station->poll_registers > 0) {
        /* The poll ends early, and with it come the accesses at its end. */
        station->debt = work;
        end_poll(station);
        return;
    }
    if (!plain && station->channel != NULL && station->channel->raised)
        event_channel_end(station->channel, station->machine->sim.now, station->batch_count > 0);
    if (goes_idle(station, work)) return;
    if (plain)
        submit_plain(station, context, work);
    else
        start_turn(station, context, work);
}

static bool chooses_among(const struct station *thread, const struct processor *cpu) {
    return thread->cpus != NULL && cpus_number(thread->cpus, cpu) >= 0;
}

/* A softirq looks at the threads of its CPU only where threads choose theirs. */
static bool shares_runqueue(const struct station *station) {
    const struct machine *machine = station->machine;
    if (station->runqueue == NULL) return false;
    for (int i = 0; i < machine->station_count; i++)
        if (chooses_among(machine->stations[i], station->cpu)) return true;
    for (int i = 0; i < machine->flow_count; i++)
        if (chooses_among(&machine->flows[i]->thread, station->cpu)) return true;
    return false;
}

void stations_ready(struct machine *machine) {
    for (int i = 0; i < machine->station_count; i++) {
        struct station *station = machine->stations[i];
        bool chooses = station->cpus != NULL;
        if (!chooses && !shares_runqueue(station)) station->runqueue = NULL;
        station->features =
            (station->loop.look > 0 ? POLLS_PORTS : 0u) | (station->urgent != NULL ? MAKES_PACKETS : 0u) |
            (station->lock != NULL ? SHARES_GRANTS : 0u) | (station->big_lock != NULL ? SHARES_BIG_LOCK : 0u) |
            (station->dma != NULL ? UNMAPS : 0u) | (station->of_caller ? SERVES_CALLERS : 0u) |
            (station->untold != NULL ? TELLS_LATE : 0u) | (station->shared_by_loops ? YIELDS : 0u) |
            (chooses || station->runqueue != NULL ? SHARES_RUNQUEUE : 0u) |
            (station->turn_bytes > 0 ? READS_BYTES : 0u) | (station->channel != NULL ? HANDLES_EVENTS : 0u) |
            (station->slice > 0 ? TAKES_SLICES : 0u);
    }
}
