/* TCP's rules alone, against a link of the test's own: segments go in order, take their time, and are lost when the
 * test says so; each packet is acknowledged at once. */
#include <criterion/criterion.h>
#include <string.h>

#include "models/workload/tcp.h"

enum { MSS = 1448, IN_FLIGHT_MAX = 8192 };

static const struct tcp_settings plain = {.segment_bytes = MSS,
                                          .packet_bytes = MSS,
                                          .initial_segments = 10,
                                          .send_buffer_bytes = 10000 * MSS,
                                          .window_bytes = 10000 * MSS,
                                          .below_bytes = UINT32_MAX,
                                          .rto_least = 200 * SIM_MS,
                                          .delayed = 40 * SIM_MS};

static struct tcp_sender sender;
static struct tcp_receiver receiver;
static struct tcp_segment in_flight[IN_FLIGHT_MAX];
static int flying, sent, resent;
static uint64_t received;
static sim_time now;

static void given(const struct tcp_settings *settings) {
    tcp_sender_init(&sender, settings);
    tcp_receiver_init(&receiver, settings);
    flying = sent = resent = 0;
    received = 0;
    now = 0;
}

static void send_all(void) {
    struct tcp_segment segment;
    while (tcp_next_segment(&sender, now, &segment)) {
        cr_assert_lt(flying, IN_FLIGHT_MAX);
        in_flight[flying++] = segment;
        sent++;
        resent += segment.again;
    }
}

static void receive(uint64_t sequence, uint32_t bytes) {
    uint32_t fresh;
    if (tcp_arrived(&receiver, sequence, bytes, &fresh) == TCP_IN_ORDER) received += fresh;
    /* what was early follows */
    while (receiver.early.count > 0 && receiver.early.range[0].from <= receiver.next) {
        struct tcp_range early = receiver.early.range[0];
        if (tcp_arrived(&receiver, early.from, (uint32_t)(early.to - early.from), &fresh) == TCP_IN_ORDER)
            received += fresh;
    }
    tcp_has_read(&receiver, (uint32_t)(receiver.next - receiver.read));
}

/* One round trip: all that is in flight arrives but for the packets `lost` says, is acknowledged, and what that allows
 * is sent. Returns how many packets arrived. */
static int round_trip(sim_time time, bool (*lost)(const struct tcp_segment *)) {
    struct tcp_segment arriving[IN_FLIGHT_MAX];
    int count = flying, arrived = 0;
    memcpy(arriving, in_flight, (size_t)count * sizeof arriving[0]);
    flying = 0;
    now += time;
    for (int i = 0; i < count; i++) {
        if (lost != NULL && lost(&arriving[i])) continue;
        arrived++;
        receive(arriving[i].sequence, arriving[i].bytes);
        struct tcp_ack ack = tcp_take_ack(&receiver);
        tcp_acknowledged(&sender, now, &ack);
        send_all();
    }
    return arrived;
}

/* A burst after half a window is missing must not be lost, too. */
static uint64_t lost_from, lost_until;
static bool first_time_in_range(const struct tcp_segment *segment) {
    return !segment->again && segment->sequence >= lost_from && segment->sequence < lost_until;
}

static void lose(uint64_t from, uint64_t segments) {
    lost_from = from;
    lost_until = from + segments * MSS;
}

static void run(int rounds) {
    for (int i = 0; i < rounds; i++) round_trip(SIM_MS, NULL);
}

static void write_much(void) { tcp_write(&sender, tcp_room(&sender)); }

Test(tcp, slow_start_doubles_the_flight_every_round_trip) {
    given(&plain);
    write_much();
    send_all();
    for (int expected = 10; expected <= 2560; expected *= 2)
        cr_expect_eq(round_trip(SIM_MS, NULL), expected, "%d packets were to arrive", expected);
}

