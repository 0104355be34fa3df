#include "models/workload/tcp.h"

#include <string.h>

/* Segments received after it by which a segment counts as lost (RFC 6675); acknowledgements sent at once in the
 * beginning (TCP_MAX_QUICKACKS of Linux); doublings of the timeout; the share of the window for which a sender
 * waits (tcp_tso_win_divisor). */
enum { LOST_SEGMENTS = 3, QUICK_ACKS = 16, BACKOFF_MAX = 8, WINDOW_DIVISOR = 3, SEGMENTS_LEAST = 2 };

/* ---- ranges ---------------------------------------------------------------------------------------- */

/* Joins a range with those it touches; forgotten when there are too many, which costs a retransmission. Returns the
 * joined range. */
static struct tcp_range ranges_add(struct tcp_ranges *ranges, struct tcp_range added) {
    int first = 0;
    while (first < ranges->count && ranges->range[first].to < added.from) first++;
    int last = first;
    for (; last < ranges->count && ranges->range[last].from <= added.to; last++) {
        if (ranges->range[last].from < added.from) added.from = ranges->range[last].from;
        if (ranges->range[last].to > added.to) added.to = ranges->range[last].to;
    }
    if (first == last && ranges->count == TCP_RANGES_MAX) return added;
    memmove(&ranges->range[first + 1], &ranges->range[last], (size_t)(ranges->count - last) * sizeof ranges->range[0]);
    ranges->range[first] = added;
    ranges->count += 1 - (last - first);
    return added;
}

static void ranges_remove_below(struct tcp_ranges *ranges, uint64_t sequence) {
    int gone = 0;
    while (gone < ranges->count && ranges->range[gone].to <= sequence) gone++;
    ranges->count -= gone;
    if (gone > 0) memmove(&ranges->range[0], &ranges->range[gone], (size_t)ranges->count * sizeof ranges->range[0]);
    if (ranges->count > 0 && ranges->range[0].from < sequence) ranges->range[0].from = sequence;
}

/* Bytes of [from, to) in no range. */
static uint64_t bytes_outside(const struct tcp_ranges *ranges, uint64_t from, uint64_t to) {
    if (from >= to) return 0;
    uint64_t outside = to - from;
    for (int i = 0; i < ranges->count; i++) {
        uint64_t low = ranges->range[i].from > from ? ranges->range[i].from : from;
        uint64_t high = ranges->range[i].to < to ? ranges->range[i].to : to;
        if (high > low) outside -= high - low;
    }
    return outside;
}

/* ---- sender ---------------------------------------------------------------------------------------- */

void tcp_sender_init(struct tcp_sender *sender, const struct tcp_settings *settings) {
    memset(sender, 0, sizeof *sender);
    sender->settings = *settings;
    sender->window = (double)settings->initial_segments * settings->segment_bytes;
    sender->threshold = 1e18;
    sender->edge = settings->window_bytes;
    sender->deadline = SIM_TIME_MAX;
}

uint32_t tcp_room(const struct tcp_sender *sender) {
    uint64_t used = sender->written - sender->unacknowledged;
    return used < sender->settings.send_buffer_bytes ? (uint32_t)(sender->settings.send_buffer_bytes - used) : 0;
}

void tcp_write(struct tcp_sender *sender, uint32_t bytes) { sender->written += bytes; }

static uint64_t later(uint64_t a, uint64_t b) { return a > b ? a : b; }

uint64_t tcp_in_flight(const struct tcp_sender *sender) {
    uint64_t lost_from = later(sender->unacknowledged, sender->resent_to);
    return bytes_outside(&sender->sacked, sender->unacknowledged, sender->next) -
           bytes_outside(&sender->sacked, lost_from, sender->lost_to) -
           bytes_outside(&sender->sacked, later(sender->unacknowledged, sender->again.from), sender->again.to);
}

static sim_time timeout(const struct tcp_sender *sender) {
    sim_time rto = sender->rtt > 0 ? sender->rtt + 4 * sender->rtt_variation : SIM_S;
    if (rto < sender->settings.rto_least) rto = sender->settings.rto_least;
    return rto << sender->backoff;
}

/* The timer runs while something is out, or waits for a window that is closed. */
static void set_timer(struct tcp_sender *sender, sim_time now) {
    bool waits = sender->next > sender->unacknowledged || sender->written > sender->next;
    sender->deadline = waits ? now + timeout(sender) : SIM_TIME_MAX;
}

