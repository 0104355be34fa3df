/* The workloads of a guest: peers resolved, sizes of frames worked out. */
#include <stdio.h>
#include <string.h>

#include "models/paths/path.h"
#include "scenarios/input.h"

/* Bytes around a payload. */
enum { UDP_HEADER = 8, TCP_HEADER = 32 /* with timestamps */, IP_HEADER = 20, ETHERNET = 14, CRC = 4, FRAME_MIN = 64 };
enum { MESSAGE_BYTES = 64 * 1024 };

static const struct guest_input *guest_input(const struct builder *b, int entry) {
    return (const struct guest_input *)b->input->guests.items + entry;
}

/* --- peer --- */

enum iop_status unknown_guest(struct builder *b, const struct node *node, const char *name) {
    const char *names[GUESTS_MAX * 2];
    size_t count = 0;
    for (int e = 0; e < b->input->guests.count; e++) names[count++] = guest_input(b, e)->name;
    char end[400];
    suggest(end, sizeof end, name, names, count);
    return node_fail(node, b->diag, "'%s' is not a guest of this scenario%s", shown(name).text, end);
}

static enum iop_status peer_dom0(struct builder *b, const struct guest_config *guest, const struct node *node) {
    enum hypervisor_kind hypervisor = b->scenario->model.host.hypervisor;
    if (guest->mode == MODE_NATIVE) return node_fail(node, b->diag, "a native machine has no dom0");
    if (guest->mode == MODE_PASSTHROUGH)
        return node_fail(node, b->diag, "dom0 has no NIC when the guest has all of it");
    if (hypervisor != HYPERVISOR_XEN && hypervisor != HYPERVISOR_KVM)
        return node_fail(node, b->diag, "host '%s' has no dom0", b->scenario->model.host.name);
    return IOP_OK;
}

/* `name` is a guest of the file, whose copies pair with ours one to one, or one of the copies. */
static enum iop_status peer_guest(struct builder *b, int entry, int copy, const struct node *node, const char *name,
                                  int *index) {
    const struct model_config *model = &b->scenario->model;
    const struct guest_input *own = guest_input(b, entry);
    *index = -1;
    for (int e = 0; e < b->input->guests.count && *index < 0; e++) {
        const struct guest_input *other = guest_input(b, e);
        if (strcmp(other->name, name) != 0) continue;
        if (e == entry) return node_fail(node, b->diag, "guest '%s' cannot be its own peer", name);
        if (other->count > 1 && other->count != own->count)
            return node_fail(node, b->diag,
                             "'%s' stands for %d guests and '%s' for %d; name one of them, such as %s0, or give both "
                             "the same count",
                             name, other->count, own->name, own->count, name);
        *index = b->first[e] + (other->count > 1 ? copy : 0);
    }
    for (int i = 0; i < model->guest_count && *index < 0; i++)
        if (strcmp(model->guests[i].name, name) == 0) *index = i;
    if (*index < 0) return unknown_guest(b, node, name);
    if (*index == b->first[entry] + copy) return node_fail(node, b->diag, "guest '%s' cannot be its own peer", name);
    return IOP_OK;
}

static enum iop_status take_peer(struct builder *b, int entry, int copy, const struct workload_input *input,
                                 struct workload_config *workload) {
    const struct node *node = node_child(input->at, "peer");
    workload->peer_guest = -1;
    if (strcmp(input->peer, "wire") == 0) {
        workload->peer = PEER_WIRE;
        return IOP_OK;
    }
    if (strcmp(input->peer, "dom0") == 0) {
        workload->peer = PEER_DOM0;
        return peer_dom0(b, &b->scenario->model.guests[b->first[entry] + copy], node);
    }
    workload->peer = PEER_GUEST;
    return peer_guest(b, entry, copy, node, input->peer + strlen("guest "), &workload->peer_guest);
}

/* --- what a path cannot carry --- */

static bool polls(const struct guest_config *guest) { return guest->driver == DRIVER_POLL; }

