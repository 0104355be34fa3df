/* Lines up the rows that a workload's packets meet, from the sender's system call to the receiver's. */
#include "models/paths/composer.h"

static bool is_tcp_stream(const struct composer *composer) { return composer->kind == WORK_TCP_STREAM; }

/* The kernel above the driver, sending. */
static void add_stack_send(struct composer *composer, const struct party *from, enum only takes, enum hop hop) {
    if (!is_tcp_stream(composer)) {
        static const struct step *const senders[] = {[SENDER_SOCKET] = stack_send,
                                                     [SENDER_PKTGEN] = pktgen_send,
                                                     [SENDER_AF_XDP] = xsk_send,
                                                     [SENDER_NETMAP] = netmap_send};
        compose_table(composer, senders[composer->sender], from, takes, hop);
        compose_clock_reads(composer, from, composer->clock_reads);
        return;
    }
    if (composer->is_ack) {
        compose_table(composer, ack_send, from, takes, hop);
        return;
    }
    struct composer writer = *composer;
    writer.payload_bytes = composer->write_bytes;
    compose_table(&writer, stream_write, from, takes, hop);
    compose_table(&writer, composer->cached ? stream_fill_cached : stream_fill, from, takes, hop);
    compose_table(composer, stream_send, from, takes, hop);
}

/* … and receiving, from where frames may be merged, and packets steered to other CPUs. */
static void add_stack_receive(struct composer *composer, const struct party *to, enum only takes) {
    const struct guest_config *guest = to->kind == PARTY_GUEST ? &composer->config->guests[to->guest] : NULL;
    if (composer->frames > 0 && guest != NULL && !guest->offloads.no_gro)
        compose_table(composer, receive_merge, to, takes, HOP_NONE);
    if (guest != NULL && guest->rps_cpus > 0) compose_table(composer, steering, to, takes, HOP_NONE);
    if (composer->kind == WORK_HTTP) {
        compose_table(composer, stack_input, to, takes, HOP_NONE);
        compose_table(composer, composer->answered ? loop_asks : loop_serves, to, takes, HOP_NONE);
        return;
    }
    const struct step *table = composer->receiver == RECEIVER_DROP ? stack_drop
                               : !is_tcp_stream(composer)          ? stack_receive
                               : composer->is_ack                  ? ack_receive
                                                                   : stream_receive;
    compose_table(composer, table, to, takes, HOP_NONE);
}

/* The sender's rows down to the switch or the wire. Returns true if what its back end keeps of the frame
 * is still to be given back when the frame has left the host. */
static bool add_sender(struct composer *composer, const struct party *from, bool answers, enum hop hop) {
    enum only takes = protocol_traits(composer, answers);
    if (from->kind == PARTY_DOM0) {
        add_stack_send(composer, from, takes | dom0_traits(composer), hop);
        composer->frames_handed = composer->frames_here;
        return true;
    }
    const struct path_tables *tables = party_tables(composer, from);
    takes |= party_traits(composer, from);
    if (tables->polls)
        compose_table(composer, polling_send, from, takes, hop);
    else
        add_stack_send(composer, from, takes, hop);
    if (composer->sender == SENDER_SOCKET && !tables->polls) compose_table(composer, stack_queue, from, takes, hop);
    if (composer->kind == WORK_HTTP) compose_table(composer, loop_queue, from, takes, hop);
    if (is_tcp_stream(composer)) composer->program->qdisc_stage = program_last_stage(composer->program);
    if (composer->frames > 0 && stream_cut_in_software(composer->config, from->guest))
        compose_table(composer, software_segmentation, from, takes, hop);
    composer->frames_handed = composer->frames_here;
    bool netmap = composer->sender == SENDER_NETMAP; /* without any sk_buff */
    bool orphans = !netmap && tables->virtqueue && guest_orphans_packets(&composer->config->guests[from->guest]);
    if (orphans) compose_completion(composer, program_last_stage(composer->program), true);
    compose_table(composer, netmap ? tables->netmap_transmit : tables->transmit, from, takes, hop);
    if (tables->completion == NULL) return false; /* the driver reclaims in passing */
    int header = (int)composer->config->host.costs.values[COST_GRANT_HEADER].value;
    bool whole = composer->config->guests[from->guest].grants == GRANTS_COPY || composer->frame_bytes <= header;
    bool copied = tables->completes_at_backend_if_copied && whole;
    const struct step *completion = netmap                             ? tables->netmap_completion
                                    : copied && tables->answer != NULL ? tables->answered
                                                                       : tables->completion;
    if (copied && tables->answer != NULL) compose_table(composer, tables->answer, from, takes, hop);
    if (tables->attachment == ATTACH_NIC || tables->completes_at_backend || copied) {
        struct program *program = compose_completion(composer, program_last_stage(composer->program), !orphans);
        compose_into(composer, program, completion, from, takes);
        if (tables->limited != NULL && composer->config->guests[from->guest].network_bps > 0)
            compose_table(composer, tables->limited, from, takes, hop);
        return false;
    }
    return true;
}