/* A millisecond of what the window allows per round trip, and a reserve for it to grow (Linux: sk_pacing_rate). */
static uint64_t packet_goal(const struct tcp_sender *sender) {
    uint64_t most = sender->settings.packet_bytes, segment = sender->settings.segment_bytes;
    if (sender->rtt == 0 || most == segment) return most;
    double reserve = sender->window < sender->threshold ? 2.0 : 1.2;
    double bytes = reserve * sender->window / sim_seconds(sender->rtt) / 1024;
    if (bytes >= (double)most) return most;
    uint64_t segments = (uint64_t)(bytes / (double)segment);
    if (segments < SEGMENTS_LEAST) segments = SEGMENTS_LEAST;
    return segments * segment < most ? segments * segment : most;
}

/* The first hole of [from, to). */
static bool first_hole(const struct tcp_sender *sender, uint64_t from, uint64_t to, struct tcp_range *lost) {
    from = later(sender->unacknowledged, from);
    for (int i = 0; i < sender->sacked.count && from < to; i++) {
        if (sender->sacked.range[i].to <= from) continue;
        if (sender->sacked.range[i].from > from) {
            if (sender->sacked.range[i].from < to) to = sender->sacked.range[i].from;
            break;
        }
        from = sender->sacked.range[i].to;
    }
    *lost = (struct tcp_range){from, to};
    return from < to;
}

/* The first lost bytes not yet sent again: what was lost again, then what was lost once. */
static bool next_lost(const struct tcp_sender *sender, struct tcp_range *lost) {
    return first_hole(sender, sender->again.from, sender->again.to, lost) ||
           first_hole(sender, sender->resent_to, sender->lost_to, lost);
}

static bool resend(struct tcp_sender *sender, struct tcp_range lost, uint64_t room, struct tcp_segment *segment) {
    uint64_t bytes = lost.to - lost.from, goal = packet_goal(sender), mss = sender->settings.segment_bytes;
    if (room < mss) room = mss;
    if (bytes > room) bytes = room;
    if (bytes > goal) bytes = goal;
    if (bytes > mss) bytes -= bytes % mss;
    *segment = (struct tcp_segment){lost.from, (uint32_t)bytes, true};
    if (lost.from < sender->again.to)
        sender->again.from = lost.from + bytes;
    else
        sender->resent_to = lost.from + bytes;
    sender->resent_at = sender->next;
    sender->timing = false;
    return true;
}

/* The oldest packet out is so old that its acknowledgement must be near. */
static bool ack_is_near(const struct tcp_sender *sender, sim_time now) {
    return sender->sent_count > 0 && now - sender->sent[0].at >= sender->rtt / 2;
}

static void remember_sent(struct tcp_sender *sender, sim_time now) {
    if (sender->sent_count == TCP_SENT_MAX) return;
    sender->sent[sender->sent_count].end = sender->next;
    sender->sent[sender->sent_count++].at = now;
}

static void forget_sent(struct tcp_sender *sender) {
    int gone = 0;
    while (gone < sender->sent_count && sender->sent[gone].end <= sender->unacknowledged) gone++;
    sender->sent_count -= gone;
    if (gone > 0) memmove(&sender->sent[0], &sender->sent[gone], (size_t)sender->sent_count * sizeof sender->sent[0]);
}

/* New data: how much goes now, 0 if it had better wait. */
static uint64_t new_bytes(const struct tcp_sender *sender, sim_time now, uint64_t room) {
    uint64_t mss = sender->settings.segment_bytes, goal = packet_goal(sender);
    uint64_t waiting = sender->written - sender->next;
    uint64_t offered = sender->edge > sender->next ? sender->edge - sender->next : 0;
    uint64_t limit = room < offered ? room : offered;
    uint64_t bytes = waiting < limit ? waiting : limit;
    if (mss == 0) return 0; /* no connection has such segments */
    bool idle = sender->next == sender->unacknowledged;
    if (bytes > goal) bytes = goal;
    if (bytes < mss) /* a tail, or what is left of a window, goes when nothing is out (Nagle, silly windows) */
        return idle ? bytes : 0;
    if (bytes < goal && bytes < waiting && ack_is_near(sender, now)) {
        double peer = (double)(sender->edge - sender->unacknowledged);
        double all = sender->window < peer ? sender->window : peer;
        if ((double)limit < all / WINDOW_DIVISOR) return 0;
    }
    return bytes - bytes % mss;
}

