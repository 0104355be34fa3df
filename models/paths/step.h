/* A path is data: a table of steps that the interpreter executes and `iopath explain` prints.
 *
 * The rows stand in the order a packet meets them. A RING row ends the work of whoever pushes and names
 * the queue in which the packet waits for the next worker; the rows up to the next RING row are that
 * worker's: NOTIFYING and FLIGHT rows wake it (only if it sleeps: notification suppression), WAKE rows are
 * what waking costs it, POLL rows come once per turn of its loop, EACH rows with every packet, FOREIGN rows
 * with packets of another core.
 *
 * Steps never hold numbers. They name a cost parameter; the mechanism says what it means. */
#ifndef IOPATH_MODELS_PATHS_STEP_H
#define IOPATH_MODELS_PATHS_STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "models/costs.h"

enum place {
    PLACE_GUEST,
    PLACE_HYPERVISOR,
    PLACE_DOM0,
    PLACE_HOST,
    PLACE_DEVICE_MODEL,
    PLACE_DEVICE,
    PLACE_LINK,
    PLACE_COUNT
};

enum mechanism {
    COMPUTE, /* cycles on a context of a CPU */
    COPY,    /* bytes, hot or cold */
    GRANT,   /* grant access, copy, map, unmap */
    RING,    /* bounded queue to the next worker, with notification suppression */
    NOTIFY,  /* hypercall, event channel, doorbell, wake-up of a thread */
    EXIT,    /* VM exit by reason, with or without a trip to the device model */
    DMA,     /* PCIe transactions, through the IOMMU where the device is assigned */
    DEVICE,  /* work of a device that is neither DMA nor wire */
    WIRE,    /* serialization and flight */
    IRQ,     /* moderation, delivery, injection, EOI */
    MECHANISM_COUNT
};

enum when {
    EACH,      /* with every packet */
    FOREIGN,   /* with a packet that another core produced */
    CONTENDED, /* on the producer's side, when the worker is busy on another core */
    POLL,      /* once per turn of the worker's loop */
    BURST,     /* once per burst that a poll loop finds at one of its ports */
    NOTIFYING, /* on the producer's side, when the worker must be told */
    REMOTE,    /* … and its CPU is another one, which must be interrupted */
    FLIGHT,    /* between the two, no CPU is busy; between two CPUs, not on one */
    WAKE,      /* on the worker's side, when it was told */
    WAKE_IDLE, /* the same, if its CPU was idle as well */
    DEFER,     /* with each buffer that is unmapped but not yet forgotten by the IOMMU */
    FLUSH,     /* with each invalidation of the IOMMU */
    SPIN,      /* while its CPU waits for it: executed counts picoseconds */
    TLB_FLUSH, /* once per turn, for every other vCPU of dom0 that is at work: one flush of the machine at a time */
    SHOOTDOWN, /* … on that vCPU */
    RETURN,    /* flight of the answer of a synchronous step, the caller's CPU stalls meanwhile */
    /* … beyond FOREIGN, CONTENDED and NOTIFYING, when the other core (or the device) is on another socket */
    FOREIGN_FAR,
    CONTENDED_FAR,
    NOTIFYING_FAR,
    /* … on the producer's side */
    PASSING,     /* with every packet for a worker on another core */
    PASSING_FAR, /* beyond that, when it is on another socket */
    WHEN_COUNT
};