/* The back end gives back what it has kept of the sender's frame. */
static void give_back(struct composer *composer, struct program *completion, const struct party *from) {
    completion->frees_socket = true;
    if (from->kind != PARTY_GUEST) return;
    const struct path_tables *tables = party_tables(composer, from);
    compose_into(composer, completion, tables->completion, from, party_traits(composer, from));
}

/* The NIC sends a frame that came over the backplane, or it is lost in front of it. */
static void add_way_out(struct composer *composer, const struct backplane *plane, const struct party *from,
                        bool pending, enum hop hop) {
    compose_table(composer, plane->transmit, from, dom0_traits(composer), hop);
    int number = program_last_stage(composer->program);
    struct stage *stage = &composer->program->stages[number];
    if (pending) {
        struct program *lost = compose_completion(composer, number, true);
        lost->after_loss = true;
        give_back(composer, lost, from);
        stage->drop_completion = stage->completion;
    }
    struct program *completion = compose_completion(composer, number, false);
    compose_into(composer, completion, plane->completion, from, dom0_traits(composer));
    if (pending) give_back(composer, completion, from);
}

/* Pages of the sender's are copied, or in use no more, by its back end's own worker, which then gives them back.
 * Returns false if somebody further on has them. */
static bool release_at_backend(struct composer *composer, const struct party *from, bool taken_over, bool in_place) {
    const struct path_tables *tables = party_tables(composer, from);
    enum only takes = protocol_traits(composer, false) | party_traits(composer, from);
    bool persistent = composer->config->guests[from->guest].grants == GRANTS_PERSISTENT;
    if (taken_over) compose_table(composer, tables->taken_over, from, takes, HOP_NONE);
    if (!taken_over && !(in_place && persistent && tables->answer != NULL)) return false;
    if (persistent) compose_table(composer, tables->answer, from, takes, HOP_NONE);
    struct program *completion = compose_completion(composer, program_last_stage(composer->program), true);
    compose_into(composer, completion, persistent ? tables->answered : tables->completion, from, takes);
    return true;
}

static void add_receiver(struct composer *composer, const struct party *to, bool answers) {
    enum only takes = protocol_traits(composer, answers);
    if (to->kind == PARTY_DOM0) {
        add_stack_receive(composer, to, takes | dom0_traits(composer));
        return;
    }
    const struct path_tables *tables = party_tables(composer, to);
    takes |= party_traits(composer, to) | (composer->foreign ? FOR_FOREIGN : 0);
    composer->lro = tables->attachment == ATTACH_NIC && guest_uses_lro(composer->config, to->guest);
    composer->program->lro = composer->lro && composer->frames > 0;
    if (composer->receiver == RECEIVER_NETMAP) {
        compose_table(composer, tables->netmap_receive, to, takes, HOP_NONE);
        return;
    }
    compose_table(composer, tables->receive, to, takes, HOP_NONE);
    if (tables->polls)
        compose_table(composer, polling_receive, to, takes, HOP_NONE);
    else
        add_stack_receive(composer, to, takes);
}

