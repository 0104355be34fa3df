#include "models/hardware/pcie.h"

#include <string.h>

double pcie_raw_bps(const struct pcie_link *link) {
    static const double lane_bps[] = {0, 2.0e9, 4.0e9, 7.877e9, 15.754e9};
    if (link->generation < 1 || link->generation > 4) return 0;
    return lane_bps[link->generation] * link->lanes;
}

/* Bytes between two ACKs and between two flow-control updates (PC205, PC206): the standard's AckLimit
 * depends on width and MPS; the model uses the same distance for both. */
static double dllp_distance(const struct pcie_link *link) {
    static const struct {
        int min_generation, min_lanes;
        double mps_128, mps_256;
    } limits[] = {{3, 16, 144, 168}, {3, 1, 163, 203}, {1, 8, 118, 158}, {1, 1, 124, 169}};
    size_t i = 0;
    while (link->generation < limits[i].min_generation || link->lanes < limits[i].min_lanes) i++;
    return link->mps_bytes <= 128 ? limits[i].mps_128 : limits[i].mps_256;
}

double pcie_tlp_bps(const struct pcie_link *link) {
    double distance = dllp_distance(link);
    return pcie_raw_bps(link) * (1.0 - 2.0 * PCIE_DLLP_BYTES / distance - 4.0 / 1538.0);
}

double pcie_write_bps(const struct pcie_link *link, int size) {
    return size * pcie_tlp_bps(link) / pcie_write_up_bytes(link, size);
}

double pcie_read_bps(const struct pcie_link *link, int size) {
    int up = pcie_read_up_bytes(link, size), down = pcie_read_down_bytes(link, size);
    return size * pcie_tlp_bps(link) / (up > down ? up : down);
}

void pcie_init(struct pcie *pcie, const struct pcie_link *link, double read_latency_s, double write_latency_s) {
    memset(pcie, 0, sizeof *pcie);
    pcie->link = *link;
    pcie->ps_per_byte = 8e12 / pcie_tlp_bps(link);
    pcie->read_latency = sim_time_of(read_latency_s);
    pcie->write_latency = sim_time_of(write_latency_s);
    server_init(&pcie->up, 1);
    server_init(&pcie->down, 1);
}
