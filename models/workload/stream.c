#include "models/workload/stream.h"

#include <stdlib.h>
#include <string.h>

#include "models/copying.h"
#include "models/machine.h"
#include "models/telling.h"
#include "models/workload/far_host.h"

/* Where data and acknowledgements begin their paths: at TCP's output. */
enum { DATA_STAGE = 1, ACK_STAGE = 0 };
enum { EARLY_MORE = 64, SOCKET_MORE = 1024, WRITES_DUE_MAX = 4096 };

static double cost(const struct flow *flow, enum cost id) { return flow->machine->config->host.costs.values[id].value; }

/* ---- making and freeing ---------------------------------------------------------------------------- */

static uint32_t at_least(double bytes, uint32_t least) { return bytes > least ? (uint32_t)bytes : least; }

struct stream *stream_new(struct flow *flow, int packet_frames, int frames_max) {
    const struct workload_config *work = flow->state->config;
    struct stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL) return NULL;
    uint32_t segment = (uint32_t)stream_segment_bytes(work);
    struct tcp_settings settings = {
        .segment_bytes = segment,
        .packet_bytes = (uint32_t)packet_frames * segment,
        .initial_segments = at_least(cost(flow, COST_TCP_IW), 1),
        .send_buffer_bytes = at_least(cost(flow, COST_TCP_WMEM), 2 * segment),
        .window_bytes = at_least(cost(flow, COST_TCP_RMEM), 2 * segment),
        .below_bytes = at_least(cost(flow, COST_TCP_BELOW), 1),
        .rto_least = sim_time_of(cost(flow, COST_TCP_RTO)),
        .delayed = sim_time_of(cost(flow, COST_TCP_DELAYED)),
    };
    tcp_sender_init(&stream->sender, &settings);
    tcp_receiver_init(&stream->receiver, &settings);
    stream->flow = flow;
    stream->paced = flow->interval_ps > 0;
    stream->frames_max = stream->size_count = frames_max;
    stream->write_bytes = (uint32_t)stream_write_bytes(flow->machine->config, work);
    stream->early_capacity = (int)(settings.window_bytes / segment) + EARLY_MORE;
    stream->early = calloc((size_t)stream->early_capacity, sizeof *stream->early);
    stream->sizes = calloc((size_t)frames_max, sizeof *stream->sizes);
    server_init(&stream->far_link, 1);
    if (stream->early != NULL && stream->sizes != NULL) return stream;
    stream_free(stream);
    return NULL;
}

void stream_free(struct stream *stream) {
    if (stream == NULL) return;
    for (int i = 0; i < stream->size_count && stream->sizes != NULL; i++) free(stream->sizes[i]);
    free(stream->sizes);
    free(stream->early);
    free(stream->ack);
    free(stream);
}

void stream_limit(struct stream *stream, int frames) {
    struct tcp_settings *settings = &stream->sender.settings;
    stream->frames_max = frames;
    if (settings->packet_bytes > (uint32_t)frames * settings->segment_bytes)
        settings->packet_bytes = (uint32_t)frames * settings->segment_bytes;
}

uint32_t stream_socket_packets(const struct stream *stream) {
    return 2 * stream->sender.settings.window_bytes / stream->sender.settings.segment_bytes + SOCKET_MORE;
}

/* ---- writing --------------------------------------------------------------------------------------- */

static struct stage *write_stage(struct stream *stream) { return &stream->flow->route->program->stages[0]; }

void stream_remember_write(struct stream *stream, sim_time began) {
    if (stream->writes == STREAM_WRITES_MAX) return;
    uint32_t at = (stream->write_head + stream->writes++) % STREAM_WRITES_MAX;
    stream->write_end[at] = stream->sender.written;
    stream->write_at[at] = began;
}

static void wrote(struct sim *sim, void *object, uint64_t began);

static bool has_to_wait(struct stream *stream) {
    if (stream->paced && stream->writes_due == 0) return true;
    stream->flow->blocked = tcp_room(&stream->sender) < stream->write_bytes;
    return stream->flow->blocked;
}