/* Who polls has no kernel to answer a ping or to speak TCP. */
static enum iop_status check_driver(struct builder *b, const struct workload_input *input,
                                    const struct guest_config *guest, const struct workload_config *workload) {
    bool by_kernel = input->kind != KIND_UDP_STREAM && input->kind != KIND_UDP_RR;
    bool of_peer = workload->peer == PEER_GUEST && polls(&b->scenario->model.guests[workload->peer_guest]);
    const struct node *kind = node_child(input->at, "kind");
    if (!by_kernel || (!polls(guest) && !of_peer)) return IOP_OK;
    return node_fail(kind, b->diag, "'%s' needs a kernel, and %s polls its device in user space (driver: poll)",
                     kind->value, of_peer ? "its peer" : "the guest");
}

/* What passes all guests needs a switch, and comes from the wire. */
static enum iop_status check_transit(struct builder *b, const struct workload_input *input,
                                     const struct guest_config *guest, const struct workload_config *workload) {
    const struct node *node = node_child(input->at, "direction");
    if (input->direction != DIRECTION_TRANSIT || guest->mode == MODE_NONE) return IOP_OK;
    if (guest_path(guest)->attachment == ATTACH_NIC)
        return node_fail(node, b->diag, "'transit' passes a switch of the host, and mode %s has none",
                         mode_info(guest->mode)->name);
    if (workload->peer != PEER_WIRE)
        return node_fail(node_child(input->at, "peer"), b->diag, "'transit' is from the wire to the wire");
    return IOP_OK;
}

/* --- sizes and rates --- */

/* Larger packets are fragmented or segmented, which nothing here does yet. */
static void note_if_larger(struct builder *b, const struct workload_input *input, const char *key, int bytes,
                           int headers) {
    const struct node *node = node_child(input->at, key);
    if (node != NULL && bytes + headers > input->mtu) later_note(b->later, node, node->value);
}

/* A link carries jumbo frames at most; what stays in the machine may be as large as a segment before its NIC. */
static enum iop_status check_frame(struct builder *b, const struct guest_config *guest, const struct node *frame,
                                   const struct workload_config *workload) {
    enum { LINK_FRAME_MAX = 9018 };
    const struct guest_config *guests = b->scenario->model.guests;
    bool inside = workload->peer == PEER_DOM0 ||
                  (workload->peer == PEER_GUEST && guests[workload->peer_guest].server == guest->server);
    if (inside || workload->frame_bytes <= LINK_FRAME_MAX) return IOP_OK;
    return node_fail(frame, b->diag, "'%s' is more than a link carries; allowed are 64 B to %d B", frame->value,
                     LINK_FRAME_MAX);
}

/* The wire is an ideal host, whose sender and receiver cannot be chosen. */
static enum iop_status take_ends(struct builder *b, const struct workload_input *input,
                                 struct workload_config *workload) {
    workload->sender = (enum sender)input->sender;
    workload->receiver = (enum receiver)input->receiver;
    bool wire = workload->peer == PEER_WIRE;
    if (wire && workload->sender == SENDER_PKTGEN && workload->direction != DIRECTION_TRANSMIT)
        return node_fail(node_child(input->at, "sender"), b->diag, "the wire's sender is ideal; leave it out");
    if (wire && workload->receiver == RECEIVER_DROP && workload->direction != DIRECTION_RECEIVE)
        return node_fail(node_child(input->at, "receiver"), b->diag, "the wire's receiver is ideal; leave it out");
    return IOP_OK;
}

/* Frames that an application leaves to the driver of its guest, in batches: with a rate it would have to say when one
 * that is not full goes. */
static enum iop_status check_af_xdp(struct builder *b, const struct workload_input *input,
                                    const struct guest_config *guest, const struct workload_config *workload) {
    if (workload->sender != SENDER_AF_XDP || guest->mode == MODE_NONE) return IOP_OK;
    const struct node *node = node_child(input->at, "sender");
    if (!guest_path(guest)->virtqueue)
        return node_fail(node, b->diag, "'af-xdp' needs a driver with it, virtio_net, and the mode is %s",
                         mode_info(guest->mode)->name);
    if (workload->direction != DIRECTION_TRANSMIT || workload->rate_pps > 0)
        return node_fail(node, b->diag, "'af-xdp' transmits at rate max");
    return IOP_OK;
}

