#include "models/station.h"

#include <string.h>

#include "models/guest/merging.h"
#include "models/guest/runqueue.h"
#include "models/guest/segmentation.h"
#include "models/hardware/wire.h"
#include "models/machine.h"
#include "models/reclaim.h"
#include "models/telling.h"
#include "models/unmap.h"

static void turned(struct sim *sim, void *object, uint64_t word);
static void approach(struct station *station);
static void unlock(struct station *station);
static void woken(struct sim *sim, void *object, uint64_t word);

static struct stage *stage_of(const struct packet *packet) { return &packet->route->program->stages[packet->stage]; }

/* ---- waking ---------------------------------------------------------------------------------------- */

void station_interrupted(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    struct station *station = object;
    struct stage *stage = (struct stage *)(uintptr_t)word;
    sim_time work = stage->work[WAKE];
    station->interrupt = EVENT_NONE;
    stage->executed[WAKE]++;
    bool halted = processor_idles(station->cpu) && !processor_polls(station->cpu);
    if (halted && !station->told_by_own_cpu) {
        work += stage->work[WAKE_IDLE];
        stage->executed[WAKE_IDLE]++;
    }
    station->registers_left = stage->register_accesses;
    station->register_context = station->wake_context;
    station->busy += work;
    processor_submit(station->cpu, station->wake_context, work, woken, station, 0);
}

/* ---- polling --------------------------------------------------------------------------------------- */

static void reached(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    struct station *station = object;
    station->reach = EVENT_NONE;
    station->next_input = (int)word;
    station_turn(station);
}

/* Something waits at a port of a poll loop. If the loop is idle it comes by when its turn reaches the port. */
static void approach(struct station *station) {
    struct sim *sim = &station->machine->sim;
    if (station->running && station->reach == EVENT_NONE) return; /* at work */
    sim_time at = SIM_TIME_MAX;
    int input = 0;
    for (int i = 0; i < station->input_count; i++) {
        const struct queue *queue = station->inputs[i];
        if (queue->port < 0 || ring_waiting(&queue->ring) == 0) continue;
        sim_time reaches = poll_loop_reaches(&station->loop, queue->port, sim->now);
        if (reaches >= at) continue;
        at = reaches;
        input = i;
    }
    if (station->running && at >= station->reach_at) return;
    if (station->running) sim_cancel(sim, station->reach);
    station->running = true;
    station->reach_at = at;
    station->reach = sim_at(sim, at, reached, station, (uint64_t)input);
}

/* ---- registers ------------------------------------------------------------------------------------- */

static void register_asked(struct sim *sim, void *object, uint64_t word);

/* Makes the register accesses that are due, one after the other, then goes on with its work. */
static void access_registers(struct station *station) {
    if (station->registers_left == 0 || station->register_route == NULL) {
        station_turn(station);
        return;
    }
    station->registers_left--;
    sim_time work = station->register_route->program->stages[0].work[EACH] + station->debt;
    station->debt = 0;
    station->busy += work;
    processor_submit(station->cpu, station->register_context, work, register_asked, station, 0);
}

static void register_asked(struct sim *sim, void *object, uint64_t word) {
    (void)word;
    struct station *station = object;
    struct machine *machine = station->machine;
    uint32_t index = packet_take(&machine->packets);
    struct packet *packet = packet_at(&machine->packets, index);
    *packet = (struct packet){.born = sim->now, .route = station->register_route, .cpu = station->cpu};
    packet->route->program->stages[0].executed[EACH]++;
    packet->stage = 1;
    station_deliver(machine, index, station);
}

static void woken(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    access_registers(object);
}

/* The answer of the device model has reached the vCPU. */
static void register_answered(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    struct station *station = object;
    access_registers(station);
    processor_resume(station->cpu);
}

/* The same for a packet. The queueing discipline that sent it may by now be at work on another CPU. */
static void packet_answered(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    processor_resume(object);
}

/* ---- back-pressure --------------------------------------------------------------------------------- */

static void wait_for(struct queue *queue, struct station *station) {
    for (int i = 0; i < queue->waiter_count; i++)
        if (queue->waiters[i] == station) return;
    assert(queue->waiter_count < WAITERS_MAX);
    queue->waiters[queue->waiter_count++] = station;
}

/* Slots of `queue` have become free: producers that wait for it go on. The queueing discipline goes on
 * where the slots were freed, the others are on CPUs of their own. */
