/* The connections of tcp-streams: their paths for packets of every size and for acknowledgements, and their routes. */
#include <stdlib.h>

#include "models/machine.h"

/* Paths of one direction of a tcp-stream: for packets of each size, and for acknowledgements. */
struct stream_programs {
    int frames_max, packet_frames; /* largest packet; largest that the sender hands down */
    struct program **sizes, *ack;
};

/* Packets of all sizes are one kind of work for who handles what there is in one go. */
static void make_alike(struct program *program, const struct program *like) {
    for (int i = 0; i < program->stage_count; i++) program->stages[i].kind = &like->stages[i];
    for (int i = 0; i < program->completion_count; i++) make_alike(program->completions[i], like->completions[i]);
}

/* Every ring on the way holds the packet. */
static bool fits(const struct route *route) {
    for (int i = 0; i < route->program->stage_count; i++) {
        const struct stage *stage = &route->program->stages[i];
        if (stage->pieces == 1 && stage->slots > 1 && stage->slots > route->queues[i]->ring.capacity) return false;
    }
    return true;
}

static struct processor *consumer_cpu(const struct route *route, int stage) {
    const struct queue *queue = stage >= 0 ? route->queues[stage] : NULL;
    return queue == NULL || queue->consumer == NULL ? NULL : queue->consumer->cpu;
}

static enum iop_status add_stream(struct machine *machine, const struct stream_programs *programs,
                                  struct workload_state *state, int index, struct diag *diag) {
    struct flow *flow = machine_new_flow(machine, programs->sizes[0], state, index, diag);
    if (flow == NULL) return IOP_NO_MEMORY;
    struct stream *stream = flow->stream = stream_new(flow, programs->packet_frames, programs->frames_max);
    if (stream == NULL) return diag_set(diag, IOP_NO_MEMORY, "no memory for a connection");
    bool reversed = programs->sizes[0]->reversed;
    stream->far_sends = flow->thread.cpu == NULL;
    stream->lro = programs->sizes[0]->lro;
    stream->far_receives = !reversed && state->config->peer == PEER_WIRE;
    enum iop_status status = IOP_OK;
    int largest = 0;
    for (int i = 0; i < programs->frames_max && status == IOP_OK; i++) {
        struct route *route = stream->sizes[i] = calloc(1, sizeof *route);
        if (route == NULL) return diag_set(diag, IOP_NO_MEMORY, "no memory for a route");
        if (i == 0)
            status = machine_wire(machine, route, programs->sizes[0], flow, diag);
        else
            status = machine_wire_alike(machine, route, programs->sizes[i], stream->sizes[0], diag);
        if (status == IOP_OK && largest == i && (i == 0 || fits(route))) largest = i + 1;
    }
    if (status != IOP_OK) return status;
    stream_limit(stream, largest);
    flow->route = stream->sizes[largest - 1];
    stream->ack = calloc(1, sizeof *stream->ack);
    if (stream->ack == NULL) return diag_set(diag, IOP_NO_MEMORY, "no memory for a route");
    stream->ack->origin = consumer_cpu(stream->sizes[0], programs->sizes[0]->stage_count - 2);
    return machine_wire(machine, stream->ack, programs->ack, flow, diag);
}

enum iop_status machine_add_stream(struct machine *machine, struct workload_state *state, enum direction direction,
                                   struct diag *diag) {
    struct program *sizes[UINT8_MAX];
    struct stream_programs programs = {
        .frames_max = stream_frames_max(state->config),
        .packet_frames = stream_packet_frames(machine->config, state->guest, state->workload, direction),
        .sizes = sizes,
    };
    for (int frames = 0; frames <= programs.frames_max; frames++) {
        struct program *program = machine_keep_program(
            machine, program_new_stream(machine->config, state->guest, state->workload, direction, frames, diag), diag);
        if (program == NULL) return IOP_NO_MEMORY;
        if (frames == 0) {
            programs.ack = program;
            continue;
        }
        sizes[frames - 1] = program;
        make_alike(program, sizes[0]);
    }
    enum iop_status status = IOP_OK;
    for (int i = 0; i < state->config->flows && status == IOP_OK; i++)
        status = add_stream(machine, &programs, state, i, diag);
    return status;
}