Test(tcp, congestion_avoidance_adds_one_segment_per_round_trip) {
    given(&plain);
    sender.threshold = sender.window = 100.0 * MSS;
    write_much();
    send_all();
    for (int round = 0; round < 20; round++) {
        round_trip(SIM_MS, NULL);
        tcp_write(&sender, tcp_room(&sender));
    }
    cr_expect(sender.window > 119.0 * MSS && sender.window < 120.1 * MSS, "%.2f segments", sender.window / MSS);
}

Test(tcp, one_loss_halves_the_window_and_is_repaired_once) {
    given(&plain);
    write_much();
    send_all();
    run(4);
    double before = (double)(sender.next - sender.unacknowledged);
    lose(sender.unacknowledged + 20 * MSS, 1);
    round_trip(SIM_MS, first_time_in_range);
    cr_expect_eq(sender.losses, 1);
    cr_expect_eq(resent, 1, "%d retransmissions", resent);
    cr_expect(sender.threshold >= before / 2 && sender.threshold < before / 2 + 21 * MSS, "%.1f of %.1f segments",
              sender.threshold / MSS, before / MSS);
    run(3);
    cr_expect_eq(sender.recovery, TCP_OPEN);
    cr_expect_eq(resent, 1, "%d retransmissions", resent);
    cr_expect_eq(sender.losses, 1);
    cr_expect_eq(sender.timeouts, 0);
    cr_expect_eq(received, receiver.next);
    cr_expect(sender.window < before, "%.1f segments, %.1f before", sender.window / MSS, before / MSS);
}

static bool every_second(const struct tcp_segment *segment) {
    return first_time_in_range(segment) && (segment->sequence / MSS) % 2 == 0;
}

Test(tcp, many_losses_of_one_window_are_repaired_once_each_in_few_round_trips) {
    given(&plain);
    write_much();
    send_all();
    run(4);
    lose(sender.unacknowledged, 100);
    round_trip(SIM_MS, every_second);
    run(3);
    cr_expect_eq(resent, 50, "%d retransmissions", resent);
    cr_expect_eq(sender.losses, 1, "the window is halved once, not for each");
    cr_expect_eq(sender.timeouts, 0);
    cr_expect_eq(sender.recovery, TCP_OPEN);
}

/* A receive ring that overflows in slow start leaves hundreds of holes. */
Test(tcp, a_thousand_holes_are_repaired_without_a_timeout) {
    given(&plain);
    write_much();
    send_all();
    run(8);
    lose(sender.unacknowledged, 2000);
    round_trip(SIM_MS, every_second);
    run(8);
    cr_expect_eq(resent, 1000, "%d retransmissions", resent);
    cr_expect_eq(sender.timeouts, 0);
    cr_expect_eq(sender.recovery, TCP_OPEN);
}

static int dropped;
static bool first_retransmission(const struct tcp_segment *segment) {
    return first_time_in_range(segment) || (segment->again && dropped++ == 0);
}

Test(tcp, a_lost_retransmission_is_seen_without_a_timeout) {
    given(&plain);
    write_much();
    send_all();
    run(4);
    dropped = 0;
    lose(sender.unacknowledged + 10 * MSS, 1);
    for (int i = 0; i < 5; i++) round_trip(SIM_MS, first_retransmission);
    cr_expect_eq(dropped, 2, "%d were sent again", dropped);
    cr_expect_eq(resent, 2);
    cr_expect_eq(sender.timeouts, 0);
    cr_expect_eq(sender.recovery, TCP_OPEN);
}

static bool everything(const struct tcp_segment *segment) {
    (void)segment;
    return true;
}

