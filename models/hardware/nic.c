#include "models/hardware/nic.h"

#include <stdlib.h>
#include <string.h>

#include "models/hardware/wire.h"

/* Memory of one queue, apart from all others: descriptors first, then transmit and receive buffers. */
enum { QUEUE_MEMORY_SHIFT = 32, TX_BUFFERS_SHIFT = 26, RX_BUFFERS_SHIFT = 28, RX_BUFFER_BYTES = 2048 };
/* A small frame's data sits in a 1 KiB object of the sk_buff head cache, a large one in half a page more. */
enum { SMALL_FRAME_BYTES = 512, SMALL_BUFFER_BYTES = 1024, LARGE_BUFFER_BYTES = 2048 };
/* Frames the transmit packet buffer of 160 KiB holds ahead of the MAC. */
enum { TX_FIFO_BYTES = 160 * 1024 };
/* The kernel driver writes the tail register with every packet (PC224): a 4-byte MWr on the link. */
/* Entry of a low-latency queue: descriptors and the first 96 bytes of the frame (NT012). */
enum { LOW_LATENCY_ENTRY_BYTES = 128 };
enum { DOORBELL_BYTES = PCIE_REQUEST_BYTES + 4 };

void nic_init(struct nic *nic, struct sim *sim, struct packet_pool *packets, const struct nic_config *config,
              const struct nic_latencies *latencies, struct iommu *iommu, struct nic_client client) {
    memset(nic, 0, sizeof *nic);
    nic->sim = sim;
    nic->packets = packets;
    nic->config = *config;
    nic->client = client;
    nic->iommu = iommu;
    nic->doorbell = sim_time_of(latencies->doorbell);
    nic->dma_engine = sim_time_of(config->dma_engine_s);
    nic->card = sim_time_of(config->card_s);
    nic->fifo_time = sim_time_of(8.0 * TX_FIFO_BYTES / config->link_bps);
    pcie_init(&nic->pcie, &config->pcie, latencies->dma_read, latencies->dma_write);
    server_init(&nic->mac, 1);
    server_init(&nic->incoming, 1);
}

void nic_fini(struct nic *nic) {
    for (int i = 0; i < nic->queue_count; i++) {
        dma_map_free(nic->queues[i]->map);
        free(nic->queues[i]);
    }
    nic->queue_count = 0;
}

struct nic_queue *nic_add_queue(struct nic *nic, struct ring *tx, bool translated) {
    if (nic->queue_count == NIC_QUEUES_MAX) return NULL;
    struct nic_queue *queue = calloc(1, sizeof *queue);
    if (queue == NULL) return NULL;
    queue->nic = nic;
    queue->index = nic->queue_count;
    queue->tx = tx;
    queue->translated = translated && nic->iommu != NULL;
    if (nic->iommu != NULL) queue->page_shift = nic->iommu->page_shift;
    queue->memory = (uint64_t)(queue->index + 1) << QUEUE_MEMORY_SHIFT;
    nic->queues[nic->queue_count++] = queue;
    return queue;
}

/* A buffer that is mapped by itself may be longer than a page. */
static __attribute__((noinline)) sim_time translate_mapped(struct nic_queue *queue, sim_time ready, uint64_t address,
                                                           int bytes) {
    enum { PAGE_BYTES = 1 << DMA_PAGE_SHIFT };
    for (; bytes > PAGE_BYTES; bytes -= PAGE_BYTES, address += PAGE_BYTES)
        iommu_translate(queue->nic->iommu, ready, address, PAGE_BYTES);
    return iommu_translate_page(queue->nic->iommu, ready, address, bytes, queue->page_shift);
}

static inline sim_time translate(struct nic_queue *queue, sim_time ready, uint64_t address, int bytes) {
    if (!queue->translated) return ready;
    if (queue->map != NULL) return translate_mapped(queue, ready, address, bytes);
    return iommu_translate_page(queue->nic->iommu, ready, address, bytes, queue->page_shift);
}

/* Reads share a bounded number of tags: the next waits for the oldest's data. The IOMMU sits behind the
 * link, so a walk delays the data, not the requests that follow. */
