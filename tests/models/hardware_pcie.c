#include "models/hardware/pcie.h"

#include <criterion/criterion.h>
#include <math.h>

#include "tests/models/support.h"

static struct pcie_link link_of(int generation, int lanes, int mps, int mrrs) {
    return (struct pcie_link){generation, lanes, mps, mrrs};
}

/* PC207: 2.0 / 4.0 / 7.877 / 15.754 Gbit/s a lane. */
/* Without an IOMMU between the halves. */
static sim_time read_at(struct pcie *pcie, sim_time ready, int size) {
    return pcie_read_data(pcie, pcie_read_request(pcie, ready, size), size);
}

static sim_time written_at(struct pcie *pcie, sim_time ready, int size) {
    return pcie_write_data(pcie, ready, size) + pcie->write_latency;
}

Test(pcie, raw_rates_are_the_published_ones_of_each_generation) {
    const double lane_gbps[] = {0, 2.0, 4.0, 7.877, 15.754};
    for (int generation = 1; generation <= 4; generation++)
        for (int lanes = 1; lanes <= 16; lanes *= 2) {
            struct pcie_link link = link_of(generation, lanes, 256, 512);
            cr_expect_float_eq(pcie_raw_bps(&link), lane_gbps[generation] * lanes * 1e9, 1.0);
        }
    struct pcie_link unknown = link_of(5, 8, 256, 512);
    cr_expect_float_eq(pcie_raw_bps(&unknown), 0, 0);
}

/* PC208: 57.88 Gbit/s for gen3 x8, MPS 256; PC209: 28.68 Gbit/s for gen2 x8, MPS 256. */
Test(pcie, tlp_bandwidth_is_the_published_one) {
    struct pcie_link gen3 = link_of(3, 8, 256, 512), gen2 = link_of(2, 8, 256, 512);
    cr_expect_float_eq(pcie_tlp_bps(&gen3) / 1e9, 57.88, 0.01);
    cr_expect_float_eq(pcie_tlp_bps(&gen2) / 1e9, 28.68, 0.01);
}

/* raw (1 - 16/distance - 4/1538) by hand; the distance between DLLPs is longer with a larger MPS. */
Test(pcie, tlp_bandwidth_by_hand) {
    struct pcie_link gen1 = link_of(1, 8, 128, 512), gen3x16 = link_of(3, 16, 256, 512),
                     gen2x4 = link_of(2, 4, 128, 512);
    EXPECT_NEAR(pcie_tlp_bps(&gen1), 16e9 * (1 - 16.0 / 118 - 4.0 / 1538), 1e-12, "gen1 x8, MPS 128");
    EXPECT_NEAR(pcie_tlp_bps(&gen3x16), 7.877e9 * 16 * (1 - 16.0 / 168 - 4.0 / 1538), 1e-12, "gen3 x16, MPS 256");
    EXPECT_NEAR(pcie_tlp_bps(&gen2x4), 16e9 * (1 - 16.0 / 124 - 4.0 / 1538), 1e-12, "gen2 x4, MPS 128");
}

Test(pcie, bytes_of_a_transfer_by_hand_around_mps_and_mrrs) {
    static const struct {
        int size, write_up, read_up, read_down;
    } rows[] = {
        {1, 25, 24, 21},         {64, 88, 24, 84},       {255, 279, 24, 275},    {256, 280, 24, 276},
        {257, 305, 24, 297},     {511, 559, 24, 551},    {512, 560, 24, 552},    {513, 585, 48, 573},
        {768, 840, 48, 828},     {1024, 1120, 48, 1104}, {1025, 1145, 72, 1125}, {1500, 1644, 72, 1620},
        {4096, 4480, 192, 4416},
    };
    struct pcie_link link = link_of(2, 8, 256, 512);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(pcie_write_up_bytes(&link, rows[i].size), rows[i].write_up, "write of %d", rows[i].size);
        cr_expect_eq(pcie_read_up_bytes(&link, rows[i].size), rows[i].read_up, "request of %d", rows[i].size);
        cr_expect_eq(pcie_read_down_bytes(&link, rows[i].size), rows[i].read_down, "completion of %d", rows[i].size);
    }
    struct pcie_link small = link_of(2, 8, 128, 128);
    cr_expect_eq(pcie_write_up_bytes(&small, 129), 129 + 48);
    cr_expect_eq(pcie_read_up_bytes(&small, 129), 48);
    cr_expect_eq(pcie_read_down_bytes(&small, 129), 129 + 40);
}