static void submit_write(struct stream *stream, sim_time work) {
    struct flow *flow = stream->flow;
    struct stage *stage = write_stage(stream);
    work += stage->work[EACH] + flow->thread.debt;
    if (stage->traffic > 0)
        work += copying_waits(flow->machine, flow->thread.cpu, stage, stage->traffic, stage->copying);
    flow->thread.debt = 0;
    flow->thread.runqueue->last_turn = work;
    processor_submit(flow->thread.cpu, CONTEXT_TASK, work, wrote, stream, (uint64_t)flow->machine->sim.now);
}

/* The sleeping thread has something to write, `from` has woken it (NULL: a timer). */
static void begin_writing(struct stream *stream, const struct station *from) {
    struct flow *flow = stream->flow;
    if (has_to_wait(stream)) return;
    flow->active = true;
    thread_wakes(&flow->thread, from);
    submit_write(stream, execute(write_stage(stream), WAKE));
}

static void wrote(struct sim *sim, void *object, uint64_t began) {
    (void)sim;
    struct stream *stream = object;
    struct flow *flow = stream->flow;
    write_stage(stream)->executed[EACH]++;
    if (stream->paced) stream->writes_due--;
    tcp_write(&stream->sender, stream->write_bytes);
    stream_remember_write(stream, (sim_time)began);
    stream_output(stream, &flow->thread);
    flow->active = !has_to_wait(stream);
    if (flow->active)
        submit_write(stream, 0);
    else
        thread_sleeps(&flow->thread);
}

/* A third of the send buffer is free: the writer goes on (sk_stream_write_space). */
static void wake_writer(struct stream *stream, struct station *from) {
    struct flow *flow = stream->flow;
    uint32_t room = tcp_room(&stream->sender);
    if (!flow->blocked || room < stream->write_bytes || room < stream->sender.settings.send_buffer_bytes / 3) return;
    if (from != NULL) from->debt += execute(write_stage(stream), NOTIFYING);
    begin_writing(stream, from);
}

static void tick(struct sim *sim, void *object, uint64_t word) {
    (void)word;
    struct stream *stream = object;
    struct flow *flow = stream->flow;
    flow_next_arrival(flow);
    sim_at(sim, (sim_time)flow->next_ps, tick, stream, 0);
    if (stream->writes_due < WRITES_DUE_MAX) stream->writes_due++;
    if (stream->far_sends) {
        far_host_write(stream);
        stream_output(stream, NULL);
    } else if (!flow->active && !flow->blocked) {
        begin_writing(stream, NULL);
    }
}

void stream_start(struct stream *stream) {
    struct flow *flow = stream->flow;
    if (stream->paced) {
        flow->next_ps = flow->burst_end_ps = (double)flow->machine->sim.now;
        tick(&flow->machine->sim, stream, 0);
    } else if (stream->far_sends) {
        far_host_write(stream);
        stream_output(stream, NULL);
    } else {
        begin_writing(stream, NULL);
    }
}

/* ---- sending data ---------------------------------------------------------------------------------- */

static void timer_rings(struct sim *sim, void *object, uint64_t word);

/* The event may come early and then looks again: acknowledgements only move the deadline. */
static void set_timer(struct stream *stream) {
    struct sim *sim = &stream->flow->machine->sim;
    sim_time deadline = stream->sender.deadline;
    if (deadline == SIM_TIME_MAX || (stream->timer != EVENT_NONE && stream->timer_at <= deadline)) return;
    if (stream->timer != EVENT_NONE) sim_cancel(sim, stream->timer);
    stream->timer_at = deadline;
    stream->timer = sim_at(sim, deadline > sim->now ? deadline : sim->now, timer_rings, stream, 0);
}

static void timer_rings(struct sim *sim, void *object, uint64_t word) {
    (void)word;
    struct stream *stream = object;
    stream->timer = EVENT_NONE;
    if (stream->sender.deadline <= sim->now) {
        tcp_timed_out(&stream->sender, sim->now);
        stream_output(stream, NULL);
    }
    set_timer(stream);
}

