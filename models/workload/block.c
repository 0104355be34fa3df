#include "models/workload/block.h"

#include "models/machine.h"

enum { START_US = 10 }; /* of a trace */

/* --- when --- */

static sim_time next_of_trace(struct flow *flow) {
    struct block_clock *clock = &flow->state->block_clock;
    const struct workload_config *work = flow->state->config;
    const struct block_trace *trace = work->requests;
    if (clock->next == trace->count) {
        if (!work->repeat) return SIM_TIME_MAX;
        clock->next = 0;
        clock->round += (sim_time)((double)trace->period / work->speed);
    }
    flow->block.request = clock->next++;
    return clock->round + (sim_time)((double)trace->requests[flow->block.request].at / work->speed);
}

/* The slots of a workload have one clock. */
sim_time block_next_due(struct flow *flow) {
    struct block_clock *clock = &flow->state->block_clock;
    if (flow->state->config->requests != NULL) {
        sim_time due = next_of_trace(flow);
        flow->next_ps = (double)due;
        return due;
    }
    flow->next_ps = clock->next_ps;
    flow->burst_end_ps = clock->burst_end_ps;
    flow_next_arrival(flow);
    clock->next_ps = flow->next_ps;
    clock->burst_end_ps = flow->burst_end_ps;
    return (sim_time)flow->next_ps;
}

sim_time block_begin(struct flow *flow) {
    struct block_clock *clock = &flow->state->block_clock;
    if (flow->index == 0) {
        clock->round = START_US * SIM_US;
        /* the first one anywhere in the first interval */
        if (!flow->poisson && flow->burst_ps == 0)
            clock->next_ps = (random_uniform(&flow->random) - 1) * flow->interval_ps;
    }
    return block_next_due(flow);
}

/* --- fsync --- */

bool block_hold(struct flow *flow, bool answered) {
    struct block_job *job = flow->block.job;
    if (!job->syncs) return false;
    flow->block.held_answered = answered;
    flow->block.next_held = NULL;
    if (job->first_held == NULL)
        job->first_held = flow;
    else
        job->last_held->block.next_held = flow;
    job->last_held = flow;
    return true;
}

struct flow *block_synced(struct block_job *job) {
    struct flow *held = job->first_held;
    job->syncs = false;
    job->first_held = NULL;
    return held;
}

bool block_is_sync(const struct route *route) {
    return route->program->op == BLOCK_FLUSH && route->flow->state->config->requests == NULL;
}

bool block_wants_sync(const struct flow *flow) {
    int writes = flow->state->config->fsync_writes;
    return writes > 0 && flow->block.job->writes >= writes;
}

static struct block_trace_request begin_sync(struct block_job *job) {
    job->syncs = true;
    job->writes = 0;
    return (struct block_trace_request){.op = BLOCK_FLUSH};
}

/* --- what --- */

static uint64_t next_offset(struct flow *flow, struct block_job *job) {
    const struct workload_config *work = flow->state->config;
    uint64_t size = (uint64_t)work->block_bytes, places = job->size_bytes / size;
    if (places == 0) places = 1;
    if (work->is_sequential) {
        uint64_t at = job->next_bytes;
        job->next_bytes = at + 2 * size <= job->size_bytes ? at + size : 0;
        return job->first_bytes + at;
    }
    uint64_t place = (uint64_t)(random_uniform(&flow->random) * (double)places);
    return job->first_bytes + place * size;
}

static struct block_trace_request next_request(struct flow *flow) {
    const struct workload_config *work = flow->state->config;
    if (work->requests != NULL) return work->requests->requests[flow->block.request];
    if (block_wants_sync(flow)) return begin_sync(flow->block.job);
    bool reads = work->read_share >= 1 || (work->read_share > 0 && random_uniform(&flow->random) < work->read_share);
    flow->block.job->writes += !reads;
    return (struct block_trace_request){.op = reads ? BLOCK_READ : BLOCK_WRITE,
                                        .bytes = (uint32_t)work->block_bytes,
                                        .offset = next_offset(flow, flow->block.job)};
}

uint32_t block_request(struct flow *flow, sim_time born) {
    struct machine *machine = flow->machine;
    struct block_trace_request request = next_request(flow);
    uint32_t index = packet_take(&machine->packets);
    *packet_at(&machine->packets, index) = (struct packet){
        .born = born,
        .route = flow->block.routes[request.size_class][request.op],
        .bytes = request.bytes,
        .sequence = request.offset & PACKET_SEQUENCE_MASK,
    };
    balance_enter(flow->block.job->syncs ? &flow->state->cleanup : &flow->state->frames, born);
    return index;
}

static void submit(struct machine *machine, struct queue *queue, uint32_t index) {
    const struct packet *packet = packet_at(&machine->packets, index);
    struct disk_request request = {
        .offset = packet->sequence,
        .bytes = packet->bytes,
        .write = packet->route->program->op == BLOCK_WRITE,
        .flush = packet->route->program->op == BLOCK_FLUSH,
        .packet = index,
    };
    disk_submit(queue->disk, &request);
}

static void passed(struct sim *sim, void *object, uint64_t index) {
    (void)sim;
    struct machine *machine = object;
    const struct packet *packet = packet_at(&machine->packets, (uint32_t)index);
    submit(machine, packet->route->queues[packet->stage], (uint32_t)index);
}

void block_submit(struct machine *machine, struct queue *queue, uint32_t index) {
    const struct packet *packet = packet_at(&machine->packets, index);
    struct volume_link *link = packet->route->program->op == BLOCK_WRITE ? volume_link_of(machine, index) : NULL;
    if (link == NULL)
        submit(machine, queue, index);
    else
        sim_at(&machine->sim, volume_link_passes(link, machine->sim.now, packet->bytes, true), passed, machine, index);
}

/* --- what to expect --- */

double block_share(const struct workload_config *work, int size_class, enum block_op op) {
    const struct block_trace *trace = work->requests;
    if (trace != NULL) return (double)trace->class_requests[size_class][op] / trace->count;
    if (op == BLOCK_FLUSH) return (1 - work->read_share) / work->fsync_writes; /* beside the others */
    return op == BLOCK_READ ? work->read_share : 1 - work->read_share;
}

uint32_t block_least_bytes(const struct route *route) {
    const struct block_trace *trace = route->flow->state->config->requests;
    uint32_t bytes = (uint32_t)route->program->payload_bytes;
    for (int i = 0; trace != NULL && i < trace->class_count; i++)
        if (trace->class_bytes[i] == bytes) return trace->class_least[i];
    return bytes;
}