/* Which workers execute a stage. */
enum worker {
    WORKER_APP,       /* sender's thread: the first stage of every path */
    WORKER_TCP,       /* TCP output of one flow, on the CPU of whoever found it idle: writer, softirq, reader */
    WORKER_QDISC,     /* whoever found the queueing discipline idle, on that CPU */
    WORKER_NIC,       /* a queue of the NIC */
    WORKER_NAPI,      /* softirq on the CPU that takes the interrupt of a queue of the guest's device */
    WORKER_DOM0_NAPI, /* the same for the physical NIC in dom0 */
    WORKER_NETBACK,   /* dom0 thread of the vif's group, both directions */
    /* netback with workers of its own for each queue of a vif: */
    WORKER_VIF_NAPI,    /* what the guest sends, in the softirq of the event */
    WORKER_VIF_THREAD,  /* what the guest receives */
    WORKER_VIF_DEALLOC, /* returns what it sent */
    WORKER_QEMU,        /* the guest's device model, a dom0 process; under KVM its main loop */
    WORKER_VCPU_QEMU,   /* the guest's device model under KVM: the thread of whichever vCPU asks */
    WORKER_SHAPER,      /* softirq in dom0 that takes up a tap device's frames as its limit allows */
    WORKER_VHOST,       /* kernel thread of a virtqueue pair */
    WORKER_SWITCH,      /* polling software switch of the host, on a CPU of its own */
    WORKER_PMD,         /* application of a guest that polls its device in user space, on a vCPU of its own */
    WORKER_READER,      /* receiver's thread */
    WORKER_NETMAP,      /* receiver's thread, which has the rings of its device by netmap */
    WORKER_LOOP,        /* event loop: a thread that waits for many connections */
    WORKER_RESPONSES,   /* handler of the event that a queue's sent packets were taken */
    WORKER_BACKLOG,     /* softirq on the CPU that packets were steered to */
    /* of block requests: */
    WORKER_BLOCK_QUEUE,   /* whoever found the request queue idle, on that CPU */
    WORKER_DISK,          /* the disk */
    WORKER_DISK_THREAD,   /* back end of a paravirtual disk with a thread or process of its own */
    WORKER_DISK_POOL,     /* thread of QEMU's pool that waits for one request */
    WORKER_DISK_IRQ,      /* handler of the interrupt of a guest's disk, its own or paravirtual */
    WORKER_HOST_DISK_IRQ, /* the same of a disk of dom0 or the host */
    /* of boots: */
    WORKER_TOOLSTACK, /* xl: builds one domain of a server at a time */
    WORKER_XENSTORED, /* serves one request of a server at a time */
    WORKER_MONITOR,   /* process of dom0 or the host that works for one guest: QEMU and its like, scripts */
    WORKER_BOOT_CPU,  /* the guest's first vCPU */
    WORKER_COUNT
};