bool tcp_next_segment(struct tcp_sender *sender, sim_time now, struct tcp_segment *segment) {
    uint64_t flight = tcp_in_flight(sender),
             room = sender->window > (double)flight ? (uint64_t)sender->window - flight : 0;
    struct tcp_range lost;
    if (sender->deadline == SIM_TIME_MAX && sender->written > sender->unacknowledged) set_timer(sender, now);
    if (sender->below >= sender->settings.below_bytes && sender->below > 0) return false;
    if (room < sender->settings.segment_bytes && flight > 0) return false;
    if (next_lost(sender, &lost)) return resend(sender, lost, room, segment);
    uint64_t bytes = new_bytes(sender, now, room);
    if (bytes == 0 && sender->probe && sender->written > sender->next) bytes = 1;
    sender->probe = false;
    if (bytes == 0) return false;
    *segment = (struct tcp_segment){sender->next, (uint32_t)bytes, false};
    sender->next += bytes;
    remember_sent(sender, now);
    if (!sender->timing) {
        sender->timing = true;
        sender->timed_sequence = segment->sequence + 1; /* the first of its frames to be acknowledged */
        sender->timed_at = now;
    }
    return true;
}

static void measure(struct tcp_sender *sender, sim_time sample) {
    if (sender->rtt == 0) {
        sender->rtt = sample > 0 ? sample : 1;
        sender->rtt_variation = sample / 2;
        return;
    }
    sim_time error = sample > sender->rtt ? sample - sender->rtt : sender->rtt - sample;
    sender->rtt_variation += (error - sender->rtt_variation) / 4;
    sender->rtt += (sample - sender->rtt) / 8;
}

/* Only a window that was used grows. */
static void grow(struct tcp_sender *sender, uint64_t acknowledged, uint64_t flight) {
    double mss = sender->settings.segment_bytes, bytes = (double)acknowledged;
    if (sender->window < sender->threshold) {
        if (sender->window >= 2.0 * (double)flight) return;
        double room = sender->threshold - sender->window;
        sender->window += bytes < room ? bytes : room;
        return;
    }
    if ((double)flight + (double)packet_goal(sender) >= sender->window) sender->window += mss * bytes / sender->window;
}

static void begin_recovery(struct tcp_sender *sender, enum tcp_recovery recovery) {
    double mss = sender->settings.segment_bytes, out = (double)(sender->next - sender->unacknowledged);
    double half = (out < sender->window ? out : sender->window) / 2;
    sender->threshold = half > 2 * mss ? half : 2 * mss;
    sender->window = recovery == TCP_FAST_RECOVERY ? sender->threshold : mss;
    sender->recovery = recovery;
    sender->recovery_end = sender->next;
    sender->resent_to = sender->unacknowledged;
    sender->resent_at = sender->next;
    sender->again = (struct tcp_range){0, 0};
    sender->timing = false;
}

/* What three segments or more were received after is lost. */
static void find_losses(struct tcp_sender *sender) {
    uint64_t above = 0, enough = (uint64_t)LOST_SEGMENTS * sender->settings.segment_bytes;
    for (int i = sender->sacked.count - 1; i >= 0; i--) {
        above += sender->sacked.range[i].to - sender->sacked.range[i].from;
        if (above < enough) continue;
        sender->lost_to = later(sender->lost_to, sender->sacked.range[i].from);
        break;
    }
    if (sender->lost_to <= sender->unacknowledged) return;
    if (sender->recovery == TCP_OPEN) {
        sender->losses++;
        begin_recovery(sender, TCP_FAST_RECOVERY);
        return;
    }
    /* Three segments sent after the last retransmission have come, and the first gap is still there. */
    uint64_t highest = sender->sacked.count > 0 ? sender->sacked.range[sender->sacked.count - 1].to : 0;
    if (sender->resent_to > sender->unacknowledged && highest >= sender->resent_at + enough) {
        sender->again = (struct tcp_range){sender->unacknowledged, sender->resent_to};
        sender->resent_at = sender->next;
    }
}

static void advance(struct tcp_sender *sender, sim_time now, uint64_t to) {
    uint64_t flight = sender->next - sender->unacknowledged, acknowledged = to - sender->unacknowledged;
    if (sender->timing && to >= sender->timed_sequence) {
        measure(sender, now - sender->timed_at);
        sender->timing = false;
    }
    sender->unacknowledged = to;
    sender->backoff = 0;
    ranges_remove_below(&sender->sacked, to);
    forget_sent(sender);
    if (sender->recovery != TCP_OPEN && to >= sender->recovery_end) {
        if (sender->recovery == TCP_FAST_RECOVERY) sender->window = sender->threshold;
        sender->recovery = TCP_OPEN;
        sender->lost_to = to;
        sender->again = (struct tcp_range){0, 0};
    } else if (sender->recovery != TCP_FAST_RECOVERY) {
        grow(sender, acknowledged, flight);
    }
    set_timer(sender, now);
}