static bool has_netmap(const struct model_config *model, const struct guest_config *guest) {
    bool under_kvm = model->host.hypervisor == HYPERVISOR_KVM;
    return guest->mode == MODE_NONE || (under_kvm && guest_path(guest)->netmap_transmit != NULL);
}

/* pkt-gen has the one ring of its device to itself, and a driver that lets it. */
static enum iop_status check_netmap(struct builder *b, const struct workload_input *input,
                                    const struct guest_config *guest, const struct workload_config *workload) {
    bool sends = workload->sender == SENDER_NETMAP, receives = workload->receiver == RECEIVER_NETMAP;
    if (!sends && !receives) return IOP_OK;
    const struct model_config *model = &b->scenario->model;
    const struct node *node = node_child(input->at, sends ? "sender" : "receiver");
    if (workload->direction != DIRECTION_TRANSMIT || workload->flows > 1 || (sends && workload->rate_pps > 0))
        return node_fail(node, b->diag, "'netmap' is of one flow that transmits, a sender's at rate max");
    if (receives && workload->peer != PEER_GUEST)
        return node_fail(node, b->diag, "a receiver with netmap is a guest; add peer: guest NAME");
    const struct guest_config *other = receives ? &model->guests[workload->peer_guest] : guest;
    const struct guest_config *lacks = sends && !has_netmap(model, guest)      ? guest
                                       : receives && !has_netmap(model, other) ? other
                                                                               : NULL;
    if (lacks == NULL) return IOP_OK;
    return node_fail(node, b->diag,
                     "'netmap' needs a driver with it: mode virtio, vhost, or hvm with an e1000 under KVM; the "
                     "mode of guest '%s' is %s",
                     lacks->name, mode_info(lacks->mode)->name);
}

/* VALE has ports of guests only. */
static enum iop_status check_vale(struct builder *b, const struct workload_input *input,
                                  const struct guest_config *guest, const struct workload_config *workload) {
    const struct guest_config *guests = b->scenario->model.guests;
    bool ours = guest->net_back_end == NET_BACK_END_VALE;
    bool of_guest = workload->peer == PEER_GUEST;
    bool theirs = of_guest && guests[workload->peer_guest].net_back_end == NET_BACK_END_VALE;
    bool network = workload_is_stream(workload->kind) || workload->kind == WORK_UDP_RR ||
                   workload->kind == WORK_TCP_RR || workload->kind == WORK_HTTP || workload->kind == WORK_PING;
    if (!network || (!ours && !theirs)) return IOP_OK;
    if (ours && theirs && guests[workload->peer_guest].server == guest->server) return IOP_OK;
    const struct node *peer = node_child(input->at, "peer");
    return node_fail(peer != NULL ? peer : node_child(input->at, "kind"), b->diag,
                     "VALE connects guests of one machine that have net_back_end: vale, and not their peers elsewhere");
}

static enum iop_status take_frame(struct builder *b, const struct workload_input *input,
                                  struct workload_config *workload) {
    const struct node *frame = node_child(input->at, "frame"), *payload = node_child(input->at, "payload");
    const struct node *message = node_child(input->at, "message"), *mtu = node_child(input->at, "mtu");
    const struct node *second = frame != NULL && payload != NULL                        ? payload
                                : message != NULL && (frame != NULL || payload != NULL) ? message
                                                                                        : NULL;
    if (second != NULL)
        return node_fail(second, b->diag, "one of frame, payload and message gives the size; leave out the others");
    workload->frame_bytes = input->frame;
    if (frame != NULL && mtu != NULL && input->frame - ETHERNET - CRC > input->mtu)
        return node_fail(frame, b->diag, "'%s' is more than the mtu of %d B allows; allowed are 64 B to %d B",
                         frame->value, input->mtu, input->mtu + ETHERNET + CRC);
    int data = payload != NULL ? input->payload : input->message;
    if (payload == NULL && message == NULL) return IOP_OK;
    note_if_larger(b, input, payload != NULL ? "payload" : "message", data, UDP_HEADER + IP_HEADER);
    int bytes = data + UDP_HEADER + IP_HEADER + ETHERNET + CRC;
    int most = input->mtu + ETHERNET + CRC;
    workload->frame_bytes = bytes < FRAME_MIN ? FRAME_MIN : bytes > most ? most : bytes;
    return IOP_OK;
}