enum ring_id {
    RING_NONE,
    RING_TCP_OUT,     /* segments and acknowledgements of one flow on their way down */
    RING_QDISC,       /* packets the queueing discipline holds */
    RING_GSO,         /* frames that the kernel has cut a packet into, above a driver */
    RING_GRO,         /* packets that NAPI has merged of the frames of a poll */
    RING_DOM0_GRO,    /* the same in dom0 */
    RING_NIC_TX,      /* transmit descriptors of the guest's device */
    RING_NIC_TX_DONE, /* written-back transmit descriptors */
    RING_NIC_RX,      /* filled receive descriptors */
    RING_PF_TX,       /* the same three of the physical function in dom0 */
    RING_PF_TX_DONE,
    RING_PF_RX,
    RING_NETIF_TX,        /* shared ring, requests of the guest; a slot is free when its response was taken */
    RING_NETIF_TX_DONE,   /* responses */
    RING_NETIF_TX_EVENTS, /* … that an event channel of their own tells of */
    RING_NETBACK_DONE,    /* sent packets whose grants netback has to return */
    RING_VIF_QUEUE,       /* packets for the guest that wait in dom0 */
    RING_NETIF_RX,        /* shared ring of posted buffers */
    /* the same with workers for each queue of a vif */
    RING_VIF_TX,       /* shared ring, requests of the guest, served in softirq */
    RING_VIF_DEALLOC,  /* sent packets that wait for the thread which returns their pages */
    RING_VIF_RX,       /* packets for the guest that wait for their thread */
    RING_VIF_RX_SLOTS, /* shared ring of posted buffers, filled by whoever transmits to the vif: no queue before it */
    RING_IOREQ,        /* register accesses the device model serves: the caller waits */
    RING_E1000_TX,     /* descriptors of the emulated NIC; the tail write is served while the caller waits */
    RING_E1000_DONE,   /* descriptors of the emulated NIC that were sent */
    RING_TAP_TX,       /* frames of an emulated NIC behind the tap device, where an instance's limit holds them */
    RING_TAP,          /* frames for the guest in the tap device */
    RING_E1000_RX,     /* filled descriptors of the emulated NIC */
    RING_VCPU_IOREQ,   /* accesses that the device model serves on the vCPU's own thread */
    RING_VCPU_E1000_TX,
    RING_RTL8139_TX, /* transmit buffers of the emulated rtl8139 */
    RING_VCPU_RTL8139_TX,
    RING_RTL8139_RX,    /* its receive ring of bytes */
    RING_XSK_TX,        /* descriptors of an AF_XDP socket */
    RING_VHOST_TX,      /* virtqueue, transmit, served by vhost; slots are free when the guest has reclaimed them */
    RING_VIRTIO_TX,     /* the same served by QEMU */
    RING_VIRTQ_TX_DONE, /* used entries of a transmit virtqueue */
    RING_VHOST_RX,      /* frames for the guest in the tap device that vhost reads */
    RING_VIRTQ_RX,      /* used entries of a receive virtqueue */
    RING_USER_TX,       /* transmit virtqueue that the polling switch serves */
    RING_PMD_TX,        /* descriptors of the physical function under a poll-mode driver */
    RING_PMD_TX_DONE,
    RING_PMD_RX,
    RING_POLLED_TX, /* transmit virtqueue of a polling guest: its driver reclaims in passing */
    RING_POLLED_RX, /* receive virtqueue that a guest polls */
    RING_SOCKET,    /* receive buffer of a socket */
    RING_READY,     /* connections of an event loop that have something to read */
    RING_BACKLOG,   /* packets steered to a CPU */
    /* that pkt-gen fills and empties by netmap, and the port of VALE behind them: */
    RING_NETMAP_E1000_TX,   /* the emulated NIC takes all that is filled while the tail write waits */
    RING_NETMAP_E1000_DONE, /* sent descriptors, some of which ask for an interrupt */
    RING_NETMAP_E1000_RX,   /* filled descriptors; free again when the application's next poll gives them back */
    RING_NETMAP_VIRTIO_TX,  /* transmit virtqueue, served by QEMU */
    RING_NETMAP_VHOST_TX,   /* … by vhost */
    RING_NETMAP_VIRTIO_DONE,
    RING_NETMAP_VIRTIO_RX, /* receive virtqueue, which the application's poll empties */
    RING_NETMAP_RX,        /* slots that the application has been told of */
    RING_VALE,             /* receive ring of QEMU's port of VALE */
    /* of block requests: */
    RING_BLOCK_QUEUE, /* hardware queue of the block layer, in front of a driver */
    RING_DISK,        /* submission queue of a disk that the guest drives */
    RING_DISK_DONE,   /* completion queue */
    RING_HOST_DISK,   /* the same of a disk of dom0 or the host */
    RING_HOST_DISK_DONE,
    RING_DISK_QEMU,   /* virtqueue of a disk, served by QEMU's main loop */
    RING_DISK_THREAD, /* … by a thread of its own */
    RING_BLKIF,       /* shared ring of blkfront, the same two */
    RING_BLKIF_QEMU,
    RING_DISK_POOL,      /* requests for a thread of QEMU's pool */
    RING_DISK_POOL_BACK, /* … which are done */
    RING_DISK_QEMU_BACK, /* requests that are done, for who took them */
    RING_DISK_THREAD_BACK,
    RING_IDE,         /* the one command of an emulated IDE channel */
    RING_AHCI,        /* command slots of an emulated AHCI port */
    RING_SERIAL_DISK, /* submission queue of a thread that has one request at a time */
    RING_DISK_USED,   /* what the guest's driver is told is done */
    RING_COMPLETED,   /* requests whose thread has to be told */
    /* of boots: */
    RING_TOOLSTACK,
    RING_XENSTORE,
    RING_MONITOR,
    RING_BOOT_CPU,
    RING_COUNT
};

enum full { FULL_BLOCKS, FULL_DROPS }; /* what a producer does at a full ring */
/* Which traffic of its guest an instance's limit shapes where it leaves this ring. */
enum shapes { SHAPES_NOTHING, SHAPES_SENT, SHAPES_RECEIVED };
enum lost { LOST_NETWORK, LOST_NIC, LOST_BACKEND, LOST_SOCKET, LOST_QDISC, LOST_BACKLOG, LOST_COUNT };

