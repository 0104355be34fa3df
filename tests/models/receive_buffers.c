/* Large packets of virtio_net: pages that are mapped, buffers that are filled, copies (KF24). */
#include <criterion/criterion.h>

#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

/* Seconds a byte of a TCP stream from or to dom0 takes, with one cost multiplied. */
static double byte_s(enum direction direction, enum cost cost, double times) {
    given_host(&config, "kvm-lab");
    int guest = given_guest(&config, MODE_VIRTIO, 0);
    given_tcp_stream(&config, guest, direction)->peer = PEER_DOM0;
    config.host.cache_bytes = 1; /* the sender, on QEMU's CPU, writes to memory */
    set_cost(&config, cost, times * get_cost(&config, cost));
    run_for(&config, 20 * SIM_MS, &result);
    cr_expect_gt(utilization_of(&result, "host/qemu-guest0"), 0.98, "QEMU limits it");
    return 8 / metric_of(&result, METRIC_THROUGHPUT, 0, 0);
}

static double added(enum direction direction, enum cost cost) {
    return byte_s(direction, cost, 2) - byte_s(direction, cost, 1);
}

/* … of a page, by the cost set. */
static double page_s(enum cost cost) {
    given_host(&config, "kvm-lab");
    return get_cost(&config, cost) / config.host.clock_hz / 4096;
}

Test(receive_buffers, qemu_takes_an_entry_for_each_page_of_a_packet) {
    double more = added(DIRECTION_RECEIVE, COST_VIRTQ_QEMU);
    /* packets of whole segments fill their last page in part; an acknowledgement takes an entry now and then */
    double least = page_s(COST_VIRTQ_QEMU);
    cr_expect(more > 0.95 * least && more < 1.25 * least, "%g s a byte of %g s", more, least);
}

Test(receive_buffers, qemu_maps_each_page_of_what_it_sends) {
    double more = added(DIRECTION_TRANSMIT, COST_VIRTQ_QEMU_PAGE);
    double most = page_s(COST_VIRTQ_QEMU_PAGE);
    cr_expect(more > 0.8 * most && more < 1.1 * most, "%g s a byte of %g s", more, most);
}

/* Twice: out of the kernel into a buffer of QEMU's, which is in a cache then, and from there to the guest. */
Test(receive_buffers, qemu_copies_twice_what_a_guest_receives) {
    double warm = byte_s(DIRECTION_RECEIVE, COST_COPY_LLC, 1) - byte_s(DIRECTION_RECEIVE, COST_COPY_LLC, 2);
    given_host(&config, "kvm-lab");
    double rate = get_cost(&config, COST_COPY_LLC);
    EXPECT_NEAR(warm, 1 / (2 * rate), 0.1, "%g s a byte at %g B/s", warm, rate);
}

/* A frame of one page pays for no further buffer. */
Test(receive_buffers, small_frames_are_one_buffer) {
    double rate[2];
    for (int i = 0; i < 2; i++) {
        given_host(&config, "kvm-lab");
        int guest = given_guest(&config, MODE_VHOST, 0);
        given_stream(&config, guest, DIRECTION_RECEIVE, 1514)->peer = PEER_DOM0;
        if (i == 1) set_cost(&config, COST_VIRTIO_RX_BUFFER, 1e6);
        run_for(&config, 5 * SIM_MS, &result);
        rate[i] = metric_of(&result, METRIC_PPS, 0, 0);
    }
    cr_expect_eq(rate[0], rate[1]);
}
