#include "models/workload/flow.h"

#include <stddef.h>

#include "models/guest/netmap.h"
#include "models/machine.h"
#include "models/workload/block.h"
#include "models/workload/far_host.h"

enum { START_SPREAD_US = 10 };

static struct stage *first_stage(struct flow *flow) { return &flow->route->program->stages[0]; }

static struct stage *first_stage_of(struct flow *flow, uint32_t packet) {
    return &packet_at(&flow->machine->packets, packet)->route->program->stages[0];
}

static uint32_t new_packet_on(struct flow *flow, struct route *route, sim_time born) {
    struct machine *machine = flow->machine;
    uint32_t index = packet_take(&machine->packets);
    struct bucket *limit = flow->limit.ps_per_unit > 0 ? &flow->limit : NULL;
    *packet_at(&machine->packets, index) = (struct packet){.born = born, .route = route, .flow_limit = limit};
    balance_enter(&flow->state->frames, born);
    return index;
}

static uint32_t new_packet(struct flow *flow, sim_time born) {
    return flow->block.job != NULL ? block_request(flow, born) : new_packet_on(flow, flow->route, born);
}

static void next(struct flow *flow, bool was_asleep);
static void begin_period(struct sim *sim, void *object, uint64_t was_asleep);
static void sleep_until_period(struct flow *flow);

static void sent(struct sim *sim, void *object, uint64_t packet) {
    (void)sim;
    struct flow *flow = object;
    first_stage_of(flow, (uint32_t)packet)->executed[EACH]++;
    flow->buffer_used += flow->packet_truesize;
    station_finish(flow->machine, (uint32_t)packet, &flow->thread);
    next(flow, false);
}

static void send_packet(struct flow *flow, uint32_t packet, bool was_asleep) {
    struct stage *stage = first_stage_of(flow, packet);
    sim_time work = stage->work[EACH] + flow->thread.debt;
    flow->thread.debt = 0;
    if (was_asleep) {
        work += stage->work[WAKE];
        stage->executed[WAKE]++;
    }
    flow->active = true;
    processor_submit(flow->thread.cpu, CONTEXT_TASK, work, sent, flow, packet);
}

static void copied(struct sim *sim, void *object, uint64_t packet);

static void copy_table(struct flow *flow, uint32_t packet, sim_time work) {
    work += first_stage(flow)->work[EACH] + flow->thread.debt;
    flow->thread.debt = 0;
    processor_submit(flow->thread.cpu, CONTEXT_TASK, work, copied, flow, packet);
}

/* A page of the process's page table is copied; with the last one goes what a fork takes once. */
static void copied(struct sim *sim, void *object, uint64_t packet) {
    (void)sim;
    struct flow *flow = object;
    struct stage *stage = first_stage(flow);
    stage->executed[EACH]++;
    if (--flow->pieces_left > 0) {
        copy_table(flow, (uint32_t)packet, flow->pieces_left == 1 ? stage->work[POLL] : 0);
        return;
    }
    stage->executed[POLL]++;
    station_finish(flow->machine, (uint32_t)packet, &flow->thread);
    if (flow->interval_ps > 0)
        sleep_until_period(flow);
    else
        begin_period(&flow->machine->sim, flow, false);
}

static void begin_fork(struct flow *flow, bool was_asleep) {
    struct stage *stage = first_stage(flow);
    sim_time work = flow->pieces_left == 1 ? stage->work[POLL] : 0;
    if (was_asleep) {
        work += stage->work[WAKE];
        stage->executed[WAKE]++;
    }
    flow->state->offered++;
    flow->active = true;
    copy_table(flow, new_packet(flow, flow->machine->sim.now), work);
}

static bool buffer_full(struct flow *flow) {
    flow->blocked = flow->buffer_used + flow->packet_truesize > flow->buffer_limit;
    return flow->blocked;
}

static void begin_period(struct sim *sim, void *object, uint64_t was_asleep) {
    (void)sim;
    struct flow *flow = object;
    flow->pieces_left = flow->pieces;
    if (flow->kind == FLOW_FORK)
        begin_fork(flow, was_asleep);
    else
        next(flow, was_asleep);
}

