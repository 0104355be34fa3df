/* The front of a disk: slots for the commands it holds, the list before them, and what the kinds share. */
#include "models/hardware/disk.h"

#include <stdlib.h>

#include "models/hardware/disk_device.h"

static const struct disk_model *const models[] = {
    [DISK_HDD] = &disk_hdd, [DISK_SSD] = &disk_ssd, [DISK_NULL] = &disk_null, [DISK_NETWORK] = &disk_network};

const char *disk_kind_name(enum disk_kind kind) {
    static const char *const names[] = {
        [DISK_HDD] = "hdd", [DISK_SSD] = "ssd", [DISK_NULL] = "null", [DISK_NETWORK] = "network"};
    return names[kind];
}

const char *disk_interface_name(enum disk_interface interface) {
    static const char *const names[] = {
        [DISK_AHCI] = "ahci", [DISK_NVME] = "nvme", [DISK_MEMORY] = "memory", [DISK_REMOTE] = "remote"};
    return names[interface];
}

/* --- lists --- */

bool disk_fifo_init(struct disk_fifo *fifo, uint32_t size) {
    *fifo = (struct disk_fifo){.items = calloc(size, sizeof *fifo->items), .size = size};
    return fifo->items != NULL;
}

void disk_fifo_fini(struct disk_fifo *fifo) { free(fifo->items); }

static void grow(struct disk_fifo *fifo) {
    struct disk_request *items = calloc((size_t)fifo->size * 2, sizeof *items);
    if (items == NULL) abort(); /* more waits than memory holds: a workload without an end */
    for (uint32_t i = 0; i < fifo->count; i++) items[i] = fifo->items[(fifo->head + i) & (fifo->size - 1)];
    free(fifo->items);
    *fifo = (struct disk_fifo){.items = items, .size = fifo->size * 2, .count = fifo->count};
}

void disk_fifo_push(struct disk_fifo *fifo, const struct disk_request *request) {
    if (fifo->count == fifo->size) grow(fifo);
    fifo->items[(fifo->head + fifo->count++) & (fifo->size - 1)] = *request;
}

struct disk_request disk_fifo_pop(struct disk_fifo *fifo) {
    struct disk_request first = fifo->items[fifo->head];
    fifo->head = (fifo->head + 1) & (fifo->size - 1);
    fifo->count--;
    return first;
}

void disk_slots_push(struct disk *disk, struct disk_slots *slots, uint32_t slot) {
    disk->commands[slot].next = DISK_NO_SLOT;
    if (slots->first == DISK_NO_SLOT)
        slots->first = slot;
    else
        disk->commands[slots->last].next = slot;
    slots->last = slot;
}

uint32_t disk_slots_pop(struct disk *disk, struct disk_slots *slots) {
    uint32_t slot = slots->first;
    slots->first = disk->commands[slot].next;
    return slot;
}

/* --- limits --- */

void disk_allowance_init(struct disk_allowance *allowance, double peak_iops, double base_iops, double credits) {
    *allowance = (struct disk_allowance){0};
    bucket_init(&allowance->peak, peak_iops, 0);
    bucket_init(&allowance->base, base_iops, credits);
}

sim_time disk_allowance_start(struct disk_allowance *allowance, sim_time now, double units) {
    sim_time start = allowance->free > now ? allowance->free : now;
    bucket_take(&allowance->peak, start, units);
    bucket_take(&allowance->base, start, units);
    sim_time peak = bucket_allows(&allowance->peak), base = bucket_allows(&allowance->base);
    allowance->free = peak > base ? peak : base;
    if (allowance->free > start) allowance->busy += allowance->free - start;
    return start;
}

sim_time disk_allowance_busy(const struct disk_allowance *allowance, sim_time now) {
    sim_time ahead = allowance->free - now;
    return allowance->busy - (ahead > 0 ? ahead : 0);
}

void disk_link_init(struct disk_link *link, const struct disk_config *config) {
    server_init(&link->ways[0], 1);
    server_init(&link->ways[1], 1);
    link->ps_per_byte[0] = disk_cross_s(config, 1, false) * 1e12;
    link->ps_per_byte[1] = disk_cross_s(config, 1, true) * 1e12;
    link->duplex = config->interface == DISK_NVME || config->interface == DISK_MEMORY;
}