struct ring_info {
    const char *name;
    enum worker consumer;
    enum full full;
    enum lost lost;
    enum cost capacity; /* COST_NONE: of the device's configuration, or unbounded in effect */
    int wake_free;      /* slots that must be free before a blocked producer goes on */
    bool held;          /* slots stay taken until a step releases them; else they are free when popped */
    bool of_server;     /* one for all of a server, not of a guest's queue */
    enum shapes shapes;
    bool by_page;      /* a packet takes a slot for each of its pages */
    bool urgent;       /* its consumer looks here first: frames and packets it has made itself */
    bool cleans_first; /* a driver's poll looks here before it looks for received packets */
    bool told_late;    /* a softirq tells the consumer only when its own poll is over */
};
extern const struct ring_info ring_infos[RING_COUNT];

/* Steps that only some packets take; 0 means all. */
enum only {
    FOR_UDP = 1,
    FOR_TCP = 2,
    FOR_PING = 4, /* the side that asks */
    FOR_ECHO = 8, /* the side that answers in its softirq */
    FOR_PV_KERNEL = 16,
    FOR_HVM_KERNEL = 32,
    FOR_BARE_KERNEL = 64,
    FOR_UPCALL = 128,        /* events reach the guest by an upcall into its PV kernel */
    FOR_VECTOR = 256,        /* … by the vector callback */
    FOR_INTX = 512,          /* … by the emulated interrupt line of the platform device */
    FOR_INJECTED = 1024,     /* interrupts of an assigned device are taken by the hypervisor and injected */
    FOR_POSTED = 2048,       /* … are posted by the hardware */
    FOR_STREAM = 1 << 12,    /* data of a tcp-stream */
    FOR_ACK = 1 << 13,       /* an acknowledgement of its own */
    FOR_CHECKSUM = 1 << 14,  /* the CPU computes checksums */
    FOR_FOREIGN = 1 << 15,   /* the packet lies in pages that another guest has granted */
    FOR_NUMA = 1 << 16,      /* the guest's CPUs and the NIC are not all on one socket */
    FOR_UNSTEERED = 1 << 17, /* the CPU that runs the driver hands packets to their readers itself */
    /* bits 18 to 20: how packets cross the boundary of the domains */
    FOR_GRANT_COPY = 1 << 18,
    FOR_GRANT_MAP = 1 << 19,
    FOR_GRANT_PERSISTENT = 1 << 20,
    FOR_COALESCED = 1 << 21, /* netback packs what a guest receives into as few pages as it can */
    FOR_GRANTS = FOR_GRANT_COPY | FOR_GRANT_MAP | FOR_GRANT_PERSISTENT,
    FOR_DOM0_MODEL = 1 << 22,   /* the device model is a process of dom0 */
    FOR_THREAD_MODEL = 1 << 23, /* … runs on the thread of the vCPU that asks */
    FOR_MITIGATED = 1 << 25,    /* the mitigations of 2018 are on */
    FOR_EXITLESS = 1 << 26,     /* interrupts are delivered to the guest by the CPU itself */
    FOR_MAPPED = 1 << 27,       /* the driver maps each buffer for the device and unmaps it after use */
    /* netfront: events of a queue's sent packets come with those of received ones, or by a channel of their own */
    FOR_ONE_CHANNEL = 1 << 28,
    FOR_OWN_CHANNEL = 1 << 29,
    FOR_REAPING = 1 << 30,  /* … and whoever sends takes responses as well */
    FOR_UNCACHED = 1 << 24, /* the guest's grant table is not cached */
    FOR_CHANNELS = FOR_ONE_CHANNEL | FOR_OWN_CHANNEL,
    FOR_SOCKETS = FOR_UDP | FOR_TCP | FOR_PING,
    FOR_PROTOCOLS = FOR_SOCKETS | FOR_ECHO | FOR_STREAM | FOR_ACK,
    FOR_OWN_TRAPS = FOR_HVM_KERNEL | FOR_BARE_KERNEL, /* the CPU enters the kernel without the hypervisor */
    FOR_KERNELS = FOR_PV_KERNEL | FOR_OWN_TRAPS,
    FOR_DELIVERIES = FOR_UPCALL | FOR_VECTOR | FOR_INTX | FOR_INJECTED | FOR_POSTED | FOR_EXITLESS,
    FOR_MODELS = FOR_DOM0_MODEL | FOR_THREAD_MODEL,
    /* rows of a feature need all of these that they name */
    FOR_FEATURES = FOR_MITIGATED | FOR_MAPPED | FOR_CHECKSUM | FOR_NUMA | FOR_UNSTEERED | FOR_COALESCED | FOR_REAPING |
                   FOR_UNCACHED | FOR_FOREIGN,
};