/* Nothing overtakes: what comes of a retransmission proves those before it lost. */
static void find_lost_again(struct tcp_sender *sender, struct tcp_range sacked) {
    uint64_t to = sacked.to < sender->resent_to ? sacked.to : sender->resent_to;
    bool resent = sender->recovery != TCP_OPEN && bytes_outside(&sender->sacked, sacked.from, to) > 0;
    if (!resent) return;
    uint64_t first = sacked.from; /* of the new bytes */
    for (int i = 0; i < sender->sacked.count; i++)
        if (sender->sacked.range[i].from <= first && first < sender->sacked.range[i].to)
            first = sender->sacked.range[i].to;
    if (first < sender->again.from)
        sender->again.from = sender->unacknowledged;
    else
        sender->again.to = later(sender->again.to, first);
}

void tcp_acknowledged(struct tcp_sender *sender, sim_time now, const struct tcp_ack *ack) {
    if (ack->acknowledged > sender->next) return;
    uint64_t edge = ack->acknowledged + ack->window;
    sender->edge = later(sender->edge, edge);
    if (ack->acknowledged > sender->unacknowledged) advance(sender, now, ack->acknowledged);
    struct tcp_range sacked = ack->sacked;
    if (sacked.from < sender->unacknowledged) sacked.from = sender->unacknowledged;
    if (sacked.to > sacked.from && sacked.to <= sender->next) {
        find_lost_again(sender, sacked);
        ranges_add(&sender->sacked, sacked);
    }
    find_losses(sender);
}

void tcp_timed_out(struct tcp_sender *sender, sim_time now) {
    if (sender->backoff < BACKOFF_MAX) sender->backoff++;
    if (sender->next > sender->unacknowledged) {
        sender->timeouts++;
        begin_recovery(sender, TCP_AFTER_TIMEOUT);
        sender->lost_to = sender->next;
    } else {
        sender->probe = true;
    }
    set_timer(sender, now);
}

/* ---- receiver -------------------------------------------------------------------------------------- */

void tcp_receiver_init(struct tcp_receiver *receiver, const struct tcp_settings *settings) {
    memset(receiver, 0, sizeof *receiver);
    receiver->settings = *settings;
    receiver->edge = settings->window_bytes;
    receiver->quick = QUICK_ACKS;
}

static bool has_range(const struct tcp_ranges *ranges, uint64_t from, uint64_t to) {
    return bytes_outside(ranges, from, to) == 0;
}

enum tcp_arrival tcp_arrived(struct tcp_receiver *receiver, uint64_t sequence, uint32_t bytes, uint32_t *fresh) {
    uint64_t end = sequence + bytes;
    *fresh = 0;
    if (end <= receiver->next || end > receiver->edge) {
        receiver->at_once = true;
        return TCP_DUPLICATE;
    }
    if (sequence > receiver->next) {
        receiver->at_once = true;
        if (has_range(&receiver->early, sequence, end)) return TCP_DUPLICATE;
        receiver->latest = ranges_add(&receiver->early, (struct tcp_range){sequence, end});
        return TCP_EARLY;
    }
    if (receiver->early.count > 0) receiver->at_once = true;
    *fresh = (uint32_t)(end - receiver->next);
    receiver->next = end;
    receiver->pending = true;
    ranges_remove_below(&receiver->early, receiver->next);
    if (receiver->quick > 0) {
        receiver->quick--;
        receiver->at_once = true;
    }
    return TCP_IN_ORDER;
}

bool tcp_has_read(struct tcp_receiver *receiver, uint32_t bytes) {
    receiver->read += bytes;
    uint64_t left = receiver->edge - receiver->next;
    uint64_t room = receiver->read + receiver->settings.window_bytes - receiver->next;
    bool shrunk = 2 * left <= receiver->settings.window_bytes;
    return shrunk && room >= 2 * left && room >= receiver->settings.segment_bytes;
}

bool tcp_ack_due(const struct tcp_receiver *receiver) {
    uint64_t unacknowledged = receiver->next - receiver->acknowledged;
    return receiver->at_once || unacknowledged >= 2 * (uint64_t)receiver->settings.segment_bytes;
}

struct tcp_ack tcp_take_ack(struct tcp_receiver *receiver) {
    receiver->edge = later(receiver->edge, receiver->read + receiver->settings.window_bytes);
    receiver->acknowledged = receiver->next;
    receiver->at_once = receiver->pending = false;
    struct tcp_ack ack = {receiver->next, (uint32_t)(receiver->edge - receiver->next), {0, 0}};
    if (receiver->early.count > 0) {
        bool known = receiver->latest.from > receiver->next;
        ack.sacked = known ? receiver->latest : receiver->early.range[receiver->early.count - 1];
    }
    return ack;
}