static inline sim_time dma_read(struct nic_queue *queue, sim_time ready, uint64_t address, int bytes) {
    struct nic *nic = queue->nic;
    sim_time *tag = &nic->reads[nic->read_at];
    if (++nic->read_at >= (uint32_t)nic->config.outstanding_reads) nic->read_at = 0;
    if (*tag > ready) ready = *tag;
    sim_time asked = translate(queue, pcie_read_request(&nic->pcie, ready, bytes), address, bytes);
    *tag = pcie_read_data(&nic->pcie, asked, bytes) + nic->dma_engine + queue->far_read;
    return *tag;
}

static sim_time dma_write(struct nic_queue *queue, uint64_t address, int bytes) {
    struct nic *nic = queue->nic;
    sim_time crossed = pcie_write_data(&nic->pcie, nic->sim->now, bytes);
    return translate(queue, crossed, address, bytes) + nic->pcie.write_latency;
}

static uint64_t descriptor_address(const struct nic_queue *queue, uint32_t ring_size) {
    return queue->memory + (uint64_t)(queue->descriptor % ring_size) * (uint64_t)queue->nic->config.descriptor_bytes;
}

/* Of a stream, the pages that the sender's allocator gets back from what was sent and hands out again: as many as the
 * queues below TCP hold. */
enum { STREAM_BUFFER_BYTES = 256 * 1024 };

static uint64_t tx_buffer_address(const struct nic_queue *queue, const struct packet *packet) {
    if (queue->map != NULL) return dma_map_tx_address(queue->map, packet->buffer);
    uint64_t buffers = queue->memory + (UINT64_C(1) << TX_BUFFERS_SHIFT);
    if (packet->frames > 0) return buffers + packet->sequence % STREAM_BUFFER_BYTES;
    uint64_t bytes = packet->frame_bytes <= SMALL_FRAME_BYTES ? SMALL_BUFFER_BYTES : LARGE_BUFFER_BYTES;
    return buffers + packet->buffer * bytes;
}

static inline uint32_t on_die(const struct nic_queue *queue) { return queue->on_die_tail - queue->on_die_head; }

static void engine(struct sim *sim, void *object, uint64_t word);

/* Something to send has come in. An engine that only waits for a rate limit looks again at once. */
static void start_engine(struct nic *nic) {
    if (nic->engine_busy) return;
    sim_cancel(nic->sim, nic->limit_wait);
    nic->limit_wait = EVENT_NONE;
    engine(nic->sim, nic, 0);
}

static void descriptors_arrived(struct sim *sim, void *object, uint64_t count) {
    (void)sim;
    struct nic_queue *queue = object;
    for (uint64_t i = 0; i < count; i++) queue->on_die[queue->on_die_tail++ % NIC_ON_DIE_MAX] = ring_pop(queue->tx);
    queue->fetching = 0;
    start_engine(queue->nic);
}

static void fetch(struct nic_queue *queue) {
    struct nic *nic = queue->nic;
    uint32_t batch = (uint32_t)nic->config.tx_fetch_batch;
    uint32_t waiting = ring_waiting(queue->tx), room = batch - on_die(queue);
    uint32_t count = waiting < room ? waiting : room;
    if (queue->fetching > 0 || count == 0) return;
    queue->fetching = count;
    if (nic->config.low_latency_queue) {
        int bytes = (int)count * (LOW_LATENCY_ENTRY_BYTES + PCIE_REQUEST_BYTES);
        sim_at(nic->sim, server_request(&nic->pcie.down, nic->sim->now, pcie_time(&nic->pcie, bytes)),
               descriptors_arrived, queue, count);
        return;
    }
    queue->fetches++;
    sim_time at = dma_read(queue, nic->sim->now, descriptor_address(queue, (uint32_t)nic->config.tx_ring),
                           (int)count * nic->config.descriptor_bytes);
    queue->descriptor += count;
    sim_at(nic->sim, at, descriptors_arrived, queue, count);
}

static void doorbell_arrived(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    fetch(object);
}

void nic_doorbell(struct nic_queue *queue) {
    queue->doorbells++;
    sim_after(queue->nic->sim, queue->nic->doorbell, doorbell_arrived, queue, 0);
}

