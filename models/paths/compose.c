/* Lines up the rows that a workload's packets meet, from the sender's system call to the receiver's. */
#include <stdlib.h>
#include <string.h>

#include "models/hypervisor/mitigations.h"
#include "models/paths/program.h"
#include "models/topology.h"

struct composer {
    struct program *program; /* that rows are added to */
    const struct model_config *config;
    enum workload_kind kind;
    enum sender sender;
    enum receiver receiver;
    int frame_bytes, payload_bytes;
    bool turnaround; /* the next row is the first of the answer */
    /* tcp-stream: segments of the packet, of what it is here, of what the sender's kernel handed to its driver; the
     * payload of a segment and of one write; how often rows are executed for what came into the stage */
    int frames, frames_here, frames_handed, segment_bytes, write_bytes, times;
    bool is_ack, lro;
    bool answered; /* http: the leg is the answer, so that its receiver is the client */
};

static const struct path_tables *tables_of(const struct composer *composer, const struct party *party) {
    return guest_path(&composer->config->guests[party->guest]);
}

static enum only features_of(const struct composer *composer) {
    return composer->config->host.mitigations ? FOR_MITIGATED : 0;
}

/* What the guest's rows depend on beside the protocol: its kernel, and how interrupts reach it. */
static enum only traits_of(const struct composer *composer, const struct party *party) {
    const struct path_tables *tables = tables_of(composer, party);
    const struct host_config *host = &composer->config->host;
    const struct guest_config *guest = &composer->config->guests[party->guest];
    enum only device = host->exitless_interrupts ? FOR_EXITLESS : host->posted_interrupts ? FOR_POSTED : FOR_INJECTED;
    enum only model = host->hypervisor == HYPERVISOR_XEN ? FOR_DOM0_MODEL : FOR_THREAD_MODEL;
    enum only takes =
        tables->kernel | model | (tables->delivery != 0 ? tables->delivery : device) | features_of(composer);
    static const enum only grants[] = {
        [GRANTS_COPY] = FOR_GRANT_COPY, [GRANTS_MAP] = FOR_GRANT_MAP, [GRANTS_PERSISTENT] = FOR_GRANT_PERSISTENT};
    takes |= grants[guest->grants];
    if (guest->offloads.no_checksum) takes |= FOR_CHECKSUM;
    if (guest_crosses_sockets(host, guest)) takes |= FOR_NUMA;
    if (guest->rps_cpus == 0) takes |= FOR_UNSTEERED;
    if (guest->coalesced) takes |= FOR_COALESCED;
    return guest_maps_buffers(composer->config, party->guest) ? takes | FOR_MAPPED : takes;
}

/* The kernel of dom0 is a PV kernel; that of a KVM host enters like bare metal. */
static enum only dom0_kernel(const struct composer *composer) {
    enum only kernel = composer->config->host.hypervisor == HYPERVISOR_XEN ? FOR_PV_KERNEL : FOR_BARE_KERNEL;
    return kernel | features_of(composer) | FOR_UNSTEERED | (host_maps_buffers(composer->config) ? FOR_MAPPED : 0);
}

/* What a party's frames pass between its back end and the wire; NULL: it has (a function of) the NIC. */
static const struct backplane *backplane_of(const struct composer *composer, const struct party *party) {
    if (party->kind == PARTY_DOM0) return &backplane_kernel;
    if (party->kind == PARTY_FAR) return NULL;
    switch (tables_of(composer, party)->attachment) {
    case ATTACH_BRIDGE:
        return &backplane_kernel;
    case ATTACH_SWITCH:
        return &backplane_switch;
    default:
        return NULL;
    }
}

/* Only who drives the NIC as a whole may have it merge. */
static bool uses_lro(const struct model_config *config, int guest) {
    enum mode mode = config->guests[guest].mode;
    return config->guests[guest].offloads.lro && (mode == MODE_NATIVE || mode == MODE_PASSTHROUGH);
}