uint32_t stream_new_data(struct stream *stream, uint64_t sequence, uint32_t bytes) {
    struct machine *machine = stream->flow->machine;
    uint32_t segment = stream->sender.settings.segment_bytes, frames = (bytes + segment - 1) / segment;
    uint32_t index = packet_take(&machine->packets);
    *packet_at(&machine->packets, index) = (struct packet){
        .born = machine->sim.now,
        .route = stream->sizes[frames - 1],
        .flow_limit = stream->flow->limit.ps_per_unit > 0 ? &stream->flow->limit : NULL,
        .frames = (uint8_t)frames,
        .handed = (uint8_t)frames,
        .sequence = sequence & PACKET_SEQUENCE_MASK,
        .bytes = bytes,
        .frame_bytes = (int32_t)bytes + protocol_overhead_bytes(WORK_TCP_STREAM),
    };
    balance_enter(&stream->flow->state->frames, machine->sim.now);
    return index;
}

void stream_output(struct stream *stream, struct station *from) {
    struct machine *machine = stream->flow->machine;
    struct tcp_segment segment;
    if (from == NULL || from->cpu == NULL) from = &stream->flow->thread; /* a timer's softirq, on its CPU */
    while (tcp_next_segment(&stream->sender, machine->sim.now, &segment)) {
        uint32_t mss = stream->sender.settings.segment_bytes;
        if (segment.again) stream->flow->state->resent += (segment.bytes + mss - 1) / mss;
        stream->sender.below += segment.bytes;
        if (stream->far_sends) {
            far_host_send(stream, &segment);
            continue;
        }
        uint32_t index = stream_new_data(stream, segment.sequence, segment.bytes);
        packet_at(&machine->packets, index)->stage = DATA_STAGE;
        station_deliver(machine, index, from);
    }
    set_timer(stream);
}

void stream_freed(struct stream *stream, uint32_t bytes, struct station *from) {
    assert(stream->sender.below >= bytes);
    stream->sender.below -= bytes;
    stream_output(stream, from);
}

/* ---- acknowledgements ------------------------------------------------------------------------------ */

/* What a packet has no room for; by the time a range is overwritten its packet has long arrived, or was lost. */
static uint16_t remember_sack(struct stream *stream, struct tcp_range range) {
    stream->sack = (uint16_t)(stream->sack + 1u < STREAM_SACKS_MAX ? stream->sack + 1u : 1u);
    stream->sacks[stream->sack] = range;
    return stream->sack;
}

static void send_ack(struct stream *stream, struct station *from) {
    struct machine *machine = stream->flow->machine;
    struct tcp_ack ack = tcp_take_ack(&stream->receiver);
    bool selective = ack.sacked.to > ack.sacked.from;
    uint32_t index = packet_take(&machine->packets);
    *packet_at(&machine->packets, index) = (struct packet){
        .born = machine->sim.now,
        .route = stream->ack,
        .stage = ACK_STAGE,
        .sequence = ack.acknowledged & PACKET_SEQUENCE_MASK,
        .bytes = ack.window,
        .sack = selective ? remember_sack(stream, ack.sacked) : 0,
    };
    balance_enter(&stream->flow->state->acks, machine->sim.now);
    if (stream->far_receives)
        far_host_frame(stream, index, machine->sim.now);
    else
        station_deliver(machine, index, from);
}

static struct station *reader(const struct stream *stream) {
    const struct route *route = stream->sizes[0];
    const struct queue *queue = route->queues[route->program->stage_count - 1];
    return queue == NULL ? NULL : queue->consumer;
}

static void ack_delayed(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    struct stream *stream = object;
    stream->ack_timer = EVENT_NONE;
    if (stream->receiver.pending) send_ack(stream, stream->far_receives ? NULL : reader(stream));
}

void stream_acknowledge(struct stream *stream, struct station *from) {
    if (tcp_ack_due(&stream->receiver))
        send_ack(stream, from);
    else if (stream->receiver.pending && stream->ack_timer == EVENT_NONE)
        stream->ack_timer =
            sim_after(&stream->flow->machine->sim, stream->receiver.settings.delayed, ack_delayed, stream, 0);
}

