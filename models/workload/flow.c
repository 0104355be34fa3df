#include "models/workload/flow.h"

#include <stddef.h>

#include "models/hardware/wire.h"
#include "models/machine.h"
#include "models/workload/block.h"

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

static struct server_state *far_server(const struct flow *flow) {
    return &flow->machine->servers[flow->route->program->stages[0].server];
}

static void cross_network(struct sim *sim, void *object, uint64_t packet) {
    (void)sim;
    struct flow *flow = object;
    machine_ingress(flow->machine, (uint32_t)packet);
}

/* The request leaves its client: a thread here, or the far host. */
static void ask(struct flow *flow, bool was_asleep) {
    struct machine *machine = flow->machine;
    uint32_t packet = new_packet(flow, machine->sim.now);
    if (flow->kind != FLOW_FAR_CLIENT) {
        send_packet(flow, packet, was_asleep);
        return;
    }
    sim_time frame = wire_time(machine->config->host.nic.link_bps, first_stage(flow)->rx_frame_bytes);
    sim_after(&machine->sim, frame + machine_flight(machine, far_server(flow)), cross_network, flow, packet);
}

static void start_transaction(struct sim *sim, void *object, uint64_t was_asleep) {
    struct flow *flow = object;
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

/* The source's clock stands still between two bursts. */
static void skip_idle_times(struct flow *flow) {
    while (flow->next_ps > flow->burst_end_ps) {
        double idle = random_exponential(&flow->random, flow->idle_ps);
        flow->next_ps += idle;
        flow->burst_end_ps += idle + random_exponential(&flow->random, flow->burst_ps);
    }
}

/* The date of the next arrival, or of when the next request is due. */
void flow_next_arrival(struct flow *flow) {
    flow->next_ps += flow->poisson ? random_exponential(&flow->random, flow->interval_ps) : flow->interval_ps;
    if (flow->burst_ps > 0) skip_idle_times(flow);
}

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
        block_begin(flow);
        start_when_due(flow, block_next_due(flow));
        return;
    }
    /* Connections with a rate of their own begin anywhere in their interval, not all at once. */
    double spread_ps = flow->open ? flow->interval_ps : (double)(START_SPREAD_US * SIM_US);
    sim_time offset = (sim_time)(random_uniform(&flow->random) * spread_ps);
    sim_at(&flow->machine->sim, offset, begin, flow, 0);
}

/* An event loop writes the next request in the turn in which it has read the answer. */
static void ask_in_turn(struct flow *flow, struct station *loop) {
    uint32_t packet = new_packet(flow, flow->machine->sim.now);
    flow->state->offered++;
    flow->asked = flow->open ? (sim_time)flow->next_ps : flow->machine->sim.now;
    loop->debt += first_stage_of(flow, packet)->work[EACH];
    sim_after(&flow->machine->sim, loop->debt, sent, flow, packet);
}

static bool is_transaction(const struct flow *flow) {
    return flow->kind == FLOW_TRANSACTION || flow->kind == FLOW_FAR_CLIENT;
}

/* When the client asks next: at once, or when the next request is due. */
static sim_time next_request(struct flow *flow) {
    if (!flow->open) return flow->asked + (sim_time)flow->interval_ps;
    if (flow->block.job != NULL) return block_next_due(flow);
    flow_next_arrival(flow);
    return (sim_time)flow->next_ps;
}

/* A transaction is complete: its client asks again, at once or when the next request is due. */
static __attribute__((noinline)) void answered(struct flow *flow, struct station *from, sim_time now) {
    /* A thread that chooses its CPU writes the next request where it has read the answer. */
    bool in_loop = from != NULL && from->worker == WORKER_LOOP;
    if (in_loop) flow->thread.cpu = from->cpu;
    sim_time due = next_request(flow);
    if (due > now)
        start_when_due(flow, due);
    else if (in_loop)
        ask_in_turn(flow, from);
    else if (flow->kind == FLOW_FAR_CLIENT)
        sim_at(&flow->machine->sim, now, start_transaction, flow, false);
    else
        start_transaction(&flow->machine->sim, flow, false);
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
    balance_deliver(&state->frames, now, packet->born);
    machine_count_arrival(flow->machine, 1);
    state->payload_bytes += flow->block.job != NULL ? packet->bytes : (uint64_t)route->program->payload_bytes;
    if (!is_transaction(flow)) {
        histogram_record(&state->latency, now - packet->born);
        return;
    }
    /* The last bit of an answer to the far host has only left. */
    if (flow->kind == FLOW_FAR_CLIENT) now += machine_flight(flow->machine, far_server(flow));
    histogram_record(&state->latency, now - flow->asked);
    answered(flow, from, now);
}

struct balance *flow_balance(const struct route *route) {
    struct workload_state *state = route->flow->state;
    return route->program->is_completion ? &state->cleanup : route->program->is_ack ? &state->acks : &state->frames;
}

void flow_lost(struct route *route, const struct packet *packet, enum lost where) {
    struct flow *flow = route->flow;
    flow->state->lost[where] += packet->frames > 0 ? packet->frames : 1;
    balance_lose(flow_balance(route), flow->machine->sim.now, packet->born);
    if (is_transaction(flow)) sim_after(&flow->machine->sim, flow->timeout, ask_again, flow, 0);
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