/* Periods are counted from the first; one that is over already is followed at once. */
static void sleep_until_period(struct flow *flow) {
    sim_time now = flow->machine->sim.now;
    flow->next_ps += flow->interval_ps;
    if (flow->next_ps < (double)now) flow->next_ps = (double)now;
    bool asleep = (sim_time)flow->next_ps > now;
    sim_at(&flow->machine->sim, (sim_time)flow->next_ps, begin_period, flow, asleep);
}

/* Whether there is room for one more packet, and if so, whether it holds slots of the driver's ring. */
static bool has_room(struct flow *flow, bool *reserved) {
    *reserved = false;
    if (!flow->in_kernel) return !buffer_full(flow);
    flow->blocked = !station_reserve(&flow->thread, flow->route, 1, reserved);
    if (flow->blocked) netmap_sync(&flow->thread, flow->route);
    return !flow->blocked;
}

/* What the thread does when it has nothing in hand. */
static void next(struct flow *flow, bool was_asleep) {
    bool reserved;
    uint32_t packet;
    flow->active = false;
    switch (flow->kind) {
    case FLOW_MAX:
        if (!has_room(flow, &reserved)) return;
        flow->state->offered++;
        packet = new_packet(flow, flow->machine->sim.now);
        break;
    case FLOW_PACED:
        if (ring_waiting(&flow->backlog) == 0 || !has_room(flow, &reserved)) return;
        packet = ring_pop(&flow->backlog);
        ring_release(&flow->backlog, 1);
        break;
    case FLOW_SPIN:
        if (flow->pieces > 0 && flow->pieces_left-- == 0) {
            flow->pieces_left = 0;
            sleep_until_period(flow);
            return;
        }
        packet = new_packet(flow, flow->machine->sim.now);
        reserved = false;
        break;
    default:
        return; /* a transaction goes on when its answer arrives */
    }
    packet_at(&flow->machine->packets, packet)->reserved = reserved;
    send_packet(flow, packet, was_asleep);
}

void flow_has_room(struct station *thread) {
    struct flow *flow = (struct flow *)(void *)((char *)thread - offsetof(struct flow, thread));
    flow->blocked = false;
    if (!flow->active) next(flow, false);
}

/* The request leaves its client: a thread here, or the far host. */
static void ask(struct flow *flow, bool was_asleep) {
    uint32_t packet = new_packet(flow, flow->machine->sim.now);
    if (flow->kind == FLOW_FAR_CLIENT)
        far_host_ask(flow, packet);
    else
        send_packet(flow, packet, was_asleep);
}

static void start_transaction(struct sim *sim, void *object, uint64_t was_asleep) {
    struct flow *flow = object;
    if (flow->block.job != NULL && block_hold(flow, false)) return;
    flow->state->offered++;
    flow->asked = flow->open ? (sim_time)flow->next_ps : sim->now;
    ask(flow, was_asleep);
}

static void start_when_due(struct flow *flow, sim_time due) {
    if (due == SIM_TIME_MAX) return; /* its trace has ended */
    sim_at(&flow->machine->sim, due, start_transaction, flow, true);
}

/* The request or its answer was lost; what is measured goes on from the first try. */
static void ask_again(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    ask(object, true);
}

static void arrival(struct sim *sim, void *object, uint64_t word);

static void schedule_arrival(struct flow *flow) {
    flow_next_arrival(flow);
    sim_at(&flow->machine->sim, (sim_time)flow->next_ps, arrival, flow, 0);
}

/* A packet is due. A thread that is thousands of packets behind does not even queue the next. */
static void offer(struct flow *flow, struct route *route) {
    sim_time now = flow->machine->sim.now;
    flow->state->offered++;
    if (flow->kind == FLOW_FAR_SOURCE) {
        machine_ingress(flow->machine, new_packet_on(flow, route, now));
        return;
    }
    if (ring_space(&flow->backlog) == 0) return;
    ring_push(&flow->backlog, new_packet_on(flow, route, now));
    if (!flow->active && !flow->blocked) next(flow, true);
}

