/* Adds the rows of tables to a program, and its completions. */
#include <stdlib.h>

#include "models/hardware/memory.h"
#include "models/hypervisor/mitigations.h"
#include "models/hypervisor/paging.h"
#include "models/paths/composer.h"
#include "models/paths/mechanism.h"

static enum place place_of(const struct composer *composer, const struct step *step, const struct party *at) {
    enum place place = at->kind == PARTY_DOM0 && step->place == PLACE_GUEST ? PLACE_DOM0 : step->place;
    return place == PLACE_DOM0 && composer->config->host.hypervisor == HYPERVISOR_KVM ? PLACE_HOST : place;
}

/* A packet of one frame is not cut. */
static int times_of(const struct composer *composer, const struct step *step) {
    if (step->cut != CUT_NOT && composer->times == 1) return 0;
    return step->when != EACH || step->once || composer->times == 0 ? 1 : composer->times;
}

static void add_row(struct composer *composer, const struct step *step, const struct party *at, enum hop hop) {
    struct program *program = composer->program;
    if (program->row_count == ROWS_MAX) abort(); /* tables are constant: found by the first test that runs them */
    program->rows[program->row_count++] = (struct row){
        .step = step,
        .place = place_of(composer, step, at),
        .guest = (int8_t)(at->kind == PARTY_GUEST ? at->guest : -1),
        .server = (int8_t)at->server,
        .hop = hop,
        .frame_bytes = composer->frame_bytes,
        .payload_bytes = composer->payload_bytes,
        .fragment_bytes = composer->fragment_bytes,
        .times = times_of(composer, step),
        .turnaround = composer->turnaround,
    };
    composer->turnaround = false;
}

/* Who copies may have to wait for the memory, which others use as well: once for all copies of a stage. */
static void add_memory(struct composer *composer, const struct step *step, const struct party *at) {
    static const struct step wait = {PLACE_GUEST, COPY, "longer, as others use the memory", COST_MEMORY_RATE, SPIN};
    const struct program *program = composer->program;
    int bytes = step->extent == OF_PAYLOAD ? composer->payload_bytes : composer->frame_bytes;
    if (!copies_cold(step) || bytes < MEMORY_BYTES_LEAST) return;
    for (int i = program->row_count - 1; i >= 0 && program->rows[i].step->mechanism != RING; i--)
        if (program->rows[i].step == &wait) return;
    enum place place = program->rows[program->row_count - 1].place;
    add_row(composer, &wait, at, HOP_NONE);
    composer->program->rows[program->row_count - 1].place = place;
}

static enum isolation isolation_at(const struct composer *composer, enum place place, const struct party *at) {
    if (!composer->config->host.meltdown) return ISOLATION_NONE;
    bool of_guest = place == PLACE_GUEST && at->kind == PARTY_GUEST;
    return of_guest && paging_of(composer->config, at->guest) == PAGING_NESTED ? ISOLATION_NESTED : ISOLATION_NATIVE;
}

/* What the mitigations add to the row just added stands behind it, at the same place. */
static void add_mitigation(struct composer *composer, const struct step *step, const struct party *at) {
    enum place place = composer->program->rows[composer->program->row_count - 1].place;
    const struct step *mitigation = mitigation_of(step, isolation_at(composer, place, at));
    if (mitigation == NULL) return;
    add_row(composer, mitigation, at, HOP_NONE);
    struct row *row = &composer->program->rows[composer->program->row_count - 1];
    row->place = place;
    if (step->times != 0) row->times *= (int)composer->config->host.costs.values[step->times].value;
}

/* The stage that the rows added last belong to. */
int program_last_stage(const struct program *program) {
    int stage = 0;
    for (int i = 1; i < program->row_count; i++) stage += program->rows[i].step->mechanism == RING;
    return stage;
}

/* A packet of `frames` full segments is what the next rows are about. */
void compose_frames(struct composer *composer, int frames) {
    composer->frames_here = frames;
    composer->payload_bytes = frames * composer->segment_bytes;
    composer->frame_bytes = frame_of_payload(composer->kind, composer->payload_bytes);
}