static enum only protocol(const struct composer *composer, bool answers) {
    switch (composer->kind) {
    case WORK_TCP_STREAM:
        return composer->is_ack ? FOR_ACK : FOR_STREAM;
    case WORK_TCP_RR:
    case WORK_HTTP:
        return FOR_TCP;
    case WORK_PING:
        return answers ? FOR_ECHO : FOR_PING;
    default:
        return FOR_UDP;
    }
}

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
        .times = times_of(composer, step),
        .turnaround = composer->turnaround,
    };
    composer->turnaround = false;
}

/* What the mitigations add to the row just added stands behind it, at the same place. */
static void add_mitigation(struct composer *composer, const struct step *step, const struct party *at) {
    const struct step *mitigation = mitigation_of(step);
    if (mitigation == NULL) return;
    enum place place = composer->program->rows[composer->program->row_count - 1].place;
    add_row(composer, mitigation, at, HOP_NONE);
    composer->program->rows[composer->program->row_count - 1].place = place;
}

/* The stage that the rows added last belong to. */
static int stage_of_last_row(const struct program *program) {
    int stage = 0;
    for (int i = 1; i < program->row_count; i++) stage += program->rows[i].step->mechanism == RING;
    return stage;
}

/* A packet of `frames` full segments is what the next rows are about. */
static void set_frames(struct composer *composer, int frames) {
    composer->frames_here = frames;
    composer->payload_bytes = frames * composer->segment_bytes;
    composer->frame_bytes = frame_of_payload(composer->kind, composer->payload_bytes);
}

/* The last stage ends by cutting packets: what is left of its rows is done for each frame. */
static void begin_cut(struct composer *composer, const struct step *step) {
    struct stage *stage = &composer->program->stages[stage_of_last_row(composer->program)];
    stage->end = step->cut == CUT_PACKETS ? END_CUT_PACKETS : END_CUT_FRAMES;
    composer->times = composer->frames_here;
    set_frames(composer, 1);
}

/* A RING row ends the work of one worker and begins that of the next. */
static void begin_worker(struct composer *composer, const struct step *step) {
    struct program *program = composer->program;
    composer->times = 1;
    if (program->row_count == 0) return;
    struct stage *before = &program->stages[stage_of_last_row(program)];
    if (step->ring == RING_SOCKET) before->end = END_TCP_INPUT;
    if (step->merges) before->end = END_MERGES;
    if (step->merges || (composer->lro && step->ring == RING_NIC_RX)) set_frames(composer, composer->frames);
    if (ring_infos[step->ring].consumer == WORKER_NIC) set_frames(composer, 1); /* TSO */
    before[1].pieces = composer->frames / composer->frames_here;
}

/* Whether a row is taken: in each group of traits that it names, one is ours. */
static bool is_taken(const struct step *step, enum only takes) {
    static const uint32_t groups[] = {FOR_PROTOCOLS, FOR_KERNELS, FOR_DELIVERIES, FOR_MODELS, FOR_GRANTS};
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if ((step->only & groups[i]) != 0 && (step->only & takes & groups[i]) == 0) return false;
    return (step->only & FOR_FEATURES & ~takes) == 0;
}