static void space(struct queue *queue, struct station *from) {
    if (ring_space(&queue->ring) < queue->wake_free) return;
    int count = queue->waiter_count;
    struct station *waiters[WAITERS_MAX];
    memcpy(waiters, queue->waiters, (size_t)count * sizeof waiters[0]);
    queue->waiter_count = 0;
    for (int i = 0; i < count; i++) {
        struct station *station = waiters[i];
        if (station->worker == WORKER_APP) {
            flow_has_room(station);
            continue;
        }
        if (station->loop.look > 0) {
            approach(station);
            continue;
        }
        if (station->running) continue;
        station->running = true;
        if (station->inline_ && from != NULL) station->cpu = from->cpu;
        station_turn(station);
    }
}

static inline void release(struct queue *queue, uint32_t slots, struct station *from) {
    ring_release(&queue->ring, slots);
    if (queue->waiter_count > 0) space(queue, from);
}

/* ---- working --------------------------------------------------------------------------------------- */

static inline bool reserve(struct station *station, const struct route *route, int next, bool *reserved) {
    *reserved = false;
    if (next >= route->program->stage_count) return true;
    struct queue *queue = route->queues[next];
    if (queue->drops && station->worker != WORKER_APP) return true;
    uint32_t slots = route->program->stages[next].slots;
    bool full = ring_space(&queue->ring) < queue->reserved + slots;
    if (full && queue->used != NULL) {
        reclaim_in_passing(queue, station);
        full = ring_space(&queue->ring) < queue->reserved + slots;
        if (full) reclaim_ask(queue);
    }
    if (full) {
        wait_for(queue, station);
        return false;
    }
    queue->reserved += slots;
    *reserved = true;
    return true;
}

bool station_reserve(struct station *station, const struct route *route, int next, bool *reserved) {
    return reserve(station, route, next, reserved);
}

/* Whether the packet's next queue has room, and if so promises it. */
static inline bool reserve_next(struct station *station, struct packet *packet) {
    return reserve(station, packet->route, packet->stage + 1, &packet->reserved);
}

static void limit_allows(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    struct queue *queue = object;
    queue->limit_waits = false;
    if (queue->consumer->loop.look > 0) {
        approach(queue->consumer);
        return;
    }
    if (queue->consumer->running) return;
    queue->consumer->running = true;
    station_turn(queue->consumer);
}

/* A vif's credit, as netback keeps it: a burst goes through at once, beyond it the ring waits, and so it does for
 * the cap of the flow of its next frame. */
static bool within_limit(struct station *station, struct queue *queue, const struct packet *packet) {
    sim_time allowed = shaper_allows(queue->limit);
    if (packet->flow_limit != NULL && bucket_allows(packet->flow_limit) > allowed)
        allowed = bucket_allows(packet->flow_limit);
    if (allowed <= station->machine->sim.now) return true;
    if (!queue->limit_waits) sim_at(&station->machine->sim, allowed, limit_allows, queue, 0);
    queue->limit_waits = true;
    return false;
}

static void use_limit(const struct station *station, struct queue *queue, struct packet *packet) {
    double bytes = segmentation_wire_bytes(packet);
    shaper_take(queue->limit, station->machine->sim.now, bytes);
    if (packet->flow_limit != NULL) bucket_take(packet->flow_limit, station->machine->sim.now, bytes);
    packet->flow_limit = NULL;
}

/* The next packet of `queue` that can be worked on; PACKET_NONE if there is none. */
static inline uint32_t take(struct station *station, struct queue *queue) {
    if (ring_waiting(&queue->ring) == 0) return PACKET_NONE;
    uint32_t head = queue->ring.entries[queue->ring.head & queue->ring.mask];
    struct packet *packet = packet_at(&station->machine->packets, head);
    if (queue->limit != NULL && !within_limit(station, queue, packet)) return PACKET_NONE;
    if (!reserve_next(station, packet)) return PACKET_NONE;
    ring_pop(&queue->ring);
    if (queue->limit != NULL) use_limit(station, queue, packet);
    if (!queue->held) release(queue, stage_of(packet)->slots, station);
    return head;
}

static void sleep_now(struct station *station) {
    station->running = false;
    if (station->worker == WORKER_LOOP && station->guest >= 0) station->runqueue->threads--;
    if (station->is_thread) station->runqueue->softirqs--;
    station->is_thread = false;
    station->worked = 0;
    station->poll_left = 0;
    for (int i = 0; i < station->input_count; i++) reclaim_rearm(station->inputs[i]);
}

