#include "models/hardware/wire.h"

#include <criterion/criterion.h>
#include <math.h>

#include "tests/models/support.h"

Test(wire, a_frame_takes_its_bits_and_twenty_bytes_to_the_picosecond) {
    cr_expect_eq(wire_time(10e9, 64), 67200);
    cr_expect_eq(wire_time(10e9, 1518), 1230400);
    cr_expect_eq(wire_time(1e9, 64), 672000);
    cr_expect_eq(wire_time(10e9, 9018), 7230400);
    cr_expect_eq(wire_time(40e9, 65), 17000);
}

/* PC231: 1e10/(84*8) = 14.88 Mpps; PC232: 1e10/(1538*8) = 0.813 Mpps. */
Test(wire, the_published_frame_rates_at_ten_gigabit) {
    cr_expect_float_eq(1e12 / (double)wire_time(10e9, 64), 1e10 / (84 * 8), 1e-6);
    cr_expect_float_eq(1e12 / (double)wire_time(10e9, 64) / 1e6, 14.88, 0.005);
    cr_expect_float_eq(1e12 / (double)wire_time(10e9, 1518) / 1e6, 0.813, 0.0005);
}

/* Next to no CPU work, and nothing else in the way: no moderation, no page walks. */
static void given_fast_cpus(struct model_config *config, enum mode mode, int frame_bytes) {
    given_plain_host(config);
    scale_cpu_work(config, 1e-3);
    config->host.iommu.page_bytes = 2 << 20;
    int guest = given_guest(config, mode, 0);
    config->guests[guest].throttle = THROTTLE_OFF;
    given_stream(config, guest, DIRECTION_TRANSMIT, frame_bytes)->flows = 4;
}

static void expect_wire_rate(enum mode mode, int frame_bytes) {
    static struct model_config config;
    given_fast_cpus(&config, mode, frame_bytes);
    double expected = 1e10 / (8.0 * (frame_bytes + 20)), pps = pps_of_run(&config, 0);
    EXPECT_NEAR(pps, expected, 1e-3, "%s, %d B: %.0f pps, the wire carries %.0f", mode_info(mode)->name, frame_bytes,
                pps, expected);
}

/* PCIe gen2 x8 has 28.7 Gbit/s for TLPs; a 64 B frame takes less than 130 B of it in either direction. */
Test(wire, a_guest_without_cpu_costs_sends_at_exactly_the_wire_rate) {
    expect_wire_rate(MODE_NATIVE, 64);
    expect_wire_rate(MODE_NATIVE, 1518);
    expect_wire_rate(MODE_SRIOV, 64);
    expect_wire_rate(MODE_SRIOV, 1518);
}

Test(wire, a_slower_link_is_slower_by_its_rate) {
    static struct model_config config;
    given_fast_cpus(&config, MODE_NATIVE, 64);
    config.host.nic.link_bps = 1e9;
    EXPECT_NEAR(pps_of_run(&config, 0), 1e9 / (84 * 8), 1e-3, "1 Gbit/s carries 1.488 Mpps");
}

Test(wire, a_narrow_pcie_link_holds_the_wire_back) {
    static struct model_config config;
    given_fast_cpus(&config, MODE_NATIVE, 1518);
    config.host.nic.pcie.generation = 1;
    config.host.nic.pcie.lanes = 1;
    double tlp_bps = pcie_tlp_bps(&config.host.nic.pcie);
    double expected = tlp_bps / (8.0 * pcie_read_down_bytes(&config.host.nic.pcie, 1518));
    double pps = pps_of_run(&config, 0);
    cr_expect_lt(pps, expected);
    cr_expect_gt(pps, 0.9 * expected, "%.0f pps, of payload reads alone the link carries %.0f", pps, expected);
}