Test(tcp, a_lost_tail_waits_for_the_timeout_and_backs_off) {
    given(&plain);
    tcp_write(&sender, 5 * MSS);
    send_all();
    run(1);
    tcp_write(&sender, 2 * MSS);
    send_all();
    round_trip(SIM_MS, everything);
    cr_expect_eq(sender.deadline - now, 200 * SIM_MS - SIM_MS, "%g ms", sim_seconds(sender.deadline - now) * 1e3);
    now = sender.deadline;
    tcp_timed_out(&sender, now);
    cr_expect_eq(sender.window, MSS);
    send_all();
    cr_expect_eq(flying, 1, "slow start from one segment");
    round_trip(SIM_MS, everything);
    cr_expect_eq(sender.deadline - now, 2 * 200 * SIM_MS - SIM_MS, "twice as long");
    now = sender.deadline;
    tcp_timed_out(&sender, now);
    send_all();
    run(2);
    cr_expect_eq(sender.unacknowledged, 7 * MSS);
    cr_expect_eq(received, 7 * MSS);
    cr_expect_eq(sender.deadline, SIM_TIME_MAX, "nothing is out");
}

Test(tcp, the_window_and_the_send_buffer_limit_what_is_in_flight) {
    struct tcp_settings settings = plain;
    settings.window_bytes = 7 * MSS;
    given(&settings);
    write_much();
    send_all();
    cr_expect_eq(flying, 7);
    for (int i = 0; i < 5; i++) cr_expect_eq(round_trip(SIM_MS, NULL), 7);
    settings = plain;
    settings.send_buffer_bytes = 5 * MSS;
    given(&settings);
    write_much();
    send_all();
    cr_expect_eq(flying, 5);
    cr_expect_eq(tcp_room(&sender), 0);
}

Test(tcp, a_closed_window_is_probed_and_opens) {
    struct tcp_settings settings = plain;
    settings.window_bytes = 4 * MSS;
    given(&settings);
    write_much();
    send_all();
    /* the application does not read */
    uint32_t fresh;
    for (int i = 0; i < flying; i++) tcp_arrived(&receiver, in_flight[i].sequence, in_flight[i].bytes, &fresh);
    struct tcp_ack ack = tcp_take_ack(&receiver);
    cr_expect_eq(ack.window, 0);
    flying = 0;
    tcp_acknowledged(&sender, now += SIM_MS, &ack);
    send_all();
    cr_expect_eq(flying, 0);
    now = sender.deadline;
    tcp_timed_out(&sender, now);
    send_all();
    cr_expect_eq(flying, 1, "the probe");
    cr_expect_eq(tcp_arrived(&receiver, in_flight[0].sequence, in_flight[0].bytes, &fresh), TCP_DUPLICATE);
    cr_expect(tcp_ack_due(&receiver));
    cr_expect(tcp_has_read(&receiver, 4 * MSS), "the sender must be told");
    ack = tcp_take_ack(&receiver);
    tcp_acknowledged(&sender, now += SIM_MS, &ack);
    send_all();
    cr_expect_gt(flying, 1);
}

Test(tcp, packets_are_a_millisecond_long_two_segments_at_least) {
    struct tcp_settings settings = plain;
    settings.packet_bytes = 45 * MSS;
    given(&settings);
    write_much();
    send_all();
    cr_expect_eq(flying, 1, "the initial window is one packet");
    cr_expect_eq(in_flight[0].bytes, 10 * MSS);
    round_trip(100 * SIM_MS, NULL); /* 20 segments per 100 ms, paced at twice that: 0.4 in a millisecond */
    cr_expect_gt(flying, 1);
    cr_expect_eq(in_flight[0].bytes, 2 * MSS, "%u segments", in_flight[0].bytes / MSS);
    given(&settings);
    write_much();
    send_all();
    for (int i = 0; i < 6; i++) round_trip(20 * SIM_US, NULL);
    cr_expect_eq(in_flight[0].bytes, 45 * MSS, "a fast path has the largest: %u segments", in_flight[0].bytes / MSS);
}

Test(tcp, queues_below_hold_no_more_than_they_may) {
    struct tcp_settings settings = plain;
    settings.below_bytes = 4 * MSS;
    given(&settings);
    write_much();
    struct tcp_segment segment;
    while (tcp_next_segment(&sender, now, &segment)) sender.below += segment.bytes;
    cr_expect_eq(sender.below, 4 * MSS);
    sender.below -= MSS;
    cr_expect(tcp_next_segment(&sender, now, &segment));
}