/* One way, `from` to `to`. Who answers an echo does so in its softirq, receiving and sending. */
static void add_leg(struct composer *composer, const struct party *from, const struct party *to, bool receiver_answers,
                    bool sender_answers) {
    struct program *program = composer->program;
    const struct backplane *out = party_backplane(composer, from), *in = party_backplane(composer, to);
    bool same = from->server == to->server && from->kind != PARTY_FAR && to->kind != PARTY_FAR;
    bool local = same && out != NULL && out == in;
    bool pending = false;
    enum hop hop = same ? HOP_SWITCH : to->kind == PARTY_FAR ? HOP_END : HOP_NETWORK;
    if (from->kind != PARTY_FAR) {
        pending = add_sender(composer, from, sender_answers, hop);
        bool on_device = from->kind == PARTY_DOM0 && composer->sender == SENDER_PKTGEN; /* of the vif or the NIC */
        if (out != NULL && !on_device) compose_table(composer, out->forward, from, 0, HOP_NONE);
        if (out != NULL && !local) add_way_out(composer, out, from, pending, hop);
    }
    if (to->kind == PARTY_FAR) return;
    int first = program->row_count;
    if (in != NULL && !local) {
        compose_table(composer, in->receive, to, dom0_traits(composer), HOP_NONE);
        if (composer->frames > 0 && in == &backplane_kernel)
            compose_table(composer, dom0_receive_merge, to, dom0_traits(composer), HOP_NONE);
        compose_table(composer, in->forward, to, 0, HOP_NONE);
    }
    bool in_place = to->kind == PARTY_GUEST && party_tables(composer, to)->receives_in_place &&
                    composer->config->guests[to->guest].grants == GRANTS_PERSISTENT;
    bool taken_over = to->kind == PARTY_DOM0 && from->kind == PARTY_GUEST && composer->receiver != RECEIVER_DROP &&
                      party_tables(composer, from)->taken_over != NULL;
    if (local && pending && from->kind == PARTY_GUEST && release_at_backend(composer, from, taken_over, in_place))
        pending = false;
    /* What dom0's NIC has received lies frame by frame. */
    bool known = composer->config->host.dom0.kernel[0] != '\0';
    if (in == &backplane_kernel && !local && known) composer->fragment_bytes = composer->segment_bytes;
    composer->foreign =
        local && pending && from->kind == PARTY_GUEST && composer->config->guests[from->guest].grants == GRANTS_MAP;
    add_receiver(composer, to, receiver_answers);
    composer->foreign = false;
    composer->fragment_bytes = 0;
    if (local && pending) {
        /* The frame is the sender's until the receiving side's first worker has copied it, or its sender's
         * back end dropped it. */
        int stage = 0, last = program_last_stage(program);
        for (int i = 1; i < first; i++) stage += program->rows[i].step->mechanism == RING;
        if (stage < last && !in_place) stage++;
        give_back(composer, compose_completion(composer, stage, true), from);
        program->stages[stage].drop_completion = program->stages[stage].completion;
    }
}

static struct party guest_party(const struct model_config *config, int guest) {
    return (struct party){PARTY_GUEST, guest, config->guests[guest].server};
}

/* A guest that polls takes a frame from the switch, forwards it, and gives it back to the switch. */
static void add_forwarder(struct composer *composer, int guest) {
    struct party at = guest_party(composer->config, guest);
    const struct path_tables *tables = party_tables(composer, &at);
    enum only takes = protocol_traits(composer, false) | party_traits(composer, &at);
    compose_table(composer, tables->receive, &at, takes, HOP_NONE);
    compose_table(composer, polling_forward, &at, takes, HOP_NONE);
    compose_table(composer, tables->transmit, &at, takes, HOP_NONE);
}

/* From the wire to the wire: in by the NIC, through the switch, out by the NIC, past all guests but those of a chain.
 */
static void add_transit(struct composer *composer, const struct party *us, const struct workload_config *work) {
    const struct backplane *plane = party_backplane(composer, us);
    struct party host = {PARTY_DOM0, -1, us->server};
    compose_table(composer, plane->receive, &host, dom0_traits(composer), HOP_NONE);
    compose_table(composer, plane->forward, &host, 0, HOP_NONE);
    for (int i = 0; i < work->through_count; i++) {
        add_forwarder(composer, work->through[i]);
        compose_table(composer, plane->forward, &host, 0, HOP_NONE);
    }
    add_way_out(composer, plane, &host, false, HOP_END);
}

