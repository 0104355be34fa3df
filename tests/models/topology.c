/* Sockets: which vCPU is on which, and what crossing between them costs. */
#include "models/topology.h"

#include <criterion/criterion.h>

#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

Test(topology, c3_8xlarge_spans_two_sockets_as_its_guests_see_them) {
    given_host(&config, "ec2-ivybridge");
    int guest = given_guest(&config, MODE_SRIOV, 0);
    given_instance(&config, guest, "c3.8xlarge");
    const struct guest_config *sut = &config.guests[guest];
    cr_expect_eq(guest_sockets(&config.host, sut), 2);
    for (int vcpu = 0; vcpu < 32; vcpu++)
        cr_expect_eq(vcpu_socket(&config.host, sut, vcpu), vcpu % 16 / 8, "vCPU %d", vcpu);
    cr_expect(guest_crosses_sockets(&config.host, sut));
}

Test(topology, a_small_guest_is_on_one_socket) {
    given_host(&config, "ec2-ivybridge");
    struct guest_config *guest = &config.guests[given_guest(&config, MODE_SRIOV, 0)];
    cr_expect_not(guest_crosses_sockets(&config.host, guest));
    guest->socket = 1;
    cr_expect(guest_crosses_sockets(&config.host, guest), "the NIC is on socket 0");
    cr_expect_eq(vcpu_socket(&config.host, guest, 7), 1);
}

/* One transaction at a time with nothing at random. */
static struct guest_config *given_round_trip(int vcpus) {
    given_plain_host(&config);
    config.host.network.jitter_s = 0;
    struct guest_config *guest = &config.guests[given_guest(&config, MODE_SRIOV, 0)];
    guest->vcpus = vcpus;
    guest->queues = 1;
    guest->throttle = THROTTLE_OFF;
    given_transactions(&config, 0, WORK_UDP_RR);
    return guest;
}

static double rtt(void) {
    run_for(&config, 10 * SIM_MS, &result);
    return metric_of(&result, METRIC_RTT_MEAN, 0, 0);
}

/* PC110 less PC105: 110.7 ns a read. Sending reads a descriptor and a frame; receiving, the driver reads the lines that
 * the device wrote from memory. */
Test(numa, a_guest_on_the_other_socket_waits_for_dma_reads_and_memory) {
    struct guest_config *guest = given_round_trip(8);
    double near = rtt();
    guest->socket = 1;
    double far = rtt();
    double lines_s = get_cost(&config, COST_DEVICE_LINES) * get_cost(&config, COST_MEMORY_READ) / config.host.clock_hz;
    EXPECT_NEAR(far - near, 2 * 110.7e-9 + lines_s, 0.02, "%.1f ns", (far - near) * 1e9);
}

/* CP053 less CP052: 81.9 ns a line, when the interrupt's CPU wakes a thread of the other socket. */
Test(numa, waking_across_sockets_moves_lines_across) {
    struct guest_config *guest = given_round_trip(32);
    guest->irq_cpu_count = 1;
    guest->irq_cpus[0] = 8; /* on socket 1; the thread is on vCPU 0 */
    double far = rtt(), crossing = get_cost(&config, COST_CACHE_FAR);
    set_cost(&config, COST_CACHE_FAR, 0);
    double near = rtt(), lines = get_cost(&config, COST_WAKEUP_LINES) + get_cost(&config, COST_SOCKET_LINES);
    EXPECT_NEAR(crossing / config.host.clock_hz, 81.9e-9, 0.02, "a line takes %g cycles", crossing);
    EXPECT_NEAR(far - near, lines * 81.9e-9, 0.03, "%.1f ns", (far - near) * 1e9);
}

Test(numa, nothing_crosses_in_a_guest_on_the_socket_of_the_nic) {
    given_round_trip(8);
    double before = rtt();
    set_cost(&config, COST_CACHE_FAR, 1e5);
    set_cost(&config, COST_MEMORY_READ, 1e5);
    set_cost(&config, COST_DMA_FAR, 1e-3);
    cr_expect_float_eq(rtt(), before, 0);
}
