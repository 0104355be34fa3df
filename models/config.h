/* What is simulated: hosts, guests and their workloads, as plain data. The scenario reader fills it, the
 * model is built from it. Indices, not pointers, link the parts, so that it can be copied and changed. */
#ifndef IOPATH_MODELS_CONFIG_H
#define IOPATH_MODELS_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "models/host.h"
#include "models/instance.h"
#include "models/mode.h"
#include "sim/time.h"

enum { NAME_MAX_BYTES = 64, GUESTS_MAX = 64, WORKLOADS_MAX = 16, QUEUES_MAX = 16, VCPUS_MAX = 128 };

enum workload_kind {
    WORK_UDP_STREAM,
    WORK_TCP_STREAM,
    WORK_UDP_RR,
    WORK_TCP_RR,
    WORK_PING,
    WORK_SPIN,
    WORK_REPLAY,
    WORK_HTTP,
    WORK_BLOCK,
    WORK_FORK,
    WORK_SYSCALL,
    WORK_CLOCK,
    WORK_BOOT,
    WORK_KIND_COUNT
};
enum direction { DIRECTION_TRANSMIT, DIRECTION_RECEIVE, DIRECTION_BOTH, DIRECTION_TRANSIT };
enum arrivals { ARRIVALS_CONSTANT, ARRIVALS_POISSON, ARRIVALS_ONOFF };
enum peer_kind { PEER_WIRE, PEER_DOM0, PEER_GUEST };
/* pktgen: the kernel's own generator, straight to the driver; af-xdp: an application whose frames the driver takes;
 * netmap: pkt-gen, an application that fills the slots of the device's ring (models/paths/netmap.c) */
enum sender { SENDER_SOCKET, SENDER_PKTGEN, SENDER_AF_XDP, SENDER_NETMAP };
/* What a kernel tells the time from (models/guest/clock.c). */
enum clock_source { CLOCK_TSC, CLOCK_XEN, CLOCK_KVM, CLOCK_TSC_EMULATED };
/* fork: when the pages of a PV guest's new page table are handed to Xen (models/guest/processes.c) */
enum pinning { PINNING_LATE, PINNING_EARLY };
/* drop: nobody listens, the stack drops what comes; netmap: pkt-gen takes it from the slots of the device's ring */
enum receiver { RECEIVER_SOCKET, RECEIVER_DROP, RECEIVER_NETMAP };

/* boot (models/paths/boot.c): the process that is the machine under KVM, who loads the kernel, and what runs first. */
enum monitor { MONITOR_QEMU, MONITOR_FIRECRACKER, MONITOR_CLOUD_HYPERVISOR };
enum loader { LOADER_DIRECT, LOADER_BIOS, LOADER_PV_GRUB };
enum firmware { FIRMWARE_NONE, FIRMWARE_SEABIOS, FIRMWARE_QBOOT };

struct boot_config {
    enum monitor monitor;
    enum loader loader;
    enum firmware firmware;
    bool compressed;     /* the kernel is a bzImage, which decompresses itself */
    bool prepared;       /* the monitor is configured already and is asked to start the guest */
    double kernel_bytes; /* as it is in memory */
    double initrd_bytes; /* as it is loaded */
    int console_bytes;   /* that the kernel writes to its serial console */
};

/* What a block request asks of its disk. */
enum block_op { BLOCK_READ, BLOCK_WRITE, BLOCK_FLUSH, BLOCK_OP_COUNT };

struct trace;       /* models/workload/trace.h */
struct block_trace; /* models/workload/block_trace.h */

enum { CHAIN_MAX = 8 };

