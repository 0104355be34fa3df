#include "models/filling.h"

#include "models/back_pressure.h"
#include "models/guest/merging.h"
#include "models/telling.h"
#include "models/tlb_flush.h"
#include "models/unmap.h"

static int waiting(const struct station *station) {
    uint32_t count = 0;
    for (int i = 0; i < station->input_count; i++) count += ring_waiting(&station->inputs[i]->ring);
    return (int)count;
}

/* A softirq's poll loop turns once for 64 packets of any kind, an event loop for all that are ready; another thread
 * handles each kind of work of a turn in one go. */
static inline bool begins_poll(struct station *station, const struct stage *stage, const struct stage *last,
                               bool plain) {
    if (!plain && station->loop.look > 0) return false;                           /* looks are counted by the loop */
    if (!plain && station->big_lock != NULL) return station->big_lock_turns == 0; /* one round of the main loop */
    if (station->context == CONTEXT_TASK && !station->poll_takes_all) return last == NULL || stage->kind != last->kind;
    bool polls = !station->inline_ || station->register_route != NULL;
    if (station->poll_left > 0 || !polls) return false;
    station->poll_left = station->poll_takes_all ? 1 + waiting(station) : station->poll_length;
    station->poll_registers = 0;
    return true;
}

/* Books one packet into the turn; returns the work it adds. */
static inline sim_time add_to_turn(struct station *station, uint32_t index, const struct stage **polled, bool plain) {
    struct packet *packet = packet_at(&station->machine->packets, index);
    struct stage *stage = stage_of(packet);
    sim_time work = packet_work(station, packet);
    if (!plain) {
        bool pool = station->lock_kind == LOCK_OF_POOL, table = station->lock_kind == LOCK_OF_TABLE;
        if (table && (station->features & SHARES_GRANTS) != 0) station->lock = station->table_locks[stage->maps];
        station->locked += pool ? stage->pool_locked : table ? stage->locked : 0;
        station->lock_operations += pool ? stage->pool_operations : table ? stage->lock_operations : 0;
    }
    bool begins = begins_poll(station, stage, *polled, plain);
    if (begins) work += execute(stage, POLL);
    if (stage->work[TLB_FLUSH] > 0 && (begins || stage->flushes_each)) work += tlb_flush(station, stage);
    if (!plain && station->dma != NULL) work += unmap_packet(station, stage);
    *polled = stage;
    if (station->poll_left > 0) station->poll_left--;
    if (stage->poll_registers > station->poll_registers) station->poll_registers = stage->poll_registers;
    station->batch[station->batch_count++] = index;
    return work;
}

/* What the station has made itself goes first, one by one: no poll, nothing of another core. */
static sim_time take_urgent(struct station *station) {
    uint32_t index = station_take(station, station->urgent);
    if (index == PACKET_NONE) return 0;
    struct stage *stage = stage_of(packet_at(&station->machine->packets, index));
    station->batch[station->batch_count++] = index;
    return execute(stage, EACH);
}

static bool has_urgent(const struct station *station) {
    return station->urgent != NULL && ring_waiting(&station->urgent->ring) > 0;
}

/* A softirq that goes on as a thread has turns as long as those of the thread it shares the CPU with. */
static sim_time slice_of(const struct station *station, enum context context) {
    const struct runqueue *runqueue = station->runqueue;
    bool shares = context == CONTEXT_TASK && station->context == CONTEXT_SOFTIRQ && runqueue != NULL;
    return shares && runqueue->threads > 0 ? runqueue->last_turn : SIM_TIME_MAX;
}

/* Fills the turn: from every input as much as its quota, the first input another one each time, or sent packets first.
 * A softirq hands packets on one by one; clean-up, and whatever ksoftirqd or a thread does, comes in batches. */
static inline sim_time fill_turn(struct station *station, enum context context, bool plain) {
    sim_time work = 0, slice = plain ? SIM_TIME_MAX : slice_of(station, context);
    uint64_t bytes = 0;
    const struct stage *polled = NULL;
    int input = station->next_input;
    for (int i = 0; i < station->input_count; i++) {
        struct queue *queue = station->inputs[input];
        if (++input >= station->input_count) input = 0;
        for (int quota = station->input_quota; quota > 0 && station->batch_count < station->turn_limit; quota--) {
            uint32_t index = station_take(station, queue);
            if (index == PACKET_NONE) break;
            work += add_to_turn(station, index, &polled, plain);
            const struct packet *packet = packet_at(&station->machine->packets, index);
            if (!plain) {
                bytes += packet->bytes;
                if (station->turn_bytes > 0 && bytes >= station->turn_bytes) return work;
                if (work >= slice) return work;
            }
            if (context == CONTEXT_SOFTIRQ && !packet->route->program->is_completion) return work;
        }
    }
    return work;
}

/* A poll loop looks at its ports until one has something, and takes a burst of it; what is emptied in passing
 * comes along. */
static sim_time fill_poll(struct station *station) {
    sim_time work = 0;
    const struct stage *polled = NULL;
    int looks = 0, looked = 0;
    while (looked < station->input_count && station->batch_count == 0) {
        struct queue *queue = station->inputs[station->next_input];
        if (++station->next_input >= station->input_count) station->next_input = 0;
        looked++;
        looks += queue->port >= 0;
        for (int quota = queue->port < 0 ? 0 : POLL_BURST; quota > 0; quota--) {
            uint32_t index = station_take(station, queue);
            if (index == PACKET_NONE) break;
            work += add_to_turn(station, index, &polled, false);
        }
    }
    if (station->batch_count == 0) return 0;
    struct stage *found = stage_of(packet_at(&station->machine->packets, station->batch[0]));
    found->executed[POLL] += (uint64_t)looks;
    found->executed[BURST]++;
    work += looks * found->work[POLL] + found->work[BURST];
    for (int i = 0; i < station->input_count; i++) {
        struct queue *queue = station->inputs[i];
        while (queue->port < 0 && station->batch_count < BATCH_MAX) {
            uint32_t index = station_take(station, queue);
            if (index == PACKET_NONE) break;
            work += add_to_turn(station, index, &polled, false);
        }
    }
    return work;
}

/* Takes what there is for one turn, of a station with features. */
static sim_time fill_with_features(struct station *station, enum context context) {
    station->locked = station->lock_operations = 0;
    if (station->held_count > 0 && station->poll_left == 0) merging_end(station);
    sim_time work = has_urgent(station)      ? take_urgent(station)
                    : station->loop.look > 0 ? fill_poll(station)
                                             : fill_turn(station, context, false);
    if (station->batch_count == 0 && station->held_count > 0) {
        merging_end(station);
        work += take_urgent(station);
    }
    if (station->batch_count == 0 && station->untold_count > 0) {
        tell_all(station);
        work += station->debt;
        station->debt = 0;
    }
    if (station->of_caller && station->batch_count > 0)
        station->cpu = packet_at(&station->machine->packets, station->batch[0])->cpu;
    return work;
}

sim_time station_fill(struct station *station, enum context context) {
    return station->features == 0 ? fill_turn(station, context, true) : fill_with_features(station, context);
}