static struct party peer_of(const struct model_config *config, int guest, const struct workload_config *work) {
    switch (work->peer) {
    case PEER_GUEST:
        return guest_party(config, work->peer_guest);
    case PEER_DOM0:
        return (struct party){PARTY_DOM0, -1, config->guests[guest].server};
    default:
        return (struct party){PARTY_FAR, -1, config->guests[guest].server};
    }
}

/* Request and answer. An ideal far host that answers reflects on the wire, so that both ways meet in one NIC stage. */
static void compose_transaction(struct composer *composer, const struct party *asks, const struct party *answers,
                                const struct workload_config *work) {
    bool echo = work->kind == WORK_PING;
    composer->payload_bytes = work->request_bytes;
    composer->frame_bytes = frame_of_payload(work->kind, work->request_bytes);
    add_leg(composer, asks, answers, echo, false);
    if (answers->kind == PARTY_FAR) composer->program->rows[composer->program->row_count - 1].hop = HOP_REFLECT;
    composer->payload_bytes = work->response_bytes;
    composer->frame_bytes = frame_of_payload(work->kind, work->response_bytes);
    composer->turnaround = composer->answered = true;
    int requests = composer->program->completion_count;
    add_leg(composer, answers, asks, false, echo);
    /* The answer is in the answering side's send buffer, not in the flow's. */
    for (int i = requests; i < composer->program->completion_count; i++)
        composer->program->completions[i]->frees_socket = false;
}

void program_compose(struct program *program, const struct model_config *config, enum direction direction) {
    const struct workload_config *work = &config->guests[program->guest].workloads[program->workload];
    struct composer composer = {.program = program, .config = config, .kind = work->kind};
    composer.sender = work->sender;
    composer.receiver = work->receiver;
    composer.clock_reads = work->clock_reads;
    struct party us = guest_party(config, program->guest), peer = peer_of(config, program->guest, work);
    if (workload_is_computing(work->kind)) {
        compose_computing(&composer, &us, work);
        return;
    }
    if (!workload_is_stream(work->kind)) {
        program->reversed = work->kind == WORK_HTTP && work->serves;
        compose_transaction(&composer, program->reversed ? &peer : &us, program->reversed ? &us : &peer, work);
        return;
    }
    composer.frame_bytes = program->frame_bytes;
    composer.payload_bytes = program->payload_bytes = program->frame_bytes - protocol_overhead_bytes(work->kind);
    program->reversed = direction != DIRECTION_TRANSMIT;
    if (direction == DIRECTION_TRANSIT)
        add_transit(&composer, &us, work);
    else if (program->reversed)
        add_leg(&composer, &peer, &us, false, false);
    else
        add_leg(&composer, &us, &peer, false, false);
}

/* ---- tcp-stream ------------------------------------------------------------------------------------- */

void program_compose_stream(struct program *program, const struct model_config *config, enum direction direction,
                            int frames) {
    const struct workload_config *work = &config->guests[program->guest].workloads[program->workload];
    struct party us = guest_party(config, program->guest), peer = peer_of(config, program->guest, work);
    struct composer composer = {.program = program, .config = config, .kind = work->kind};
    bool reversed = direction == DIRECTION_RECEIVE;
    const struct party *from = reversed ? &peer : &us, *to = reversed ? &us : &peer;
    composer.segment_bytes = stream_segment_bytes(work);
    composer.write_bytes = stream_write_bytes(config, work);
    composer.cached = stream_is_cached(config, work);
    composer.is_ack = program->is_ack = frames == 0;
    program->reversed = reversed;
    if (composer.is_ack) {
        composer.frame_bytes = frame_of_payload(work->kind, 0);
        add_leg(&composer, to, from, false, false);
        for (int i = 0; i < program->completion_count; i++) program->completions[i]->frees_socket = false;
        return;
    }
    int handed = stream_packet_frames(config, program->guest, program->workload, direction);
    composer.frames = frames;
    compose_frames(&composer, from->kind == PARTY_FAR ? 1 : frames < handed ? frames : handed);
    program->stages[0].pieces = frames / composer.frames_here;
    add_leg(&composer, from, to, false, false);
}

void program_compose_register_access(struct program *program, const struct model_config *config) {
    struct composer composer = {.program = program, .config = config};
    struct party us = guest_party(config, program->guest);
    compose_table(&composer, register_access, &us, party_traits(&composer, &us), HOP_NONE);
}
