#include "models/workload/far_host.h"

#include "models/hardware/wire.h"
#include "models/machine.h"

/* The far host takes frames for one packet as long as less time than this lies between them. */
enum { GAP_FRAMES = 2 };

/* The far host's application costs nothing; it writes what there is room for. */
void far_host_write(struct stream *stream) {
    while (tcp_room(&stream->sender) >= stream->write_bytes && (!stream->paced || stream->writes_due > 0)) {
        if (stream->paced) stream->writes_due--;
        tcp_write(&stream->sender, stream->write_bytes);
        stream_remember_write(stream, stream->flow->machine->sim.now);
    }
}

static struct server_state *home(const struct stream *stream) {
    return stream->flow->machine->guests[stream->flow->state->guest].server;
}

static void at_port(struct sim *sim, void *machine, uint64_t packet) {
    (void)sim;
    machine_ingress(machine, (uint32_t)packet);
}

sim_time far_host_flight(struct flow *flow) {
    struct machine *machine = flow->machine;
    return machine_flight(machine, &machine->servers[flow->route->program->stages[0].server]);
}

void far_host_ask(struct flow *flow, uint32_t packet) {
    struct machine *machine = flow->machine;
    int frame_bytes = flow->route->program->stages[0].rx_frame_bytes;
    sim_time frame = wire_time(machine->config->host.nic.link_bps, frame_bytes);
    sim_after(&machine->sim, frame + far_host_flight(flow), at_port, machine, packet);
}

/* A frame of the far host leaves it at `at`; jitter keeps the order of one connection. */
void far_host_frame(struct stream *stream, uint32_t packet, sim_time at) {
    struct machine *machine = stream->flow->machine;
    at += machine_flight(machine, home(stream));
    sim_time *last = &stream->arrival[packet_at(&machine->packets, packet)->frames == 0];
    if (at <= *last) at = *last + 1;
    *last = at;
    sim_at(&machine->sim, at, at_port, machine, packet);
}

static void far_link_sent(struct sim *sim, void *object, uint64_t bytes) {
    (void)sim;
    stream_freed(object, (uint32_t)bytes, NULL);
}

/* The far host's own link spaces its frames, and its kernel bounds what waits for it, as ours does. */
void far_host_send(struct stream *stream, const struct tcp_segment *segment) {
    struct machine *machine = stream->flow->machine;
    uint32_t mss = stream->sender.settings.segment_bytes;
    for (uint32_t sent = 0; sent < segment->bytes; sent += mss) {
        uint32_t bytes = segment->bytes - sent < mss ? segment->bytes - sent : mss;
        uint32_t index = stream_new_data(stream, segment->sequence + sent, bytes);
        sim_time time = wire_time(machine->config->host.nic.link_bps, packet_at(&machine->packets, index)->frame_bytes);
        sim_time sent_at = server_request(&stream->far_link, machine->sim.now, time);
        far_host_frame(stream, index, sent_at);
        if (sent + mss >= segment->bytes) sim_at(&machine->sim, sent_at, far_link_sent, stream, segment->bytes);
    }
}

/* The far host reads what has come in order at once. */
static void take_train(struct stream *stream) {
    struct tcp_receiver *receiver = &stream->receiver;
    uint32_t fresh, bytes;
    if (stream->train_frames == 0) return;
    enum tcp_arrival arrival = tcp_arrived(receiver, stream->train_from, stream->train_bytes, &bytes);
    while (receiver->early.count > 0 && receiver->early.range[0].from <= receiver->next) {
        struct tcp_range early = receiver->early.range[0];
        tcp_arrived(receiver, early.from, (uint32_t)(early.to - early.from), &fresh);
        bytes += fresh;
    }
    tcp_has_read(receiver, bytes);
    stream_count_read(stream, arrival == TCP_DUPLICATE ? 0 : stream->train_frames, bytes);
    stream->train_frames = stream->train_bytes = 0;
    stream_acknowledge(stream, NULL);
}

static void train_may_end(struct sim *sim, void *object, uint64_t word) {
    (void)word;
    struct stream *stream = object;
    stream->train_waits = stream->train_frames > 0 && sim->now < stream->train_ends;
    if (stream->train_waits)
        sim_at(sim, stream->train_ends, train_may_end, stream, 0);
    else
        take_train(stream);
}

/* Frames in sequence are one packet until there is a gap between them, or 64 KB of them. */
static void receive_at_far_host(struct stream *stream, const struct packet *packet) {
    struct machine *machine = stream->flow->machine;
    balance_deliver(&stream->flow->state->frames, machine->sim.now, packet->born);
    if (packet->sequence != stream->train_from + stream->train_bytes) take_train(stream);
    if (stream->train_frames == 0) stream->train_from = packet->sequence;
    stream->train_bytes += packet->bytes;
    stream->train_frames += packet->frames;
    bool is_short = packet->bytes < stream->sender.settings.segment_bytes;
    if (is_short || stream->train_frames >= (uint32_t)stream->frames_max) take_train(stream);
    sim_time frame = wire_time(machine->config->host.nic.link_bps, packet->frame_bytes);
    stream->train_ends = machine->sim.now + GAP_FRAMES * frame;
    if (stream->train_waits || stream->train_frames == 0) return;
    stream->train_waits = true;
    sim_at(&machine->sim, stream->train_ends, train_may_end, stream, 0);
}

void far_host_receive(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    struct machine *machine = object;
    const struct packet *packet = packet_at(&machine->packets, (uint32_t)word);
    struct stream *stream = packet->route->flow->stream;
    if (packet->route->program->is_ack)
        stream_take_ack(stream, packet, NULL);
    else
        receive_at_far_host(stream, packet);
    packet_give(&machine->packets, (uint32_t)word);
}