/* The last stage ends by cutting packets: what is left of its rows is done for each frame. */
static void begin_cut(struct composer *composer, const struct step *step) {
    struct stage *stage = &composer->program->stages[program_last_stage(composer->program)];
    stage->end = step->cut == CUT_PACKETS ? END_CUT_PACKETS : END_CUT_FRAMES;
    composer->times = composer->frames_here;
    compose_frames(composer, 1);
}

/* A RING row ends the work of one worker and begins that of the next. */
static void begin_worker(struct composer *composer, const struct step *step) {
    struct program *program = composer->program;
    composer->times = 1;
    if (program->row_count == 0) return;
    struct stage *before = &program->stages[program_last_stage(program)];
    if (step->ring == RING_SOCKET) before->end = END_TCP_INPUT;
    if (step->merges) before->end = END_MERGES;
    if (step->merges || (composer->lro && step->ring == RING_NIC_RX)) compose_frames(composer, composer->frames);
    if (ring_infos[step->ring].consumer == WORKER_NIC) compose_frames(composer, 1); /* TSO */
    before[1].pieces = composer->frames / composer->frames_here;
}

/* Whether a row is taken: in each group of traits that it names, one is ours. */
static bool is_taken(const struct step *step, enum only takes, uint8_t requests) {
    static const uint32_t groups[] = {FOR_PROTOCOLS, FOR_KERNELS, FOR_DELIVERIES, FOR_MODELS, FOR_GRANTS, FOR_CHANNELS};
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if ((step->only & groups[i]) != 0 && (step->only & takes & groups[i]) == 0) return false;
    static const int kinds[] = {OF_DATA | OF_FLUSHES, OF_SYNC | OF_ASYNC};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if ((step->requests & kinds[i]) != 0 && (step->requests & requests & kinds[i]) == 0) return false;
    return (step->only & FOR_FEATURES & ~takes) == 0;
}

/* Rows of a table that this protocol and kernel take; WIRE rows only if the frame does go on the wire. */
void compose_table(struct composer *composer, const struct step *table, const struct party *at, enum only takes,
                   enum hop hop) {
    static const struct step internal_switch = {PLACE_DEVICE, DEVICE, "internal switch of the NIC", COST_NONE, EACH};
    /* Who answers is awake: the rows that wake a sender are for one that starts the path. */
    bool awake = table == stack_send && composer->program->row_count > 0;
    for (const struct step *step = table; step->label != NULL; step++) {
        if (!is_taken(step, takes, composer->requests)) continue;
        if (awake && (step->when == WAKE || step->when == NOTIFYING)) continue;
        bool of_guest = at->kind == PARTY_GUEST;
        if (step->when == DEFER && !defers_invalidations(composer->config, of_guest ? at->guest : -1)) continue;
        if (step->rows != NULL) {
            compose_table(composer, step->rows, at, takes, hop);
            continue;
        }
        if (step->cut != CUT_NOT) {
            if (composer->frames == 0) continue;
            begin_cut(composer, step);
        }
        if (step->mechanism == RING && composer->frames > 0) begin_worker(composer, step);
        if (step->mechanism == WIRE)
            add_row(composer, hop == HOP_SWITCH ? &internal_switch : step, at, hop);
        else
            add_row(composer, step, at, HOP_NONE);
        add_memory(composer, step, at);
        if (composer->config->host.mitigations) add_mitigation(composer, step, at);
    }
}

struct program *compose_completion(struct composer *composer, int stage, bool frees_socket) {
    struct program *parent = composer->program, *completion = program_empty(parent->guest, parent->workload);
    if (completion == NULL || parent->completion_count == COMPLETIONS_MAX) abort();
    completion->reversed = parent->reversed;
    completion->is_completion = true;
    completion->is_ack = parent->is_ack;
    completion->frees_socket = frees_socket;
    parent->stages[stage].completion = (int8_t)parent->completion_count;
    parent->completions[parent->completion_count++] = completion;
    return completion;
}

/* Adds rows to a completion instead of the main path. */
void compose_into(struct composer *composer, struct program *completion, const struct step *table,
                  const struct party *at, enum only takes) {
    struct composer inner = *composer;
    inner.program = completion;
    inner.turnaround = false;
    inner.times = 1;
    if (inner.frames > 0) compose_frames(&inner, inner.frames_handed);
    inner.frames = 0; /* nothing of a clean-up is cut or merged */
    compose_table(&inner, table, at, takes, HOP_NONE);
}
