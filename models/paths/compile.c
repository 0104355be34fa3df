/* Turns rows into stages: costs become picoseconds, RING rows become the borders between workers. */
#include <stdlib.h>

#include "models/hardware/wire.h"
#include "models/hypervisor/paging.h"
#include "models/paths/mechanism.h"
#include "models/paths/program.h"

static void value_row(struct row *row, const struct model_config *config) {
    struct step_context context = {
        .host = &config->host,
        .clock_hz = server_clock_hz(config, row->server),
        .frame_bytes = row->frame_bytes,
        .payload_bytes = row->payload_bytes,
        .fragment_bytes = row->fragment_bytes,
    };
    struct step_value value = step_value(row->step, &context);
    if (row->place == PLACE_GUEST && row->guest >= 0) value.cpu_s *= paging_stretch(config, row->guest);
    row->cpu = row->times * sim_time_of(value.cpu_s);
    row->time = sim_time_of(value.time_s);
    struct copy_traffic traffic = copy_traffic(row->step, &context);
    row->traffic = row->times * sim_time_of(traffic.memory_s);
    row->copying = row->times * sim_time_of(traffic.alone_s);
    if (row->step->when == SPIN) { /* as long as it lasts: see enum when */
        row->cpu = 1;
        row->time = 0;
    }
    bool by_page = row->step->counts == COUNTS_GRANT || row->step->mechanism == GRANT;
    row->operations = by_page && row->step->extent != OF_NOTHING ? grant_operations(row->step, &context) : row->times;
    if (row->step->counts == COUNTS_EXIT && row->step->times != 0) /* exits, one after the other */
        row->operations *= (int)config->host.costs.values[row->step->times].value;
    if (row->fragment_bytes > 0) row->slots = packet_slots(&context).slots;
    struct step_lock lock = grant_lock_value(row->step, &context);
    row->lock_operations = lock.operations;
    row->locked = sim_time_of(lock.held_s);
    if (row->hop == HOP_REFLECT) row->time += 2 * sim_time_of(config->host.network.one_way_s);
    if (row->hop == HOP_NETWORK) row->time += sim_time_of(config->host.network.one_way_s);
}

/* Slots of a ring that one frame takes; a register access and the like have no size. */
static uint8_t slots_of(enum ring_id ring, int frame_bytes) {
    return ring_infos[ring].by_page && frame_bytes > 0 ? (uint8_t)page_count(frame_bytes) : 1;
}

/* A block request takes a slot of a blkif ring for every so many of its pages. */
static uint8_t blkif_slots(const struct model_config *config, const struct row *row) {
    int segments = config->guests[row->guest].disk_segments;
    int pages = row->frame_bytes > 0 ? page_count(row->frame_bytes) : 1; /* a flush has none */
    return (uint8_t)((pages + segments - 1) / segments);
}

static bool is_blkif(enum ring_id ring) { return ring == RING_BLKIF || ring == RING_BLKIF_QEMU; }

static void begin_stage(struct stage *stage, const struct row *row, const struct model_config *config) {
    stage->ring = row->step->ring;
    stage->worker = stage->ring == RING_NONE ? WORKER_APP : ring_infos[stage->ring].consumer;
    stage->synchronous = row->step->synchronous;
    stage->guest = row->guest;
    stage->server = row->server;
    stage->frame_bytes = stage->rx_frame_bytes = row->frame_bytes;
    stage->rx_server = -1;
    stage->slots = row->slots > 0 && ring_infos[stage->ring].by_page ? (uint8_t)row->slots
                                                                     : slots_of(stage->ring, row->frame_bytes);
    if (is_blkif(stage->ring)) stage->slots = blkif_slots(config, row);
    stage->kind = stage;
}

/* Registers that an execution of the row accesses, some for each byte or page of what it is about. */
static int accesses_of(const struct row *row, const struct model_config *config) {
    const struct step *step = row->step;
    int accesses = step->times != 0 ? (int)config->host.costs.values[step->times].value : 1;
    if (step->extent == OF_FRAME) return accesses * row->frame_bytes;
    return step->extent == OF_EACH_PAGE ? accesses * page_count(row->frame_bytes) : accesses;
}