Test(tcp, a_tail_waits_until_nothing_is_out) {
    given(&plain);
    tcp_write(&sender, MSS + 100);
    send_all();
    cr_expect_eq(flying, 1, "Nagle: the 100 bytes wait");
    round_trip(SIM_MS, NULL);
    cr_expect_eq(flying, 1);
    cr_expect_eq(in_flight[0].bytes, 100);
}

Test(tcp, every_second_full_segment_is_acknowledged) {
    given(&plain);
    uint32_t fresh;
    receiver.quick = 0;
    int acks = 0;
    for (uint64_t i = 0; i < 100; i++) {
        tcp_arrived(&receiver, i * MSS, MSS, &fresh);
        cr_expect(receiver.pending);
        if (!tcp_ack_due(&receiver)) continue;
        tcp_take_ack(&receiver);
        acks++;
    }
    cr_expect_eq(acks, 50);
    tcp_arrived(&receiver, 100 * MSS, 20 * MSS, &fresh);
    cr_expect(tcp_ack_due(&receiver), "a merged packet at once");
}

Test(tcp, what_is_out_of_order_is_acknowledged_at_once_with_its_range) {
    given(&plain);
    receiver.quick = 0;
    uint32_t fresh;
    cr_expect_eq(tcp_arrived(&receiver, 2 * MSS, MSS, &fresh), TCP_EARLY);
    cr_expect(tcp_ack_due(&receiver));
    struct tcp_ack ack = tcp_take_ack(&receiver);
    cr_expect_eq(ack.acknowledged, 0);
    cr_expect_eq(ack.sacked.from, 2 * MSS);
    cr_expect_eq(ack.sacked.to, 3 * MSS);
    cr_expect_eq(tcp_arrived(&receiver, 2 * MSS, MSS, &fresh), TCP_DUPLICATE);
    cr_expect_eq(tcp_arrived(&receiver, 0, 2 * MSS, &fresh), TCP_IN_ORDER);
    cr_expect_eq(fresh, 2 * MSS);
    cr_expect_eq(tcp_arrived(&receiver, 2 * MSS, MSS, &fresh), TCP_IN_ORDER, "what was held follows");
    ack = tcp_take_ack(&receiver);
    cr_expect_eq(ack.acknowledged, 3 * MSS);
    cr_expect_eq(ack.sacked.from, ack.sacked.to);
    cr_expect_eq(tcp_arrived(&receiver, MSS, MSS, &fresh), TCP_DUPLICATE);
    cr_expect_eq(tcp_arrived(&receiver, 2 * MSS, 2 * MSS, &fresh), TCP_IN_ORDER, "half of it is new");
    cr_expect_eq(fresh, MSS);
}

/* Random losses, also of what is sent again: everything arrives once, in order. */
static uint64_t dice;
static bool one_in_five(const struct tcp_segment *segment) {
    (void)segment;
    dice = dice * 6364136223846793005u + 1442695040888963407u;
    return (dice >> 33) % 5 == 0;
}

Test(tcp, everything_arrives_whatever_is_lost) {
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct tcp_settings settings = plain;
        settings.packet_bytes = seed % 2 == 0 ? 16 * MSS : MSS;
        given(&settings);
        dice = seed;
        tcp_write(&sender, 1000 * MSS + 17);
        send_all();
        for (int round = 0; round < 5000 && sender.unacknowledged < sender.written; round++) {
            round_trip(SIM_MS, one_in_five);
            if (now < sender.deadline && flying > 0) continue;
            if (sender.deadline != SIM_TIME_MAX && sender.deadline > now) now = sender.deadline;
            tcp_timed_out(&sender, now);
            send_all();
        }
        cr_assert_eq(received, 1000 * MSS + 17, "seed %lu: %lu bytes", (unsigned long)seed, (unsigned long)received);
        cr_assert_eq(sender.unacknowledged, sender.written, "seed %lu", (unsigned long)seed);
    }
}