/* The register accesses at the end of a poll: posting receive buffers. */
static void end_poll(struct station *station) {
    station->registers_left = station->poll_registers;
    station->register_context = station->context;
    station->poll_registers = 0;
    station->poll_left = 0;
    access_registers(station);
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

static void turned(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    struct station *station = object;
    if (station->flushes > 0) {
        station->flushes--;
        unmap_invalidate(station, station->turn_context, turned);
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
    grant_lock_take(station->lock, station);
}

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

static void interrupted_by_flush(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)object;
    (void)word;
}

/* A turn that flushes TLBs interrupts every other vCPU of dom0 that is at work; those that idle flush when they
 * wake. */
static void shoot_down(struct station *station, struct stage *stage) {
    struct server_state *server = &station->machine->servers[station->server];
    for (int i = 0; i < server->dom0_count; i++) {
        struct processor *cpu = &server->dom0[i];
        if (cpu == station->cpu || cpu->running == PROCESSOR_IDLE) continue;
        stage->executed[SHOOTDOWN]++;
        processor_submit(cpu, CONTEXT_HYPERVISOR, stage->work[SHOOTDOWN], interrupted_by_flush, station, 0);
    }
}

/* Books one packet into the turn; returns the work it adds. */
static inline sim_time add_to_turn(struct station *station, uint32_t index, const struct stage **polled, bool plain) {
    struct packet *packet = packet_at(&station->machine->packets, index);
    struct stage *stage = stage_of(packet);
    sim_time work = execute(stage, EACH);
    if (!plain) {
        station->locked += stage->locked;
        station->lock_operations += stage->lock_operations;
    }
    if (packet->cpu != station->cpu && packet->cpu != NULL) {
        work += execute(stage, FOREIGN);
        if (is_far(packet->cpu, station->cpu)) work += execute(stage, FOREIGN_FAR);
    }
    if (begins_poll(station, stage, *polled, plain)) {
        work += execute(stage, POLL);
        if (stage->work[SHOOTDOWN] > 0) shoot_down(station, stage);
    }
    if (!plain && station->dma != NULL) work += unmap_packet(station, stage);
    *polled = stage;
    if (station->poll_left > 0) station->poll_left--;
    if (stage->poll_registers > station->poll_registers) station->poll_registers = stage->poll_registers;
    station->batch[station->batch_count++] = index;
    return work;
}

/* What the station has made itself goes first, one by one: no poll, nothing of another core. */
static sim_time take_urgent(struct station *station) {
    uint32_t index = take(station, station->urgent);
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
            uint32_t index = take(station, queue);
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
            uint32_t index = take(station, queue);
            if (index == PACKET_NONE) break;
            work += add_to_turn(station, index, &polled, false);
        }
    }
    if (station->batch_count == 0) return 0;
    struct stage *found = stage_of(packet_at(&station->machine->packets, station->batch[0]));
    found->executed[POLL] += (uint64_t)looks;
    work += looks * found->work[POLL];
    for (int i = 0; i < station->input_count; i++) {
        struct queue *queue = station->inputs[i];
        while (queue->port < 0 && station->batch_count < BATCH_MAX) {
            uint32_t index = take(station, queue);
            if (index == PACKET_NONE) break;
            work += add_to_turn(station, index, &polled, false);
        }
    }
    return work;
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
    sleep_now(station);
    return true;
}

static inline void submit_plain(struct station *station, enum context context, sim_time work) {
    station->busy += work;
    station->turn_context = context;
    processor_submit(station->cpu, context, work, turned, station, 0);
}

