#include "models/guest/segmentation.h"

#include "models/hardware/wire.h"
#include "models/machine.h"

static int headers(void) { return protocol_overhead_bytes(WORK_TCP_STREAM); }

uint32_t segmentation_cut(struct machine *machine, uint32_t index, bool each_has_cleanup) {
    uint32_t taken = packet_take(&machine->packets);
    struct packet *packet = packet_at(&machine->packets, index), *frame = packet_at(&machine->packets, taken);
    struct stream *stream = packet->route->flow->stream;
    uint32_t bytes = stream->sender.settings.segment_bytes;
    *frame = *packet;
    frame->born = machine->sim.now;
    frame->route = stream->sizes[0];
    frame->caller = NULL;
    frame->reserved = false;
    frame->frames = 1;
    frame->handed = each_has_cleanup;
    frame->bytes = bytes;
    frame->frame_bytes = (int32_t)bytes + headers();
    packet->frames--;
    packet->route = stream->sizes[packet->frames - 1];
    packet->sequence = (packet->sequence + bytes) & PACKET_SEQUENCE_MASK;
    packet->bytes -= bytes;
    packet->frame_bytes = (int32_t)packet->bytes + headers();
    if (each_has_cleanup) packet->handed = 1;
    balance_enter(&stream->flow->state->frames, frame->born);
    return taken;
}

const struct route *segmentation_handed(const struct packet *packet) {
    return packet->handed == 0 ? NULL : packet->route->flow->stream->sizes[packet->handed - 1];
}

uint32_t segmentation_handed_bytes(const struct packet *packet) {
    if (packet->frames == 0) return 0;
    uint32_t taken_off = packet->handed > packet->frames ? (uint32_t)(packet->handed - packet->frames) : 0;
    return taken_off * packet->route->flow->stream->sender.settings.segment_bytes + packet->bytes;
}

double segmentation_wire_bytes(const struct packet *packet) {
    if (packet->frames <= 1) return packet->frame_bytes + WIRE_OVERHEAD_BYTES;
    return packet->bytes + packet->frames * (double)(headers() + WIRE_OVERHEAD_BYTES);
}