static void written_back(struct sim *sim, void *object, uint64_t count) {
    (void)sim;
    struct nic_queue *queue = object;
    struct nic *nic = queue->nic;
    queue->written -= (uint32_t)count;
    for (uint64_t i = 0; i < count; i++)
        nic->client.completed(nic->client.owner, queue, queue->sent[queue->sent_head++ % NIC_SENT_MAX]);
}

static void write_back(struct nic_queue *queue, uint32_t count) {
    struct nic *nic = queue->nic;
    uint64_t address = descriptor_address(queue, (uint32_t)nic->config.tx_ring);
    queue->written += count;
    queue->unwritten_descriptors = 0;
    queue->write_backs++;
    sim_time at = dma_write(queue, address, (int)count * nic->config.descriptor_bytes);
    sim_at(nic->sim, at, written_back, queue, count);
}

enum { DESCRIPTOR_BYTES_MAX = 4096, HEADER_DESCRIPTORS = 2 };

/* Of the packet that a frame is the last of. */
static uint32_t descriptors_of(const struct packet *packet) {
    if (packet->handed <= 1) return 1;
    uint32_t bytes = packet->handed * (uint32_t)packet->frame_bytes;
    return (bytes + DESCRIPTOR_BYTES_MAX - 1) / DESCRIPTOR_BYTES_MAX + HEADER_DESCRIPTORS;
}

static void frame_sent(struct sim *sim, void *object, uint64_t packet) {
    (void)sim;
    struct nic_queue *queue = object;
    struct nic *nic = queue->nic;
    queue->sending--;
    uint32_t used = descriptors_of(packet_at(nic->packets, (uint32_t)packet));
    uint32_t descriptor = nic->client.sent(nic->client.owner, queue, (uint32_t)packet);
    if (descriptor != PACKET_NONE) {
        queue->sent[queue->sent_tail++ % NIC_SENT_MAX] = descriptor;
        queue->unwritten_descriptors += used;
    }
    uint32_t unwritten = queue->sent_tail - queue->sent_head - queue->written;
    bool dry = queue->sending == 0 && on_die(queue) == 0;
    bool full = queue->unwritten_descriptors >= (uint32_t)nic->config.tx_writeback_batch;
    if (full || (dry && unwritten > 0)) write_back(queue, unwritten);
}

/* From when on the limits of the function, the instance and the flow let the queue's next frame go. */
static sim_time limits_allow(const struct nic_queue *queue) {
    uint32_t next = queue->on_die[queue->on_die_head % NIC_ON_DIE_MAX];
    const struct packet *packet = packet_at(queue->nic->packets, next);
    sim_time at = queue->limit != NULL ? shaper_allows(queue->limit) : 0;
    if (queue->allowance != NULL && queue->allowance->due > at) at = queue->allowance->due;
    if (packet->flow_limit != NULL && bucket_allows(packet->flow_limit) > at) at = bucket_allows(packet->flow_limit);
    return at;
}

static inline void use_limits(struct nic_queue *queue, struct packet *packet) {
    if (queue->limit == NULL && queue->allowance == NULL && packet->flow_limit == NULL) return;
    sim_time now = queue->nic->sim->now;
    double bytes = packet->frame_bytes + WIRE_OVERHEAD_BYTES;
    if (queue->limit != NULL) shaper_take(queue->limit, now, bytes);
    if (queue->allowance != NULL) bucket_take(queue->allowance, now, 1);
    if (packet->flow_limit != NULL) bucket_take(packet->flow_limit, now, bytes);
    packet->flow_limit = NULL;
}

/* The next queue with a descriptor on the chip whose rate limit lets it send, round robin. Otherwise the
 * time when a limit next allows one; SIM_TIME_MAX when nothing waits. */
static struct nic_queue *arbitrate(struct nic *nic, sim_time *allowed) {
    *allowed = SIM_TIME_MAX;
    for (int i = 0; i < nic->queue_count; i++) {
        int at = nic->turn + i < nic->queue_count ? nic->turn + i : nic->turn + i - nic->queue_count;
        struct nic_queue *queue = nic->queues[at];
        if (on_die(queue) == 0) continue;
        sim_time at_last = limits_allow(queue);
        if (at_last <= nic->sim->now) {
            nic->turn = at + 1 < nic->queue_count ? at + 1 : 0;
            return queue;
        }
        if (at_last < *allowed) *allowed = at_last;
    }
    return NULL;
}

