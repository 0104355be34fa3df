/* PCI Express: what a transaction occupies of a link, in the terms of the standard.
 *
 * Model and constants of Neugebauer et al., SIGCOMM 2018 (PC200-PC226): a transfer is cut into TLPs, every
 * TLP carries a header and its framing, and what is left of the raw rate after ACK and flow-control DLLPs
 * and SKIP sets is the bandwidth of the TLP layer.
 *
 * Modelled: lanes, generation, MPS, MRRS; both directions as first-come first-served servers; latency
 * beyond occupancy as a constant per read and write. Not modelled: completions split at the RCB (they come in MPS
 * pieces), ordering between requests, credits of single traffic classes, the root complex's internal buffers. */
#ifndef IOPATH_MODELS_HARDWARE_PCIE_H
#define IOPATH_MODELS_HARDWARE_PCIE_H

#include "models/host.h"
#include "sim/server.h"

enum {
    PCIE_REQUEST_BYTES = 24,    /* MRd and MWr header with framing, 64-bit address (PC201) */
    PCIE_COMPLETION_BYTES = 20, /* completion with data, with framing (PC202) */
    PCIE_DLLP_BYTES = 8,        /* ACK or flow-control update (PC203) */
};

/* Raw rate of the link in bit/s after line coding (PC207). 0 for an unknown generation. */
double pcie_raw_bps(const struct pcie_link *link);

/* Bandwidth of the TLP layer: raw x (1 - 8/Ack - 8/FC - 4/1538) (PC203-PC209). */
double pcie_tlp_bps(const struct pcie_link *link);

/* Packets of at most `largest` bytes each; mostly it is one. */
static inline int pcie_packets(int size, int largest) {
    return size > 0 && size <= largest ? 1 : (size + largest - 1) / largest;
}

/* Bytes on the link from the device to memory (up) and back (down) for one transfer of `size` bytes: with the headers
 * of a write; of the requests of a read, and of the completions. */
static inline int pcie_write_up_bytes(const struct pcie_link *link, int size) {
    return size + pcie_packets(size, link->mps_bytes) * PCIE_REQUEST_BYTES;
}
static inline int pcie_read_up_bytes(const struct pcie_link *link, int size) {
    return pcie_packets(size, link->mrrs_bytes) * PCIE_REQUEST_BYTES;
}
static inline int pcie_read_down_bytes(const struct pcie_link *link, int size) {
    return size + pcie_packets(size, link->mps_bytes) * PCIE_COMPLETION_BYTES;
}

/* Effective rate in bit/s of back-to-back transfers of `size` bytes. */
double pcie_write_bps(const struct pcie_link *link, int size);
double pcie_read_bps(const struct pcie_link *link, int size);

/* One link at work. */
struct pcie {
    struct pcie_link link;
    double ps_per_byte;
    sim_time read_latency, write_latency; /* of 64 B, beyond the link's occupancy */
    struct server up, down;
};

void pcie_init(struct pcie *pcie, const struct pcie_link *link, double read_latency_s, double write_latency_s);

static inline sim_time pcie_time(const struct pcie *pcie, int bytes) {
    return (sim_time)(pcie->ps_per_byte * bytes + 0.5);
}

/* A read in two halves, between which the IOMMU may translate: the device asks at `ready`, the request has
 * crossed the link at the time returned; memory is asked at `at`, and the device has the data. */
static inline sim_time pcie_read_request(struct pcie *pcie, sim_time ready, int size) {
    return server_request(&pcie->up, ready, pcie_time(pcie, pcie_read_up_bytes(&pcie->link, size)));
}
static inline sim_time pcie_read_data(struct pcie *pcie, sim_time at, int size) {
    int bytes = pcie_read_down_bytes(&pcie->link, size);
    return server_request(&pcie->down, at + pcie->read_latency, pcie_time(pcie, bytes));
}

/* The same for a posted write: the device writes at `ready`, the data have crossed the link; from then on
 * it takes `write_latency` until they are visible. */
static inline sim_time pcie_write_data(struct pcie *pcie, sim_time ready, int size) {
    return server_request(&pcie->up, ready, pcie_time(pcie, pcie_write_up_bytes(&pcie->link, size)));
}

#endif