static void submit(struct station *station, enum context context, sim_time work) {
    if (station->worker == WORKER_LOOP && station->runqueue != NULL) station->runqueue->last_turn = work;
    if (station->lock != NULL && station->lock_operations > 0) {
        station->busy += work;
        station->turn_context = context;
        if (station->lock->exclusive) work -= station->locked;
        processor_submit(station->cpu, context, work, needs_lock, station, 0);
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
    station->held_back = work;
}

/* Takes what there is for one turn, of a station with features. */
static sim_time fill(struct station *station, enum context context) {
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

/* A softirq that has used up its budget goes on as a thread. */
static enum context overdue(struct station *station) {
    if (station->runqueue != NULL && !station->is_thread) {
        station->is_thread = true;
        station->runqueue->softirqs++;
    }
    return CONTEXT_TASK;
}

/* One turn of the loop: takes what there is and submits the work of all of it. */
void station_turn(struct station *station) {
    bool plain = station->features == 0;
    enum context context = station->context;
    if (context == CONTEXT_SOFTIRQ && station->worked > station->budget) context = overdue(station);
    sim_time work = station->debt;
    station->debt = 0;
    station->batch_count = 0;
    work += plain ? fill_turn(station, context, true) : fill(station, context);
    if (station->loop.look == 0 && (++station->next_input >= station->input_count || station->cleans_first))
        station->next_input = 0;
    if (station->batch_count == 0 && station->poll_registers > 0) {
        /* The poll ends early, and with it come the accesses at its end. */
        station->debt = work;
        end_poll(station);
        return;
    }
    if (goes_idle(station, work)) return;
    if (plain)
        submit_plain(station, context, work);
    else
        start_turn(station, context, work);
}

/* Only threads of event loops look at the others of their CPU. */
static bool shares_runqueue(const struct station *station) {
    const struct machine *machine = station->machine;
    if (station->runqueue == NULL) return false;
    for (int i = 0; i < machine->station_count; i++)
        if (machine->stations[i]->worker == WORKER_LOOP && machine->stations[i]->guest == station->guest) return true;
    return false;
}

void stations_ready(struct machine *machine) {
    for (int i = 0; i < machine->station_count; i++) {
        struct station *station = machine->stations[i];
        bool loop = station->worker == WORKER_LOOP;
        if (!loop && !shares_runqueue(station)) station->runqueue = NULL;
        station->features =
            (station->loop.look > 0 ? POLLS_PORTS : 0u) | (station->urgent != NULL ? MAKES_PACKETS : 0u) |
            (station->lock != NULL ? SHARES_GRANTS : 0u) | (station->big_lock != NULL ? SHARES_BIG_LOCK : 0u) |
            (station->dma != NULL ? UNMAPS : 0u) | (station->of_caller ? SERVES_CALLERS : 0u) |
            (station->untold != NULL ? TELLS_LATE : 0u) | (station->shared_by_loops ? YIELDS : 0u) |
            (loop || station->runqueue != NULL ? SHARES_RUNQUEUE : 0u) | (station->turn_bytes > 0 ? READS_BYTES : 0u);
    }
}

/* ---- packets --------------------------------------------------------------------------------------- */

void station_lose(struct machine *machine, uint32_t index, enum lost where, struct station *from) {
    struct packet *packet = packet_at(&machine->packets, index);
    struct stage *stage = stage_of(packet);
    flow_lost(packet->route, packet, where);
    /* What a switch or NIC loses has left its sender, whose clean-up has begun. */
    bool kept = where != LOST_NIC && where != LOST_NETWORK && stage->drop_completion >= 0;
    if (kept) station_complete(machine, packet, stage->drop_completion, from);
    /* The flow's own packet, not the answer to it, which is the other side's to free. */
    bool own = where == LOST_QDISC && packet->stage == packet->route->program->qdisc_stage;
    if (own) flow_buffer_free(packet->route, packet->bytes, from);
    packet_give(&machine->packets, index);
}

/* What a packet for a worker on another core costs whoever hands it over: lines that the worker has, and more while
 * it works. */
static void pass(const struct station *consumer, struct stage *stage, struct station *from) {
    bool far = is_far(consumer->cpu, from->cpu);
    from->debt += execute(stage, PASSING);
    if (far) from->debt += execute(stage, PASSING_FAR);
}

static void contend(const struct station *consumer, struct stage *stage, struct station *from) {
    if (!consumer->running || consumer->of_caller || consumer->waits_to_be_told || stage->work[CONTENDED] == 0) return;
    from->debt += execute(stage, CONTENDED);
    if (is_far(consumer->cpu, from->cpu)) from->debt += execute(stage, CONTENDED_FAR);
}

/* A queueing discipline goes on where somebody comes with the next packet. */
static void take_over(struct station *discipline, const struct station *from) {
    if (discipline->running) discipline->cpu = from->cpu;
    discipline->lets_go = false;
    discipline->worked = 0;
}

void station_deliver(struct machine *machine, uint32_t index, struct station *from) {
    struct packet *packet = packet_at(&machine->packets, index);
    struct stage *stage = stage_of(packet);
    struct queue *queue = packet->route->queues[packet->stage];
    if (packet->frames == 0) packet->frame_bytes = stage->frame_bytes;
    /* A virtqueue gives back a number; what it stands for has not left its sender's cache. */
    if (from != NULL && stage->ring != RING_VIRTQ_TX_DONE) packet->cpu = from->cpu;
    if (packet->reserved) {
        queue->reserved -= stage->slots;
        packet->reserved = false;
    } else if (queue->drops && ring_space(&queue->ring) < queue->reserved + stage->slots) {
        queue->ring.dropped++;
        station_lose(machine, index, ring_infos[queue->id].lost, from);
        return;
    }
    bool asleep = ring_push(&queue->ring, index);
    queue->ring.used += stage->slots - 1u;
    if (stage->worker == WORKER_NIC) {
        struct dma_map *map = queue->nic_queue->map;
        packet->buffer = map != NULL ? dma_map_send(map) : queue->ring.tail & queue->ring.mask;
        if (asleep) nic_doorbell(queue->nic_queue);
        return;
    }
    struct station *consumer = queue->consumer;
    if (consumer->lets_go) take_over(consumer, from);
    if (stage->synchronous) {
        packet->caller = from;
        processor_stall(from->cpu);
    }
    bool elsewhere = from != NULL && consumer->cpu != from->cpu;
    if (elsewhere && stage->work[PASSING] > 0) pass(consumer, stage, from);
    if (consumer->loop.look > 0) {
        if (asleep && queue->port >= 0) approach(consumer);
    } else if (asleep) {
        if (!reclaim_put_off(queue)) tell_of_work(consumer, stage, from);
    } else if (elsewhere)
        contend(consumer, stage, from);
    if (queue->used != NULL && from != NULL) reclaim_in_passing(queue, from);
}

uint32_t station_new_completion(struct machine *machine, const struct packet *packet, int index, struct station *from) {
    const struct route *route = packet->frames == 0 ? packet->route : segmentation_handed(packet);
    if (route == NULL) return PACKET_NONE;
    struct route *completion = route->completions[index];
    uint32_t bytes = packet->frames == 0 ? 0 : segmentation_handed_bytes(packet);
    if (completion->program->stage_count == 0) {
        if (completion->program->frees_socket) flow_buffer_free(completion, bytes, from);
        return PACKET_NONE;
    }
    uint32_t taken = packet_take(&machine->packets);
    struct flow *flow = completion->flow;
    *packet_at(&machine->packets, taken) =
        (struct packet){.born = machine->sim.now, .route = completion, .cpu = flow->thread.cpu, .bytes = bytes};
    balance_enter(&flow->state->cleanup, machine->sim.now);
    return taken;
}

void station_complete(struct machine *machine, const struct packet *packet, int index, struct station *from) {
    uint32_t completion = station_new_completion(machine, packet, index, from);
    if (completion != PACKET_NONE) station_deliver(machine, completion, from);
}

/* A packet of a tcp-stream has come to where packets change. */
static void end_stage(struct machine *machine, uint32_t index, enum stage_end end, struct station *from) {
    struct packet *packet = packet_at(&machine->packets, index);
    switch (end) {
    case END_CUT_PACKETS:
    case END_CUT_FRAMES:
        for (bool whole = packet->frames > 1; whole; whole = packet->frames > 1) {
            uint32_t frame = segmentation_cut(machine, index, end == END_CUT_PACKETS);
            packet_at(&machine->packets, frame)->stage++;
            station_deliver(machine, frame, from);
        }
        packet->stage++;
        station_deliver(machine, index, from);
        return;
    case END_MERGES:
        merging_add(from, index);
        return;
    default:
        stream_input(machine, index, from);
    }
}

void station_finish(struct machine *machine, uint32_t index, struct station *from) {
    struct packet *packet = packet_at(&machine->packets, index);
    struct route *route = packet->route;
    struct stage *stage = stage_of(packet);
    if (route->releases[packet->stage] != NULL) release(route->releases[packet->stage], stage->release_slots, from);
    if (stage->completion >= 0) station_complete(machine, packet, stage->completion, from);
    bool is_register = route->program->workload < 0;
    if (packet->caller != NULL) {
        stage->executed[RETURN]++;
        if (from->of_caller) { /* it was the caller's own CPU, which is now the caller's again */
            if (is_register) access_registers(packet->caller);
        } else if (is_register)
            sim_after(&machine->sim, stage->work[RETURN], register_answered, packet->caller, 0);
        else
            sim_after(&machine->sim, stage->work[RETURN], packet_answered, packet->cpu, 0);
        packet->caller = NULL;
    }
    if (packet->stage + 1 < route->program->stage_count) {
        if (stage->end != END_GOES_ON) {
            end_stage(machine, index, stage->end, from);
            return;
        }
        packet->stage++;
        station_deliver(machine, index, from);
        return;
    }
    if (!is_register) flow_arrived(route, packet, from);
    packet_give(&machine->packets, index);
}