/* One payload read and the frame behind it; returns when the engine can issue the next. */
static inline sim_time send_frame(struct nic *nic, struct nic_queue *queue) {
    uint32_t index = queue->on_die[queue->on_die_head % NIC_ON_DIE_MAX];
    bool last = packet_at(nic->packets, index)->frames <= 1;
    if (last)
        queue->on_die_head++;
    else
        index = nic->client.cut(nic->client.owner, index);
    struct packet *packet = packet_at(nic->packets, index);
    sim_time data = dma_read(queue, nic->sim->now, tx_buffer_address(queue, packet), packet->frame_bytes);
    sim_time sent = server_request(&nic->mac, data + nic->card, wire_time(nic->config.link_bps, packet->frame_bytes));
    use_limits(queue, packet);
    if (last) server_request(&nic->pcie.down, nic->sim->now, pcie_time(&nic->pcie, DOORBELL_BYTES));
    queue->sending++;
    sim_at(nic->sim, sent, frame_sent, queue, index);
    if (on_die(queue) <= (uint32_t)nic->config.tx_fetch_batch / 2) {
        fetch(queue);
        /* Nothing to fetch and nothing on its way: the queue sleeps until the next doorbell. */
        if (queue->fetching == 0) ring_arm(queue->tx);
    }
    sim_time next = nic->sim->now + pcie_time(&nic->pcie, pcie_read_down_bytes(&nic->pcie.link, packet->frame_bytes));
    return sent - nic->fifo_time > next ? sent - nic->fifo_time : next;
}

static void engine(struct sim *sim, void *object, uint64_t word) {
    (void)word;
    struct nic *nic = object;
    sim_time allowed;
    struct nic_queue *queue = arbitrate(nic, &allowed);
    nic->engine_busy = queue != NULL;
    nic->limit_wait = EVENT_NONE;
    if (queue != NULL)
        sim_at(sim, send_frame(nic, queue), engine, nic, 0);
    else if (allowed != SIM_TIME_MAX)
        nic->limit_wait = sim_at(sim, allowed, engine, nic, 0);
}

static void visible(struct sim *sim, void *object, uint64_t packet) {
    (void)sim;
    struct nic_queue *queue = object;
    struct nic *nic = queue->nic;
    nic->rx_fifo_used -= packet_at(nic->packets, (uint32_t)packet)->frame_bytes;
    queue->rx_arriving--;
    nic->client.received(nic->client.owner, queue, (uint32_t)packet);
}

bool nic_receive(struct nic_queue *queue, uint32_t index, uint32_t posted) {
    struct nic *nic = queue->nic;
    struct packet *packet = packet_at(nic->packets, index);
    int bytes = packet->frame_bytes;
    if (nic->rx_fifo_used + bytes > nic->config.rx_fifo_bytes || posted <= queue->rx_arriving) return false;
    nic->rx_fifo_used += bytes;
    queue->rx_arriving++;
    uint32_t slot = queue->rx_buffer++ % (uint32_t)nic->config.rx_ring;
    uint64_t buffer = queue->map != NULL
                          ? dma_map_rx_address(queue->map, slot)
                          : queue->memory + (UINT64_C(1) << RX_BUFFERS_SHIFT) + (uint64_t)slot * RX_BUFFER_BYTES;
    /* The descriptor is fetched ahead of the packet (one per packet, PC222): it occupies the link but does
     * not delay the data. */
    server_request(&nic->pcie.up, nic->sim->now, pcie_time(&nic->pcie, PCIE_REQUEST_BYTES));
    server_request(&nic->pcie.down, nic->sim->now,
                   pcie_time(&nic->pcie, nic->config.descriptor_bytes + PCIE_COMPLETION_BYTES +
                                             DOORBELL_BYTES / nic->config.rx_refill_batch));
    sim_time data = dma_write(queue, buffer, bytes);
    uint64_t descriptor = queue->memory + (UINT64_C(1) << (TX_BUFFERS_SHIFT - 1)) +
                          (uint64_t)slot * (uint64_t)nic->config.descriptor_bytes;
    sim_time done = dma_write(queue, descriptor, nic->config.descriptor_bytes);
    sim_at(nic->sim, done > data ? done : data, visible, queue, index);
    return true;
}