static void add_to_stage(struct stage *stage, struct row *row, bool in_nic, const struct model_config *config) {
    const struct step *step = row->step;
    bool elapses = step->when == FLIGHT || step->when == RETURN;
    if (step->release != RING_NONE) {
        stage->release = step->release;
        stage->release_slots =
            is_blkif(step->release) ? blkif_slots(config, row) : slots_of(step->release, row->frame_bytes);
    }
    if (step->reaps != RING_NONE) stage->reaps = step->reaps;
    if (step->device_model) {
        int accesses = accesses_of(row, config);
        if (step->when == WAKE) stage->register_accesses += accesses;
        if (step->when == POLL) stage->poll_registers += accesses;
    }
    if (step->when == TLB_FLUSH && row->cpu > 0) stage->flushes_each = step->each_packet;
    if (step->cost == COST_GRANT_LOOKUP) { /* taken out of the pool and put back */
        stage->pool_operations += 2 * row->operations;
        stage->pool_locked += row->cpu;
    }
    stage->lock_operations += row->lock_operations;
    bool maps = step->cost == COST_GRANT_MAP || step->cost == COST_GRANT_UNMAP;
    if (maps && row->lock_operations > 0) stage->maps = true;
    stage->locked += row->locked;
    if (step->when == EACH && row->traffic > 0) {
        stage->traffic += row->traffic;
        stage->copying += row->copying;
    }
    stage->work[step->when] += elapses ? row->time : row->cpu;
    if (!elapses) stage->device_time += row->time;
    if (row->hop != HOP_NONE) stage->hop = row->hop;
    if (in_nic && step->mechanism == DEVICE && row->place == PLACE_DEVICE && stage->hop != HOP_END &&
        stage->hop != HOP_NONE && row->hop == HOP_NONE) {
        stage->rx_server = row->server;
        stage->rx_frame_bytes = row->frame_bytes;
    }
}

/* What the disk alone takes: the mean of one request on an idle disk. */
static void value_disk(struct row *row, const struct program *program, const struct model_config *config) {
    const struct workload_config *work = &config->guests[program->guest].workloads[program->workload];
    const struct disk_config *disk = &config->host.disks[work->disk];
    uint32_t bytes = (uint32_t)program->payload_bytes;
    double alone_s = program->op == BLOCK_FLUSH
                         ? disk_flush_time(disk)
                         : disk_time_alone(disk, bytes, program->op == BLOCK_WRITE, work->is_sequential);
    row->time = sim_time_of(alone_s);
}

static bool of_device(const struct row *row) { return row->place == PLACE_DEVICE || row->place == PLACE_LINK; }

/* A far host's answer is on the wire for as long as its own frame takes. */
static void add_answer_time(struct program *program, const struct model_config *config) {
    for (int i = 0; i < program->row_count; i++) {
        struct row *row = &program->rows[i];
        if (row->hop != HOP_REFLECT) continue;
        struct stage *stage = &program->stages[row->stage];
        sim_time answer = wire_time(config->host.nic.link_bps, stage->rx_frame_bytes);
        row->time += answer;
        stage->device_time += answer;
    }
}

void program_compile(struct program *program, const struct model_config *config) {
    int at = -1;
    for (int i = 0; i < program->row_count; i++) {
        struct row *row = &program->rows[i];
        value_row(row, config);
        /* What the NIC does before it hands over a sent descriptor belongs to the completion's first worker. */
        bool leads = at == 0 && program->is_completion && program->stages[0].ring == RING_NONE;
        if (at < 0 || row->step->mechanism == RING) {
            if (!leads && ++at == STAGES_MAX) abort(); /* constant tables: found by the first test that runs them */
            begin_stage(&program->stages[at], row, config);
            /* A path that starts at the NIC's port has no sender to work on it. */
            if (at == 0 && !program->is_completion && of_device(row)) {
                program->stages[0].worker = WORKER_NIC;
                program->stages[0].hop = HOP_INGRESS;
            }
        }
        row->stage = at;
        if (program->stages[at].worker == WORKER_DISK && row->step->mechanism == DEVICE)
            value_disk(row, program, config);
        add_to_stage(&program->stages[at], row, program->stages[at].worker == WORKER_NIC, config);
    }
    program->stage_count = at + 1;
    add_answer_time(program, config);
    for (int i = 0; i < program->completion_count; i++) program_compile(program->completions[i], config);
}