/* A paced thread's timer. */
static void arrival(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    struct flow *flow = object;
    schedule_arrival(flow);
    offer(flow, flow->route);
}

static void replayed(struct sim *sim, void *object, uint64_t number);

static void schedule_replay(struct flow *flow, int32_t number) {
    sim_time at = (sim_time)((double)flow->trace->arrivals[number].at * flow->stretch);
    sim_at(&flow->machine->sim, flow->round + at, replayed, flow, (uint64_t)number);
}

/* Arrival `number` of the trace is due. */
static void replayed(struct sim *sim, void *object, uint64_t number) {
    (void)sim;
    struct flow *flow = object;
    const struct trace_arrival *arrival = &flow->trace->arrivals[number];
    bool is_last = arrival->next <= (int32_t)number;
    if (is_last) flow->round += (sim_time)((double)flow->trace->period * flow->stretch);
    if (!is_last || flow->repeat) schedule_replay(flow, arrival->next);
    offer(flow, flow->class_routes[arrival->size_class]);
}

static void begin(struct sim *sim, void *object, uint64_t word) {
    (void)word;
    struct flow *flow = object;
    switch (flow->kind) {
    case FLOW_STREAM:
        stream_start(flow->stream);
        break;
    case FLOW_MAX:
        next(flow, true);
        break;
    case FLOW_SPIN:
    case FLOW_FORK:
        flow->next_ps = (double)sim->now;
        begin_period(sim, flow, true);
        break;
    case FLOW_TRANSACTION:
    case FLOW_FAR_CLIENT:
        flow->next_ps = (double)sim->now;
        start_transaction(sim, flow, true);
        break;
    default:
        flow->next_ps = flow->burst_end_ps = (double)sim->now;
        schedule_arrival(flow);
    }
}

void flow_start(struct flow *flow) {
    if (flow->trace != NULL) { /* the flows of a trace keep their distances */
        flow->round = START_SPREAD_US * SIM_US;
        schedule_replay(flow, flow->trace->first[flow->index]);
        return;
    }
    if (flow->open && flow->block.job != NULL) { /* they share a clock */
        start_when_due(flow, block_begin(flow));
        return;
    }
    /* Connections with a rate of their own begin anywhere in their interval, not all at once. */
    double spread_ps = flow->open ? flow->interval_ps : (double)(START_SPREAD_US * SIM_US);
    sim_time offset = (sim_time)(random_uniform(&flow->random) * spread_ps);
    sim_at(&flow->machine->sim, offset, begin, flow, 0);
}

/* An event loop writes the next request in the turn in which it has read the answer. */
static void ask_in_turn(struct flow *flow, struct station *loop) {
    if (flow->block.job != NULL && block_hold(flow, false)) return;
    uint32_t packet = new_packet(flow, flow->machine->sim.now);
    flow->state->offered++;
    flow->asked = flow->open ? (sim_time)flow->next_ps : flow->machine->sim.now;
    loop->debt += first_stage_of(flow, packet)->work[EACH];
    sim_after(&flow->machine->sim, loop->debt, sent, flow, packet);
}

/* When the client asks next: at once, or when the next request is due. */
static sim_time next_request(struct flow *flow) {
    if (!flow->open) return flow->asked + (sim_time)flow->interval_ps;
    if (flow->block.job != NULL) return block_next_due(flow);
    flow_next_arrival(flow);
    return (sim_time)flow->next_ps;
}

/* The client asks again, now or later; a flush does not wait for the request after it. */
static void ask_when_due(struct flow *flow, struct station *from, sim_time now, sim_time due) {
    if (flow->block.job != NULL && block_wants_sync(flow)) due = now;
    /* A thread that chooses its CPU writes the next request where it has read the answer. */
    bool in_loop = from != NULL && from->worker == WORKER_LOOP;
    if (in_loop) flow->thread.cpu = from->cpu;
    if (due > now)
        start_when_due(flow, due);
    else if (in_loop)
        ask_in_turn(flow, from);
    else if (flow->kind == FLOW_FAR_CLIENT)
        sim_at(&flow->machine->sim, now, start_transaction, flow, false);
    else
        start_transaction(&flow->machine->sim, flow, false);
}