static enum iop_status take_rate(struct builder *b, const struct workload_input *input,
                                 struct workload_config *workload) {
    const struct node *arrivals = node_child(input->at, "arrivals");
    workload->arrivals = (enum arrivals)input->arrivals;
    if (input->rate.word == WORD_MAX_RATE) {
        if (arrivals != NULL && input->arrivals != ARRIVALS_CONSTANT)
            return node_fail(arrivals, b->diag, "'%s' arrivals need a rate, such as rate: 500 kpps", arrivals->value);
        return IOP_OK;
    }
    static const char *const of_bursts[] = {"burst", "idle"};
    for (size_t i = 0; i < 2; i++) {
        const struct node *node = node_child(input->at, of_bursts[i]);
        if (node != NULL && input->arrivals != ARRIVALS_ONOFF)
            return node_fail_key(node, b->diag, "'%s' needs arrivals: onoff", node->key);
    }
    workload->burst_s = input->burst;
    workload->idle_s = input->idle;
    const struct quantity *rate = &input->rate.quantity;
    if (workload->kind == WORK_TCP_STREAM) {
        const struct node *node = node_child(input->at, "rate");
        if (rate->dimension != DIM_BIT_RATE)
            return node_fail(
                node, b->diag,
                "'%s' is a packet rate, but TCP makes the packets; allowed are max or a bit rate such as 1 "
                "Gbit/s",
                node->value);
        workload->rate_bps = rate->value;
        return IOP_OK;
    }
    const struct node *node = node_child(input->at, "rate");
    bool block = workload->kind == WORK_BLOCK, requests = block || workload->kind == WORK_UDP_RR ||
                                                          workload->kind == WORK_TCP_RR || workload->kind == WORK_HTTP;
    if (requests && rate->dimension == DIM_BIT_RATE)
        return node_fail(node, b->diag, "'%s' is a bit rate; requests take a rate in %s", node->value,
                         block ? "IOPS" : "pps");
    if (!block && rate->dimension == DIM_REQUEST_RATE)
        return node_fail(node, b->diag, "'%s' is a rate of block requests; allowed are pps, kpps, Mpps", node->value);
    workload->rate_pps = rate->dimension == DIM_BIT_RATE ? rate->value / (8.0 * workload->frame_bytes) : rate->value;
    return IOP_OK;
}

static enum iop_status take_sizes(struct builder *b, const struct workload_input *input,
                                  struct workload_config *workload) {
    workload->request_bytes = input->request;
    workload->response_bytes = input->response;
    switch (workload->kind) {
    case WORK_UDP_STREAM:
        return take_frame(b, input, workload);
    case WORK_REPLAY:
        return build_replay(b, input, workload);
    case WORK_TCP_STREAM:
        workload->message_bytes = node_child(input->at, "message") != NULL ? input->message : MESSAGE_BYTES;
        workload->mtu_bytes = input->mtu;
        break;
    case WORK_PING:
        workload->request_bytes = node_child(input->at, "payload") != NULL ? input->payload : 56;
        workload->response_bytes = workload->request_bytes;
        note_if_larger(b, input, "payload", input->payload, UDP_HEADER + IP_HEADER); /* ICMP's is as long as UDP's */
        break;
    case WORK_UDP_RR:
    case WORK_TCP_RR:
    case WORK_HTTP: {
        int headers = IP_HEADER + (workload->kind == WORK_UDP_RR ? UDP_HEADER : TCP_HEADER);
        note_if_larger(b, input, "request", input->request, headers);
        note_if_larger(b, input, "response", input->response, headers);
        break;
    }
    case WORK_BLOCK:
        return build_block(b, input, workload);
    default:
        break;
    }
    workload->frame_bytes = 0;
    return IOP_OK;
}

