/* A host: the machine under the guests. Filled from models/catalog/hosts/ and nics/ by the scenario
 * reader; plain data, no behaviour. */
#ifndef IOPATH_MODELS_HOST_H
#define IOPATH_MODELS_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "models/costs.h"
#include "models/hardware/disk.h"

enum hypervisor_kind { HYPERVISOR_NONE, HYPERVISOR_XEN, HYPERVISOR_KVM, HYPERVISOR_NITRO };
enum iommu_mode { IOMMU_OFF, IOMMU_PASSTHROUGH, IOMMU_DEFERRED, IOMMU_STRICT };

struct pcie_link {
    int generation; /* 1 to 4 */
    int lanes;      /* 1 to 16 */
    int mps_bytes;  /* maximum payload size: 128 or 256 */
    int mrrs_bytes; /* maximum read request size: 128 to 4096 */
};

struct iommu_config {
    enum iommu_mode mode;
    int iotlb_entries;   /* translations the IOTLB holds, least recently used goes first */
    int walkers;         /* page walks at the same time; a miss beyond them queues */
    int page_bytes;      /* 4096 or 2097152: size of the mappings */
    int structure_cache; /* entries for each upper level of the table; 0: walks all take the same */
};

struct nic_config {
    char name[CATALOG_NAME_MAX];
    char description[160];
    double link_bps; /* of one port */
    struct pcie_link pcie;
    int virtual_functions; /* 0: no SR-IOV */
    int vf_queues;         /* queue pairs per VF */
    int pf_queues;         /* queue pairs the physical function's driver uses */
    int tx_ring, rx_ring;  /* descriptors */
    int descriptor_bytes;
    int tx_fetch_batch;                         /* descriptors the device fetches with one read */
    int tx_writeback_batch;                     /* descriptors written back together (WTHRESH) */
    int rx_refill_batch;                        /* buffers the driver posts with one tail write */
    int rx_fifo_bytes;                          /* on-chip packet buffer */
    int outstanding_reads;                      /* DMA reads in flight */
    double dma_engine_s;                        /* the device's own share of a DMA read */
    double itr_lowest_s, itr_low_s, itr_bulk_s; /* classes of adaptive moderation */
    double itr_sent_s;      /* of sent frames apart; itr_lowest_s is then that of received ones, always; 0: adaptive */
    bool low_latency_queue; /* the driver writes descriptors and headers into the device: no fetch */
    double card_s;          /* a frame's way through the device beside DMA and wire, in each direction */
};

struct dom0_config {
    int vcpus;           /* on CPUs of their own, unless scheduler.dom0_pinned is off */
    int netback_threads; /* a vif belongs to one of them, for both directions */
    int nic_irq_vcpu;    /* dom0 vCPU that takes the physical NIC's interrupts */
    char kernel[16];     /* of dom0 or the KVM host: a version (models/guest/kernel.h), "" if not given */
};

enum scheduler_kind { SCHEDULER_KIND_PINNED, SCHEDULER_KIND_CREDIT, SCHEDULER_KIND_CFS };

struct scheduler_config {
    enum scheduler_kind kind; /* pinned: every vCPU and thread has a CPU of its own */
    int cpus;                 /* that the guests of one server share */
    double slice_s, ratelimit_s;
    bool boost, migration_boost;
    double latency_s, granularity_s, wakeup_granularity_s; /* CFS */
    bool dom0_pinned;                                      /* dom0's vCPUs have CPUs of their own */
    int dom0_weight;
};

struct network_config { /* what lies between two hosts */
    double one_way_s;   /* propagation and switches */
    double jitter_s;    /* mean of an exponential addition; 0: none */
    int buffer_bytes;   /* that the last switch holds for one port; frames beyond are lost */
};

enum { DISKS_MAX = 16 };

struct host_config {
    char name[CATALOG_NAME_MAX];
    char description[200];
    enum hypervisor_kind hypervisor;
    char hypervisor_version[16];
    int sockets, cores_per_socket, threads_per_core;
    int nic_socket; /* the NIC's PCIe lanes and dom0's CPUs are on it */
    double clock_hz;
    int cache_bytes;          /* last-level cache of a socket; 0: not given, large enough */
    double smt_share;         /* speed of a hardware thread whose sibling is busy, 1: no SMT effect */
    bool shadow_paging;       /* no nested paging: the hypervisor keeps shadows of the guests' tables */
    bool meltdown;            /* the CPU is open to it: mitigations include the isolation of page tables */
    bool mitigations;         /* kernels and hypervisor keep the mitigations of 2018 on */
    bool posted_interrupts;   /* the CPU delivers a device's interrupt to a running vCPU without an exit */
    bool exitless_interrupts; /* … the guest takes it through its own handlers, and ends it by itself */
    double halt_poll_s;       /* a halted vCPU of KVM polls for so long at most; 0: not, negative: as its kernel does */
    struct iommu_config iommu;
    struct dom0_config dom0; /* meaningless without a hypervisor that has one */
    struct scheduler_config scheduler;
    struct nic_config nic;
    struct network_config network;
    int disk_count;
    struct disk_config disks[DISKS_MAX]; /* those that workloads use */
    struct cost_set costs;
};

#endif