sim_time disk_link_cross(struct disk_link *link, sim_time now, double bytes, bool write) {
    return server_request(&link->ways[link->duplex && write], now, (sim_time)(link->ps_per_byte[write] * bytes + 0.5));
}

sim_time disk_link_busy(const struct disk_link *link, sim_time now) {
    sim_time most = 0;
    for (int i = 0; i < 2; i++) {
        sim_time ahead = server_free_at(&link->ways[i]) - now;
        sim_time busy = link->ways[i].busy - (ahead > 0 ? ahead : 0);
        if (busy > most) most = busy;
    }
    return most;
}

sim_time disk_busiest(const struct disk *disk, sim_time busy, const sim_time *free_at, uint32_t count,
                      const struct disk_allowance *allowance) {
    sim_time now = disk->sim->now;
    for (uint32_t i = 0; i < count; i++)
        if (free_at[i] > now) busy -= free_at[i] - now;
    sim_time most = busy / disk->config.channels;
    sim_time link = disk_link_busy(&disk->link, now), waits = disk_allowance_busy(allowance, now);
    if (link > most) most = link;
    return waits > most ? waits : most;
}

/* --- the disk --- */

struct disk *disk_new(struct sim *sim, const struct disk_config *config, uint32_t stream, disk_done *done,
                      void *owner) {
    struct disk *disk = calloc(1, sizeof *disk);
    if (disk == NULL) return NULL;
    disk->sim = sim;
    disk->model = models[config->kind];
    disk->config = *config;
    disk->done = done;
    disk->owner = owner;
    random_stream_init(&disk->random, sim->seed, sim->replication, stream);
    disk_link_init(&disk->link, config);
    uint32_t depth = (uint32_t)config->queue_depth;
    disk->commands = calloc(depth, sizeof *disk->commands);
    bool enough = disk_fifo_init(&disk->waiting, 16) && disk->commands != NULL;
    disk->free.first = DISK_NO_SLOT;
    for (uint32_t slot = 0; enough && slot < depth; slot++) disk_slots_push(disk, &disk->free, slot);
    if (enough && disk->model->init(disk)) return disk;
    disk_free(disk);
    return NULL;
}

void disk_free(struct disk *disk) {
    if (disk == NULL) return;
    if (disk->state != NULL) disk->model->fini(disk);
    free(disk->state);
    free(disk->commands);
    disk_fifo_fini(&disk->waiting);
    free(disk);
}

static void start(struct disk *disk, const struct disk_request *request) {
    uint32_t slot = disk_slots_pop(disk, &disk->free);
    disk->commands[slot].request = *request;
    if (request->flush)
        disk->model->flush(disk, slot);
    else
        disk->model->start(disk, slot);
}

void disk_submit(struct disk *disk, const struct disk_request *request) {
    if (disk->free.first != DISK_NO_SLOT) /* then nobody waits */
        start(disk, request);
    else
        disk_fifo_push(&disk->waiting, request);
}

void disk_complete(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    struct disk *disk = object;
    uint32_t slot = (uint32_t)word, packet = disk->commands[slot].request.packet;
    disk_slots_push(disk, &disk->free, slot);
    if (disk->waiting.count > 0) {
        struct disk_request next = disk_fifo_pop(&disk->waiting);
        start(disk, &next);
    }
    disk->done(disk->owner, packet);
}

double disk_busy_s(const struct disk *disk) { return sim_seconds(disk->model->busy(disk)); }

double disk_time_alone(const struct disk_config *config, uint32_t bytes, bool write, bool sequential) {
    return models[config->kind]->time_alone(config, bytes, write, sequential);
}

double disk_flush_time(const struct disk_config *config) {
    if (config->kind == DISK_NULL) return config->null_s;
    return config->kind == DISK_NETWORK ? 2 * (config->one_way_s + config->jitter_s) : 0;
}

/* Little's law: no more than queue_depth are in the disk, each for the time alone at least. */
double disk_rate_bound(const struct disk_config *config, uint32_t bytes, bool write, bool sequential) {
    double rate = models[config->kind]->rate_bound(config, bytes, write, sequential);
    return disk_rate_min(rate, disk_time_alone(config, bytes, write, sequential) / config->queue_depth);
}