/* Rows of a table that this protocol and kernel take; WIRE rows only if the frame does go on the wire. */
static void add_table(struct composer *composer, const struct step *table, const struct party *at, enum only takes,
                      enum hop hop) {
    static const struct step internal_switch = {PLACE_DEVICE, DEVICE, "internal switch of the NIC", COST_NONE, EACH};
    /* Who answers is awake: the rows that wake a sender are for one that starts the path. */
    bool awake = table == stack_send && composer->program->row_count > 0;
    for (const struct step *step = table; step->label != NULL; step++) {
        if (!is_taken(step, takes)) continue;
        if (awake && (step->when == WAKE || step->when == NOTIFYING)) continue;
        bool of_guest = at->kind == PARTY_GUEST;
        if (step->when == DEFER && !defers_invalidations(composer->config, of_guest ? at->guest : -1)) continue;
        if (step->rows != NULL) {
            add_table(composer, step->rows, at, takes, hop);
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
        if (composer->config->host.mitigations) add_mitigation(composer, step, at);
    }
}

static struct program *add_completion(struct composer *composer, int stage, bool frees_socket) {
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
static void complete_with(struct composer *composer, struct program *completion, const struct step *table,
                          const struct party *at, enum only takes) {
    struct composer inner = *composer;
    inner.program = completion;
    inner.turnaround = false;
    inner.times = 1;
    if (inner.frames > 0) set_frames(&inner, inner.frames_handed);
    inner.frames = 0; /* nothing of a clean-up is cut or merged */
    add_table(&inner, table, at, takes, HOP_NONE);
}

static bool is_tcp_stream(const struct composer *composer) { return composer->kind == WORK_TCP_STREAM; }

/* The kernel above the driver, sending. */
static void add_stack_send(struct composer *composer, const struct party *from, enum only takes, enum hop hop) {
    if (!is_tcp_stream(composer)) {
        static const struct step *const senders[] = {
            [SENDER_SOCKET] = stack_send, [SENDER_PKTGEN] = pktgen_send, [SENDER_AF_XDP] = xsk_send};
        add_table(composer, senders[composer->sender], from, takes, hop);
        return;
    }
    if (composer->is_ack) {
        add_table(composer, ack_send, from, takes, hop);
        return;
    }
    struct composer writer = *composer;
    writer.payload_bytes = composer->write_bytes;
    add_table(&writer, stream_write, from, takes, hop);
    add_table(composer, stream_send, from, takes, hop);
}

/* … and receiving, from where frames may be merged, and packets steered to other CPUs. */
static void add_stack_receive(struct composer *composer, const struct party *to, enum only takes) {
    const struct guest_config *guest = to->kind == PARTY_GUEST ? &composer->config->guests[to->guest] : NULL;
    if (composer->frames > 0 && guest != NULL && !guest->offloads.no_gro)
        add_table(composer, receive_merge, to, takes, HOP_NONE);
    if (guest != NULL && guest->rps_cpus > 0) add_table(composer, steering, to, takes, HOP_NONE);
    if (composer->kind == WORK_HTTP) {
        add_table(composer, stack_input, to, takes, HOP_NONE);
        add_table(composer, composer->answered ? loop_asks : loop_serves, to, takes, HOP_NONE);
        return;
    }
    const struct step *table = composer->receiver == RECEIVER_DROP ? stack_drop
                               : !is_tcp_stream(composer)          ? stack_receive
                               : composer->is_ack                  ? ack_receive
                                                                   : stream_receive;
    add_table(composer, table, to, takes, HOP_NONE);
}

/* The sender's rows down to the switch or the wire. Returns true if what its back end keeps of the frame
 * is still to be given back when the frame has left the host. */
static bool add_sender(struct composer *composer, const struct party *from, bool answers, enum hop hop) {
    enum only takes = protocol(composer, answers);
    if (from->kind == PARTY_DOM0) {
        add_stack_send(composer, from, takes | dom0_kernel(composer), hop);
        composer->frames_handed = composer->frames_here;
        return true;
    }
    const struct path_tables *tables = tables_of(composer, from);
    takes |= traits_of(composer, from);
    if (tables->polls)
        add_table(composer, polling_send, from, takes, hop);
    else
        add_stack_send(composer, from, takes, hop);
    if (composer->sender == SENDER_SOCKET && !tables->polls) add_table(composer, stack_queue, from, takes, hop);
    if (composer->kind == WORK_HTTP) add_table(composer, loop_queue, from, takes, hop);
    if (is_tcp_stream(composer)) composer->program->qdisc_stage = stage_of_last_row(composer->program);
    if (composer->frames > 0 && stream_cut_in_software(composer->config, from->guest))
        add_table(composer, software_segmentation, from, takes, hop);
    composer->frames_handed = composer->frames_here;
    bool orphans = tables->virtqueue && guest_orphans_packets(&composer->config->guests[from->guest]);
    if (orphans) add_completion(composer, stage_of_last_row(composer->program), true);
    add_table(composer, tables->transmit, from, takes, hop);
    if (tables->completion == NULL) return false; /* the driver reclaims in passing */
    int header = (int)composer->config->host.costs.values[COST_GRANT_HEADER].value;
    bool whole = composer->config->guests[from->guest].grants == GRANTS_COPY || composer->frame_bytes <= header;
    bool copied = tables->completes_at_backend_if_copied && whole;
    const struct step *completion = copied && tables->answer != NULL ? tables->answered : tables->completion;
    if (copied && tables->answer != NULL) add_table(composer, tables->answer, from, takes, hop);
    if (tables->attachment == ATTACH_NIC || tables->completes_at_backend || copied) {
        struct program *program = add_completion(composer, stage_of_last_row(composer->program), !orphans);
        complete_with(composer, program, completion, from, takes);
        if (tables->limited != NULL && composer->config->guests[from->guest].network_bps > 0)
            add_table(composer, tables->limited, from, takes, hop);
        return false;
    }
    return true;
}

/* The back end gives back what it has kept of the sender's frame. */
static void give_back(struct composer *composer, struct program *completion, const struct party *from) {
    completion->frees_socket = true;
    if (from->kind != PARTY_GUEST) return;
    const struct path_tables *tables = tables_of(composer, from);
    complete_with(composer, completion, tables->completion, from, traits_of(composer, from));
}

/* The NIC sends a frame that came over the backplane, or it is lost in front of it. */
static void add_way_out(struct composer *composer, const struct backplane *plane, const struct party *from,
                        bool pending, enum hop hop) {
    add_table(composer, plane->transmit, from, dom0_kernel(composer), hop);
    int number = stage_of_last_row(composer->program);
    struct stage *stage = &composer->program->stages[number];
    if (pending) {
        struct program *lost = add_completion(composer, number, true);
        lost->after_loss = true;
        give_back(composer, lost, from);
        stage->drop_completion = stage->completion;
    }
    struct program *completion = add_completion(composer, number, false);
    complete_with(composer, completion, plane->completion, from, dom0_kernel(composer));
    if (pending) give_back(composer, completion, from);
}

/* Pages of the sender's are copied, or in use no more, by its back end's own worker, which then gives them back.
 * Returns false if somebody further on has them. */
static bool release_at_backend(struct composer *composer, const struct party *from, bool taken_over, bool in_place) {
    const struct path_tables *tables = tables_of(composer, from);
    enum only takes = protocol(composer, false) | traits_of(composer, from);
    bool persistent = composer->config->guests[from->guest].grants == GRANTS_PERSISTENT;
    if (taken_over) add_table(composer, tables->taken_over, from, takes, HOP_NONE);
    if (!taken_over && !(in_place && persistent && tables->answer != NULL)) return false;
    if (persistent) add_table(composer, tables->answer, from, takes, HOP_NONE);
    struct program *completion = add_completion(composer, stage_of_last_row(composer->program), true);
    complete_with(composer, completion, persistent ? tables->answered : tables->completion, from, takes);
    return true;
}

static void add_receiver(struct composer *composer, const struct party *to, bool answers) {
    enum only takes = protocol(composer, answers);
    if (to->kind == PARTY_DOM0) {
        add_stack_receive(composer, to, takes | dom0_kernel(composer));
        return;
    }
    const struct path_tables *tables = tables_of(composer, to);
    takes |= traits_of(composer, to);
    composer->lro = tables->attachment == ATTACH_NIC && uses_lro(composer->config, to->guest);
    composer->program->lro = composer->lro && composer->frames > 0;
    add_table(composer, tables->receive, to, takes, HOP_NONE);
    if (tables->polls)
        add_table(composer, polling_receive, to, takes, HOP_NONE);
    else
        add_stack_receive(composer, to, takes);
}

/* One way, `from` to `to`. Who answers an echo does so in its softirq, receiving and sending. */
static void add_leg(struct composer *composer, const struct party *from, const struct party *to, bool receiver_answers,
                    bool sender_answers) {
    struct program *program = composer->program;
    const struct backplane *out = backplane_of(composer, from), *in = backplane_of(composer, to);
    bool same = from->server == to->server && from->kind != PARTY_FAR && to->kind != PARTY_FAR;
    bool local = same && out != NULL && out == in;
    bool pending = false;
    enum hop hop = same ? HOP_SWITCH : to->kind == PARTY_FAR ? HOP_END : HOP_NETWORK;
    if (from->kind != PARTY_FAR) {
        pending = add_sender(composer, from, sender_answers, hop);
        bool on_device = from->kind == PARTY_DOM0 && composer->sender == SENDER_PKTGEN; /* of the vif or the NIC */
        if (out != NULL && !on_device) add_table(composer, out->forward, from, 0, HOP_NONE);
        if (out != NULL && !local) add_way_out(composer, out, from, pending, hop);
    }
    if (to->kind == PARTY_FAR) return;
    int first = program->row_count;
    if (in != NULL && !local) {
        add_table(composer, in->receive, to, dom0_kernel(composer), HOP_NONE);
        if (composer->frames > 0 && in == &backplane_kernel)
            add_table(composer, dom0_receive_merge, to, dom0_kernel(composer), HOP_NONE);
        add_table(composer, in->forward, to, 0, HOP_NONE);
    }
    bool in_place = to->kind == PARTY_GUEST && tables_of(composer, to)->receives_in_place &&
                    composer->config->guests[to->guest].grants == GRANTS_PERSISTENT;
    bool taken_over = to->kind == PARTY_DOM0 && from->kind == PARTY_GUEST && composer->receiver != RECEIVER_DROP &&
                      tables_of(composer, from)->taken_over != NULL;
    if (local && pending && from->kind == PARTY_GUEST && release_at_backend(composer, from, taken_over, in_place))
        pending = false;
    add_receiver(composer, to, receiver_answers);
    if (local && pending) {
        /* The frame is the sender's until the receiving side's first worker has copied it, or its sender's
         * back end dropped it. */
        int stage = 0, last = stage_of_last_row(program);
        for (int i = 1; i < first; i++) stage += program->rows[i].step->mechanism == RING;
        if (stage < last && !in_place) stage++;
        give_back(composer, add_completion(composer, stage, true), from);
        program->stages[stage].drop_completion = program->stages[stage].completion;
    }
}

/* From the wire to the wire: in by the NIC, through the switch, out by the NIC, past all guests. */
static void add_transit(struct composer *composer, const struct party *through) {
    const struct backplane *plane = backplane_of(composer, through);
    struct party host = {PARTY_DOM0, -1, through->server};
    add_table(composer, plane->receive, &host, dom0_kernel(composer), HOP_NONE);
    add_table(composer, plane->forward, &host, 0, HOP_NONE);
    add_way_out(composer, plane, &host, false, HOP_END);
}

static struct party guest_party(const struct model_config *config, int guest) {
    return (struct party){PARTY_GUEST, guest, config->guests[guest].server};
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
    struct party us = guest_party(config, program->guest), peer = peer_of(config, program->guest, work);
    if (work->kind == WORK_SPIN) {
        add_table(&composer, stack_spin, &us, 0, HOP_NONE);
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
        add_transit(&composer, &us);
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
    set_frames(&composer, from->kind == PARTY_FAR ? 1 : frames < handed ? frames : handed);
    program->stages[0].pieces = frames / composer.frames_here;
    add_leg(&composer, from, to, false, false);
}

void program_compose_register_access(struct program *program, const struct model_config *config) {
    struct composer composer = {.program = program, .config = config};
    struct party us = guest_party(config, program->guest);
    add_table(&composer, register_access, &us, traits_of(&composer, &us), HOP_NONE);
}