/* Rows that only some block requests take; 0 means all. */
enum requests {
    OF_READS = 1,
    OF_WRITES = 2,
    OF_DATA = OF_READS | OF_WRITES,
    OF_FLUSHES = 4,
    OF_SYNC = 8,
    OF_ASYNC = 16
};

/* Bytes that a COPY or GRANT step moves; slots of the ring, or pages, that a COMPUTE step handles. */
enum extent {
    OF_NOTHING,
    OF_FRAME,
    OF_PAYLOAD,
    OF_HEADER,
    OF_BEYOND_HEADER,
    OF_EACH_SLOT,
    OF_FURTHER_SLOTS,
    OF_EACH_PAGE,
    OF_FURTHER_PAGES,
    OF_PASSAGE, /* DEVICE rows: a frame's way through the NIC, beside DMA */
};

/* What becomes of a packet of many segments at a step: from here on the rows are one frame's. */
enum cut {
    CUT_NOT,
    CUT_PACKETS, /* each frame becomes a packet with a clean-up of its own */
    CUT_FRAMES,  /* the packet's clean-up stays one, the last frame's */
};

/* What a step counts as in the result's rates. */
enum counts { COUNTS_NOTHING, COUNTS_EXIT, COUNTS_HYPERCALL, COUNTS_INTERRUPT, COUNTS_GRANT };

struct step {
    enum place place;
    enum mechanism mechanism;
    const char *label; /* NULL ends a table */
    enum cost cost;
    enum when when;
    enum ring_id ring;       /* RING rows: where the packet waits */
    enum ring_id release;    /* slot that this step frees */
    enum ring_id reaps;      /* whose packets the worker takes, when it has handed over its own */
    enum cost times;         /* COST_COUNT or COST_SETTING parameter that multiplies the cost; 0: once */
    enum extent extent;      /* COPY and GRANT rows; COMPUTE rows that are done for each slot or page */
    uint32_t only;           /* enum only, 0: all */
    uint8_t requests;        /* enum requests, 0: all */
    enum counts counts;      /* what one execution adds to the result's rates */
    const char *exit_reason; /* rows that count as an exit */
    enum cut cut;            /* left out of the path of packets that are never more than a frame */
    bool once;               /* for a packet that is cut in the stage, not for each of its frames */
    bool merges;             /* RING rows: frames become packets of many segments again */
    bool each_packet;        /* TLB_FLUSH and SHOOTDOWN rows: with every packet, not once per turn */
    bool device_model;       /* EXIT rows of WAKE and POLL: a register access that QEMU serves, the vCPU waits */
    bool synchronous;        /* RING rows: the producer's CPU stalls until the worker is done */
    const struct step *rows; /* not a step: the rows of another table stand here */
};

/* What follows the unmaps of a hypercall (models/tlb_flush.h). */
#define TLB_FLUSH_ROWS(of, each)                                                                \
    {PLACE_HYPERVISOR, GRANT,          "TLB flush of the unmaps", COST_GRANT_FLUSH,             \
     TLB_FLUSH,        .extent = (of), .only = FOR_GRANT_MAP,     .each_packet = (each)},       \
    {                                                                                           \
        PLACE_HYPERVISOR, GRANT, "interrupt of the TLB flush", COST_GRANT_SHOOTDOWN, SHOOTDOWN, \
            .extent = (of), .only = FOR_GRANT_MAP, .each_packet = (each)                        \
    }

/* A sequence that several tables share, such as what an interrupt takes. */
#define ROWS_OF(table) \
    { .label = #table, .rows = table }
/* … which only some packets or guests take */
#define ROWS_FOR(takers, table) \
    { .label = #table, .rows = table, .only = (takers) }
#define END_OF_PATH \
    { .label = NULL }

const char *place_name(enum place place);
const char *mechanism_name(enum mechanism mechanism);
const char *when_name(enum when when);

/* Whether such rows are the work of whoever handed the packet over, not of the stage they stand in. */
bool when_of_producer(enum when when);

#endif