static const int sizes[] = {1, 16, 64, 255, 256, 257, 512, 513, 1500, 9018};
enum { SIZES = sizeof sizes / sizeof *sizes, TRANSFERS = 20000 };

static double bps_of(sim_time end, int size) { return 8.0 * size * TRANSFERS / sim_seconds(end); }

Test(pcie, a_stream_of_writes_reaches_the_formulas_rate) {
    struct pcie_link link = link_of(2, 8, 256, 512);
    for (int i = 0; i < SIZES; i++) {
        struct pcie pcie;
        sim_time end = 0;
        pcie_init(&pcie, &link, 0, 0);
        for (int n = 0; n < TRANSFERS; n++) end = written_at(&pcie, 0, sizes[i]);
        EXPECT_NEAR(bps_of(end, sizes[i]), pcie_write_bps(&link, sizes[i]), 1e-3, "writes of %d B", sizes[i]);
    }
}

Test(pcie, a_stream_of_reads_reaches_the_formulas_rate) {
    struct pcie_link link = link_of(3, 8, 256, 128);
    for (int i = 0; i < SIZES; i++) {
        struct pcie pcie;
        sim_time end = 0;
        pcie_init(&pcie, &link, 0, 0);
        for (int n = 0; n < TRANSFERS; n++) end = read_at(&pcie, 0, sizes[i]);
        EXPECT_NEAR(bps_of(end, sizes[i]), pcie_read_bps(&link, sizes[i]), 1e-3, "reads of %d B", sizes[i]);
    }
}

Test(pcie, one_transfer_alone_takes_its_latency_and_its_bytes) {
    struct pcie_link link = link_of(2, 8, 256, 512);
    struct pcie pcie;
    double ps_per_byte = 8e12 / pcie_tlp_bps(&link);
    pcie_init(&pcie, &link, 400e-9, 200e-9);
    sim_time read = read_at(&pcie, 1000, 64);
    pcie_init(&pcie, &link, 400e-9, 200e-9);
    sim_time written = written_at(&pcie, 1000, 64);
    cr_expect_float_eq((double)read, 1000 + 400e3 + (24 + 84) * ps_per_byte, 2);
    cr_expect_float_eq((double)written, 1000 + 200e3 + 88 * ps_per_byte, 2);
}

Test(pcie, the_two_directions_do_not_share_their_bandwidth) {
    struct pcie_link link = link_of(2, 8, 256, 512);
    struct pcie pcie;
    sim_time written = 0, read = 0;
    pcie_init(&pcie, &link, 0, 0);
    for (int n = 0; n < TRANSFERS; n++) {
        read = read_at(&pcie, 0, 512);
        written = written_at(&pcie, 0, 512);
    }
    /* Upwards 24 + 560 bytes a pair, downwards 552: had they one lane, both would end at twice this. */
    double ps_per_byte = 8e12 / pcie_tlp_bps(&link);
    EXPECT_NEAR(written, TRANSFERS * 584 * ps_per_byte, 1e-3, "upwards");
    cr_expect_leq((double)read, 1.001 * TRANSFERS * 584 * ps_per_byte);
    EXPECT_NEAR(pcie.down.busy, TRANSFERS * 552 * ps_per_byte, 1e-3, "downwards");
}