/* --- the whole workload --- */

/* Keys of other kinds of workload are slips, not to be passed over. */
static enum iop_status check_keys(struct builder *b, const struct workload_input *input) {
    for (int i = 0; i < input->at->count; i++) {
        const struct node *node = input->at->children[i];
        for (int f = 0; f < workload_table.field_count; f++) {
            const struct field *field = &workload_table.fields[f];
            if (strcmp(field->key, node->key) == 0 && field->only != 0 && !(field->only & (1u << input->kind)))
                return node_fail_key(node, b->diag, "'%s' does not belong to a workload of kind %s", node->key,
                                     node_child(input->at, "kind")->value);
        }
    }
    return IOP_OK;
}

static enum iop_status take_name(struct builder *b, const struct workload_input *input,
                                 const struct workload_input *first, char *out, size_t size) {
    const struct node *name = node_child(input->at, "name"), *kind = node_child(input->at, "kind");
    snprintf(out, size, "%s", name != NULL ? name->value : kind->value);
    for (const struct workload_input *other = first; other < input; other++) {
        const struct node *theirs = node_child(other->at, "name");
        if (strcmp((theirs != NULL ? theirs : node_child(other->at, "kind"))->value, out) == 0)
            return node_fail(name != NULL ? name : input->at, b->diag,
                             "'%s' is the name of another workload of the guest%s", shown(out).text,
                             name == NULL ? "; give it a name" : "");
    }
    return IOP_OK;
}

enum iop_status build_workloads(struct builder *b, int entry, int copy) {
    const struct guest_input *guest = guest_input(b, entry);
    struct guest_config *to = &b->scenario->model.guests[b->first[entry] + copy];
    const struct workload_input *inputs = guest->workloads.items;
    for (int i = 0; i < guest->workloads.count; i++) {
        const struct workload_input *input = &inputs[i];
        struct workload_config workload = {.kind = (enum workload_kind)input->kind,
                                           .direction = (enum direction)input->direction,
                                           .flows = input->flows,
                                           .concurrency = input->concurrency,
                                           .polls_sockets = input->waiting != 0,
                                           .jobs = input->jobs,
                                           .busy = input->busy,
                                           .period_s = input->period,
                                           .serves = input->role,
                                           .threads = input->threads,
                                           .client_threads = input->client_threads,
                                           .interval_s = input->interval};
        enum iop_status status = take_name(b, input, inputs, workload.name, sizeof workload.name);
        if (status == IOP_OK) status = check_keys(b, input);
        if (status == IOP_OK) status = take_peer(b, entry, copy, input, &workload);
        if (status == IOP_OK) status = check_driver(b, input, to, &workload);
        if (status == IOP_OK) status = check_transit(b, input, to, &workload);
        if (status == IOP_OK) status = take_chain(b, input, to, &workload);
        if (status == IOP_OK && input->kind < WORK_KIND_COUNT) status = take_sizes(b, input, &workload);
        if (status == IOP_OK) status = check_frame(b, to, node_child(input->at, "frame"), &workload);
        if (status == IOP_OK) status = take_ends(b, input, &workload);
        if (status == IOP_OK) status = take_rate(b, input, &workload);
        if (status == IOP_OK) status = check_af_xdp(b, input, to, &workload);
        if (status == IOP_OK) status = check_netmap(b, input, to, &workload);
        if (status == IOP_OK) status = check_vale(b, input, to, &workload);
        if (status == IOP_OK) status = take_computing(b, input, to, &workload);
        if (status != IOP_OK) return status;
        if (input->kind < WORK_KIND_COUNT) to->workloads[to->workload_count++] = workload; /* others are noted */
    }
    return IOP_OK;
}