void stream_take_ack(struct stream *stream, const struct packet *packet, struct station *from) {
    struct machine *machine = stream->flow->machine;
    struct tcp_ack ack = {packet->sequence, packet->bytes, stream->sacks[packet->sack]};
    balance_deliver(&stream->flow->state->acks, machine->sim.now, packet->born);
    tcp_acknowledged(&stream->sender, machine->sim.now, &ack);
    if (stream->far_sends) far_host_write(stream);
    stream_output(stream, from);
    if (!stream->far_sends) wake_writer(stream, from);
}

/* ---- receiving ------------------------------------------------------------------------------------- */

/* Bytes have been read: writes whose last byte is among them have arrived. */
void stream_count_read(struct stream *stream, uint32_t frames, uint32_t bytes) {
    struct workload_state *state = stream->flow->state;
    sim_time now = stream->flow->machine->sim.now;
    state->frames_read += frames;
    state->bytes_read += bytes;
    machine_count_arrival(stream->flow->machine, (int)frames);
    for (; stream->writes > 0 && stream->write_end[stream->write_head] <= stream->receiver.read; stream->writes--) {
        histogram_record(&state->latency, now - stream->write_at[stream->write_head]);
        stream->write_head = (stream->write_head + 1) % STREAM_WRITES_MAX;
    }
}

static void hold(struct stream *stream, uint32_t index, uint64_t sequence) {
    int at = stream->early_count++;
    for (; at > 0 && stream->early[at - 1].sequence > sequence; at--) stream->early[at] = stream->early[at - 1];
    stream->early[at] = (struct early_packet){sequence, index};
}

/* What TCP has no use for any more ends in front of the socket. */
static void discard(struct machine *machine, uint32_t index, struct station *from) {
    struct packet *packet = packet_at(&machine->packets, index);
    const struct stage *stage = &packet->route->program->stages[++packet->stage];
    if (stage->drop_completion >= 0) station_complete(machine, packet, stage->drop_completion, from);
    balance_lose(&packet->route->flow->state->frames, machine->sim.now, packet->born);
    packet_give(&machine->packets, index);
}

static bool socket_full(const struct packet *packet) {
    return ring_space(&packet->route->queues[packet->stage + 1]->ring) == 0;
}

static enum tcp_arrival take(struct stream *stream, uint32_t index, struct station *from) {
    struct machine *machine = stream->flow->machine;
    struct packet *packet = packet_at(&machine->packets, index);
    uint32_t fresh;
    enum tcp_arrival arrival = tcp_arrived(&stream->receiver, packet->sequence, packet->bytes, &fresh);
    if (arrival == TCP_DUPLICATE) discard(machine, index, from);
    if (arrival == TCP_EARLY) hold(stream, index, packet->sequence);
    if (arrival != TCP_IN_ORDER) return arrival;
    packet->bytes = fresh;
    packet->stage++;
    station_deliver(machine, index, from);
    return arrival;
}

void stream_input(struct machine *machine, uint32_t index, struct station *from) {
    struct packet *packet = packet_at(&machine->packets, index);
    struct stream *stream = packet->route->flow->stream;
    if (socket_full(packet) || stream->early_count == stream->early_capacity) {
        packet->stage++;
        station_lose(machine, index, LOST_SOCKET, from);
        return;
    }
    take(stream, index, from);
    int followed = 0;
    while (followed < stream->early_count && stream->early[followed].sequence <= stream->receiver.next &&
           !socket_full(packet_at(&machine->packets, stream->early[followed].packet)))
        take(stream, stream->early[followed++].packet, from);
    stream->early_count -= followed;
    if (followed > 0)
        memmove(stream->early, stream->early + followed, (size_t)stream->early_count * sizeof *stream->early);
    stream_acknowledge(stream, from);
}

static void read_data(struct stream *stream, const struct packet *packet, struct station *from) {
    balance_deliver(&stream->flow->state->frames, stream->flow->machine->sim.now, packet->born);
    bool update = tcp_has_read(&stream->receiver, packet->bytes);
    stream_count_read(stream, packet->frames, packet->bytes);
    if (update) send_ack(stream, from);
}

void stream_arrived(struct route *route, const struct packet *packet, struct station *from) {
    struct stream *stream = route->flow->stream;
    if (route->program->is_ack)
        stream_take_ack(stream, packet, from);
    else
        read_data(stream, packet, from);
}