/* A transaction is complete: its client asks again, at once or when the next request is due. */
static __attribute__((noinline)) void answered(struct flow *flow, struct station *from, sim_time now) {
    ask_when_due(flow, from, now, next_request(flow));
}

/* A job's fsync is over. The slot that has sent the flush asks first, then those that the job has held. */
static void synced(struct flow *flow, struct station *from, sim_time now) {
    struct flow *held = block_synced(flow->block.job);
    ask_when_due(flow, from, now, flow->open ? (sim_time)flow->next_ps : now);
    while (held != NULL) {
        struct flow *next_held = held->block.next_held;
        if (!held->block.held_answered)
            ask_when_due(held, from, now, now);
        else if (!block_hold(held, true)) {
            histogram_record(&held->state->latency, now - held->asked);
            answered(held, from, now);
        }
        held = next_held;
    }
}

void flow_arrived(struct route *route, const struct packet *packet, struct station *from) {
    struct flow *flow = route->flow;
    struct workload_state *state = flow->state;
    sim_time now = flow->machine->sim.now;
    if (route->program->is_completion) {
        balance_deliver(&state->cleanup, now, packet->born);
        if (route->program->frees_socket) flow_buffer_free(route, packet->bytes, from);
        return;
    }
    if (flow->stream != NULL) {
        stream_arrived(route, packet, from);
        return;
    }
    if (flow->block.job != NULL && block_is_sync(route)) {
        balance_deliver(&state->cleanup, now, packet->born);
        synced(flow, from, now);
        return;
    }
    balance_deliver(&state->frames, now, packet->born);
    machine_count_arrival(flow->machine, 1);
    state->payload_bytes += flow->block.job != NULL ? packet->bytes : (uint64_t)route->program->payload_bytes;
    if (flow->kind != FLOW_TRANSACTION && flow->kind != FLOW_FAR_CLIENT) {
        histogram_record(&state->latency, now - packet->born);
        return;
    }
    /* The last bit of an answer to the far host has only left. */
    if (flow->kind == FLOW_FAR_CLIENT) now += far_host_flight(flow);
    if (flow->block.job != NULL && block_hold(flow, true)) return;
    histogram_record(&state->latency, now - flow->asked);
    answered(flow, from, now);
}

struct balance *flow_balance(const struct route *route) {
    struct workload_state *state = route->flow->state;
    return route->program->is_completion || block_is_sync(route) ? &state->cleanup
           : route->program->is_ack                              ? &state->acks
                                                                 : &state->frames;
}

void flow_lost(struct route *route, const struct packet *packet, enum lost where) {
    struct flow *flow = route->flow;
    flow->state->lost[where] += packet->frames > 0 ? packet->frames : 1;
    balance_lose(flow_balance(route), flow->machine->sim.now, packet->born);
    if (flow->timeout > 0) sim_after(&flow->machine->sim, flow->timeout, ask_again, flow, 0);
}

void flow_buffer_free(const struct route *route, uint32_t bytes, struct station *from) {
    struct flow *flow = route->flow;
    if (flow == NULL || workload_is_computing(flow->state->config->kind)) return; /* no socket */
    if (flow->stream != NULL) {
        if (!route->program->is_ack) stream_freed(flow->stream, bytes, from);
        return;
    }
    if (flow->thread.cpu == NULL) return; /* the far host's socket takes no part */
    flow->buffer_used -= flow->packet_truesize;
    if (flow->in_kernel || !flow->blocked || flow->buffer_used > flow->buffer_limit / 2) return;
    flow->blocked = false;
    if (from != NULL) {
        from->debt += first_stage(flow)->work[NOTIFYING];
        first_stage(flow)->executed[NOTIFYING]++;
    }
    next(flow, true);
}