struct workload_config {
    char name[NAME_MAX_BYTES];
    enum workload_kind kind;
    enum direction direction; /* of streams, seen from the guest */
    int through_count;        /* of streams in transit: guests of the same server that poll and forward, in order */
    int through[CHAIN_MAX];
    enum peer_kind peer;
    int peer_guest;         /* index into guests[], for PEER_GUEST */
    enum sender sender;     /* udp-stream; a far host's sender is ideal */
    enum receiver receiver; /* udp-stream; the wire takes everything */
    int frame_bytes;        /* udp-stream: Ethernet frame with CRC, 64 to 9018; within a host to 65535 */
    double rate_pps; /* offered frames or requests per second; 0: as fast as the sender can, or one after the other */
    enum arrivals arrivals;
    double burst_s, idle_s;            /* on-off arrivals: mean times of both, rate_pps is that of a burst */
    int message_bytes, mtu_bytes;      /* tcp-stream: one write of the application; largest IP packet */
    double rate_bps;                   /* tcp-stream: payload offered; 0: as fast as the sender can */
    int flows;                         /* streams: sockets, one thread each */
    int request_bytes, response_bytes; /* rr and ping: payload */
    int concurrency;             /* rr and http: sockets, each with one transaction in flight; rr: a thread each */
    bool serves;                 /* http: the guest answers, its peer asks; else the other way round */
    int threads, client_threads; /* http: event loops that answer and ask; 0: one per vCPU */
    int jobs;                    /* spin: threads */
    double busy, period_s;       /* spin: share of each period a thread computes; 1: without pause */
    const struct trace *trace;   /* replay: what is sent; frame_bytes and rate_pps are its means */
    double speed;                /* replay, block with a trace: times as fast as recorded */
    bool repeat;                 /* … begins anew after its period, else it ends */
    double interval_s;           /* ping: time between requests; 0: flood, one after the other */
    /* block: `jobs` threads, each with `concurrency` / `jobs` requests of block_bytes in flight */
    int block_bytes;
    int disk;           /* index into the host's disks */
    double read_share;  /* of the requests; the others write */
    bool is_sequential; /* each job through a part of the disk of its own; else anywhere */
    bool synchronous;   /* a system call per request, in which the thread sleeps; else io_submit and io_getevents */
    int fsync_writes;   /* of a job, after which it calls fsync; 0: it does not */
    const struct block_trace *requests; /* that are replayed; what is above, and rate_pps, are its means */
    /* fork: jobs is 1, period_s may be 0; syscall and clock have jobs */
    double process_bytes; /* fork: resident memory */
    enum pinning pinning; /* fork, of a PV guest */
    enum clock_source source;
    bool by_syscall;         /* clock: even where user space could read it */
    struct boot_config boot; /* one boot after the other, or one each period_s */
    int clock_reads;         /* udp-stream, rr, http: with each message that a guest's application sends */
    bool polls_sockets;      /* rr and http: threads do not sleep while they wait for messages */
};

/* How packets cross from a guest's memory into dom0's and back. */
enum grants {
    GRANTS_MAP,        /* sending: the header is copied, the rest mapped; receiving: copied */
    GRANTS_COPY,       /* all is copied, both ways */
    GRANTS_PERSISTENT, /* pages stay granted and mapped, CPUs copy into and out of them without the hypervisor */
};

/* How netfront learns that sent packets were taken (models/guest/reaping.h). */
enum netfront {
    NETFRONT_ONE_CHANNEL, /* by the queue's one event, in the softirq that also receives */
    /* an event channel of their own, whose handler takes them: */
    NETFRONT_PLAIN,    /* whoever sends takes responses, too; the event ends at once */
    NETFRONT_HARDENED, /* the same, but events that find nothing hold the channel back */
    NETFRONT_PATCHED,  /* hardened, and who sends leaves responses to the event */
};

/* What the guest's kernel or device does with packets larger than a frame, and with checksums. */
struct offload_config {
    bool no_tso, no_gso, no_gro, no_checksum;
    bool lro;
};

enum nic_model { NIC_MODEL_E1000, NIC_MODEL_RTL8139 }; /* the device that QEMU emulates for mode hvm */

enum driver_kind { DRIVER_KERNEL, DRIVER_POLL }; /* of the guest's network device */

/* What QEMU connects the guest's network device to: a tap device of the host's bridge, a port of VALE. */
enum net_back_end { NET_BACK_END_TAP, NET_BACK_END_VALE };

/* Who serves the requests of a paravirtual disk. */
enum disk_back_end {
    DISK_BACK_END_KERNEL,  /* blkback, or vhost-blk */
    DISK_BACK_END_QEMU,    /* QEMU's main loop; under Xen qdisk */
    DISK_BACK_END_THREAD,  /* an I/O thread of QEMU (virtio-blk data plane) */
    DISK_BACK_END_SERIAL,  /* a thread that serves one request at a time, as small monitors do */
    DISK_BACK_END_TAPDISK, /* tapdisk3, a process for each disk */
};

/* The controller that QEMU emulates for mode hvm; of nvme, whether doorbells are exits to QEMU or eventfds. */
enum disk_model { DISK_MODEL_IDE, DISK_MODEL_AHCI, DISK_MODEL_NVME, DISK_MODEL_NVME_EVENTFD };

/* How QEMU's back ends reach the host's disk. */
enum disk_aio { DISK_AIO_THREADS, DISK_AIO_NATIVE };

enum throttle_kind { THROTTLE_ADAPTIVE, THROTTLE_OFF, THROTTLE_FIXED };

