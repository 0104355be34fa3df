/* A NIC in the manner of the 82599: queues, virtual functions, DMA, MAC.
 *
 * Transmit: a doorbell finds an idle queue; descriptors are fetched up to 40 at a time (PC220) and the next
 * fetch starts when half of them are used; the DMA engine serves the queues round robin, one packet each,
 * with a bounded number of reads in flight; the MAC sends in order; descriptors are written back eight at a
 * time or when the queue has run dry (PC221). A virtual function's rate limit spaces its frames, a flow's cap holds
 * up the frames behind its next one.
 * A packet of several segments is one descriptor; its frames are cut, read and sent one by one, in turn with those
 * of other queues (TSO).
 * Receive: a frame waits in the packet buffer until it is written to memory together with its descriptor;
 * it is lost when the buffer is full or its queue has no descriptor (PC222).
 * Every read and write occupies the PCIe link, and the queues of an assigned function pass the IOMMU.
 *
 * A card of the Nitro kind differs in three things: the driver writes descriptors and headers into it (no
 * fetch), every frame takes the card some time each way, and an instance has an allowance of frames, sent
 * plus received: senders wait for it, what is received beyond it is lost.
 *
 * Not modelled: flow director, header split, pause frames.
 *
 * The NIC moves packets by index; what they mean is known to its client. */
#ifndef IOPATH_MODELS_HARDWARE_NIC_H
#define IOPATH_MODELS_HARDWARE_NIC_H

#include "models/hardware/dma_map.h"
#include "models/hardware/interrupt_moderation.h"
#include "models/hardware/iommu.h"
#include "models/hardware/pcie.h"
#include "models/hardware/shaper.h"
#include "models/packet.h"
#include "sim/ring.h"
#include "sim/sim.h"

enum { NIC_QUEUES_MAX = 128, NIC_ON_DIE_MAX = 64, NIC_READS_MAX = 32, NIC_SENT_MAX = 4096 };

struct nic;

struct nic_queue {
    struct nic *nic;
    int index;
    bool translated;              /* DMA passes the IOMMU */
    sim_time far_read;            /* what reads take longer: the queue's memory is on another socket than the NIC */
    struct ring *tx;              /* descriptors the driver has written; armed while the device sleeps */
    struct shaper *limit;         /* rate limit of the function, NULL: none */
    struct shaper *receive_limit; /* the same of what comes in; the client keeps it */
    struct bucket *allowance;     /* of frames sent plus received of the instance, NULL: none */
    int page_shift;               /* of the pages that its owner's memory is mapped by */
    uint64_t memory;              /* device address of the queue's memory */
    struct dma_map *map;          /* buffers that the driver maps one by one; NULL: they are part of that memory */
    uint32_t descriptor;          /* counts descriptors, for their addresses */
    uint32_t on_die[NIC_ON_DIE_MAX];
    uint32_t on_die_head, on_die_tail;
    uint32_t fetching;           /* descriptors on their way */
    uint32_t sending;            /* handed to the MAC, not yet sent */
    uint32_t sent[NIC_SENT_MAX]; /* sent, not yet written back */
    uint32_t sent_head, sent_tail;
    uint32_t written;               /* of these, in a write-back on its way */
    uint32_t unwritten_descriptors; /* of the others: a packet of a stream has one for each page and two for headers */
    uint32_t rx_buffer;             /* counts receive buffers, for their addresses */
    uint32_t rx_arriving;           /* frames with a descriptor, not yet visible */
    struct moderation moderation;   /* of the queue's vector */
    uint64_t doorbells, fetches, write_backs;
};

struct nic_client {
    void *owner;
    /* The last bit is on the wire. Returns what `completed` will be called with: the frame is on its way,
     * its descriptor stays behind. */
    uint32_t (*sent)(void *owner, struct nic_queue *queue, uint32_t packet);
    /* TSO: takes the first frame off a packet of several. `sent` returns PACKET_NONE for such a frame: the descriptor
     * goes with the last. */
    uint32_t (*cut)(void *owner, uint32_t packet);
    void (*completed)(void *owner, struct nic_queue *queue, uint32_t descriptor); /* written back */
    void (*received)(void *owner, struct nic_queue *queue, uint32_t packet);      /* visible in memory */
};

struct nic {
    struct sim *sim;
    struct packet_pool *packets;
    struct nic_config config;
    struct nic_client client;
    struct iommu *iommu; /* NULL: no translation */
    struct pcie pcie;
    struct server mac;
    struct server incoming; /* the link into the port */
    sim_time doorbell, dma_engine, fifo_time, card;
    sim_time reads[NIC_READS_MAX]; /* when the last reads' data arrive, a circle */
    uint32_t read_at;
    int queue_count, turn;
    bool engine_busy;
    event_id limit_wait; /* the engine waits for a rate limit to allow a frame */
    int rx_fifo_used;
    struct nic_queue *queues[NIC_QUEUES_MAX];
};

/* Latencies in seconds: of a DMA read and write of 64 B, of a doorbell. */
struct nic_latencies {
    double dma_read, dma_write, doorbell;
};

void nic_init(struct nic *nic, struct sim *sim, struct packet_pool *packets, const struct nic_config *config,
              const struct nic_latencies *latencies, struct iommu *iommu, struct nic_client client);
void nic_fini(struct nic *nic);

/* Adds a queue pair; NULL without memory or beyond NIC_QUEUES_MAX. */
struct nic_queue *nic_add_queue(struct nic *nic, struct ring *tx, bool translated);

/* The driver rang the doorbell of a sleeping queue (ring_push said so). */
void nic_doorbell(struct nic_queue *queue);

/* A frame is complete at the port (or came from another function through the internal switch), for
 * `queue`, whose receive ring has `posted` free descriptors. False: lost, the packet is the caller's. */
bool nic_receive(struct nic_queue *queue, uint32_t packet, uint32_t posted);

#endif