struct guest_config {
    char name[NAME_MAX_BYTES];
    bool has_instance;
    struct instance_type instance; /* valid when has_instance */
    int server;                    /* guests with the same number share a host; 0 is the first */
    enum mode mode;
    int vcpus;                   /* of the instance, or given */
    double clock_hz;             /* of the instance, or the host's */
    double network_bps;          /* 0: no limit but the wire */
    double network_burst_bps;    /* with credits, 0: no more than network_bps */
    bool network_credits_spent;  /* at the start; else there are all there can be */
    double network_flow_bps;     /* of one flow, 0: no limit of its own */
    double network_pps;          /* frames sent plus received, 0: no limit */
    double ebs_bps;              /* to and from network volumes, each way; 0: no limit */
    int queues;                  /* network queues; limited by the device */
    char kernel[16];             /* a version (models/guest/kernel.h), "" if not given */
    enum grants grants;          /* of netfront and netback */
    bool coalesced;              /* that netback packs what the guest receives into as few pages as it can */
    enum netfront netfront;      /* how it takes back what was sent */
    bool grants_uncached;        /* its grant table is in memory that is not cached */
    bool own_netback;            /* NAPI and threads for each of its queues; else dom0's netback threads */
    bool vhost_batches;          /* vhost works in batches of 64 frames */
    enum throttle_kind throttle; /* interrupt moderation of the guest's own device */
    double throttle_s;           /* for THROTTLE_FIXED */
    struct offload_config offloads;
    enum nic_model nic_model;
    enum driver_kind driver;
    enum net_back_end net_back_end;
    double memory_bytes;   /* of the instance, or given; 0: not said */
    int memory_page_bytes; /* 4096 or 2097152: pages that back its memory; 0: not said */
    enum iommu_mode iommu; /* of the guest's own, emulated one: off or passthrough, deferred, strict */
    int weight;            /* under a scheduler: relative to the other guests' */
    double cap;            /* CPUs it may use; 0: no cap */
    uint64_t affinity;     /* bit per shared CPU; 0: all */
    double cpu_credits;    /* of a burstable type, vCPU seconds at the start; negative: enough for the run */
    int irq_cpu_count;     /* vCPUs that take the queues' interrupts in turn; 0: as many as queues, from 0 */
    uint8_t irq_cpus[QUEUES_MAX];
    int rps_cpus;           /* vCPUs that each queue's packets are steered to; 0: none */
    bool rps_interrupt_cpu; /* those that take interrupts may be among them */
    int socket;             /* of the machine, where a guest that fits into one runs */
    int disk_queues;        /* of a paravirtual disk; a device of its own has one per vCPU if it has queues */
    enum disk_back_end disk_back_end;
    enum disk_aio disk_aio;
    double disk_poll_s; /* an I/O thread spins for so long at most before it sleeps; negative: as QEMU does */
    enum disk_model disk_model;
    enum grants disk_grants; /* of blkfront and blkback */
    int disk_segments;       /* pages of one request in the ring */
    int disk_ring_pages;     /* of blkfront */
    bool disk_shares_pool;   /* blkback keeps the persistent grants of all its queues together */
    enum clock_source clock;
    int workload_count;
    struct workload_config workloads[WORKLOADS_MAX];
};

struct run_config {
    sim_time duration; /* measured, of each replication */
    bool warmup_auto;  /* found by MSER-5 on a pilot run */
    sim_time warmup;   /* else this long */
    int replications;  /* >= 1 */
    uint64_t seed;
    double precision; /* relative half-width asked of intervals, for which replications are added; 0: none */
    int uncertainty;  /* samples of the costs' ranges for prediction intervals; 0: none */
    int batches;      /* parts of a replication that intervals are made of; 0 or 1: each is measured as a whole */
};

struct model_config {
    struct host_config host; /* every server is one of these */
    int servers;
    int guest_count;
    struct guest_config guests[GUESTS_MAX];
};

const char *workload_kind_name(enum workload_kind kind);
/* Frames go one way: each is one of what is counted, none is answered. */
static inline bool workload_is_stream(enum workload_kind kind) {
    return kind == WORK_UDP_STREAM || kind == WORK_TCP_STREAM || kind == WORK_REPLAY;
}
/* What uses CPUs and nothing else: no packets, no device that it waits for. */
static inline bool workload_is_computing(enum workload_kind kind) {
    return kind == WORK_SPIN || kind == WORK_FORK || kind == WORK_SYSCALL || kind == WORK_CLOCK || kind == WORK_BOOT;
}
const char *clock_source_name(enum clock_source source);
const char *direction_name(enum direction direction);

#endif
