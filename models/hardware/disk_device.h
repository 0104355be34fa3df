/* Inside of models/hardware/disk.h: the front that all kinds share, and what a kind has to offer.
 *
 * The front holds the commands, up to queue_depth of them, in slots; a kind begins a command when it gets its slot and
 * calls disk_complete from an event when it is done. Times inside are sim_time, picoseconds. */
#ifndef IOPATH_MODELS_HARDWARE_DISK_DEVICE_H
#define IOPATH_MODELS_HARDWARE_DISK_DEVICE_H

#include "models/hardware/disk.h"
#include "models/hardware/shaper.h"
#include "sim/random.h"
#include "sim/server.h"
#include "sim/sim.h"

enum { DISK_PAGE_BYTES = 4096 };
#define DISK_NO_SLOT UINT32_MAX

struct disk_command {
    struct disk_request request;
    uint32_t pages; /* ssd: not yet read */
    uint32_t next;  /* in a list of slots */
};

/* Requests in order; grows by doubling. */
struct disk_fifo {
    struct disk_request *items;
    uint32_t size, head, count; /* size is a power of two */
};

bool disk_fifo_init(struct disk_fifo *fifo, uint32_t size);
void disk_fifo_fini(struct disk_fifo *fifo);
void disk_fifo_push(struct disk_fifo *fifo, const struct disk_request *request);
struct disk_request disk_fifo_pop(struct disk_fifo *fifo);

/* Slots in order, linked through their commands. */
struct disk_slots {
    uint32_t first, last;
};

void disk_slots_push(struct disk *disk, struct disk_slots *slots, uint32_t slot);
uint32_t disk_slots_pop(struct disk *disk, struct disk_slots *slots);

/* An allowance of requests: at most `peak` per second and `base` in the long run, of which `credits` are saved. */
struct disk_allowance {
    struct bucket peak, base;
    sim_time free; /* from when on the next may start */
    sim_time busy; /* time in which nobody may, up to `free` */
};

void disk_allowance_init(struct disk_allowance *allowance, double peak_iops, double base_iops, double credits);
/* When a request of so many units, asked for now, may start: in order. */
sim_time disk_allowance_start(struct disk_allowance *allowance, sim_time now, double units);
sim_time disk_allowance_busy(const struct disk_allowance *allowance, sim_time now);

/* The way of data to and from the device, one transfer at a time; the directions of a full-duplex link do not meet. */
struct disk_link {
    struct server ways[2];
    double ps_per_byte[2]; /* reads, writes */
    bool duplex;
};

void disk_link_init(struct disk_link *link, const struct disk_config *config);
/* When `bytes` that are ready now are across. */
sim_time disk_link_cross(struct disk_link *link, sim_time now, double bytes, bool write);
sim_time disk_link_busy(const struct disk_link *link, sim_time now);

/* Busy time so far of what limits a disk: `count` dies or servers, which were asked for `busy` in all and are free at
 * `free_at`, as one; its link; its allowance. */
sim_time disk_busiest(const struct disk *disk, sim_time busy, const sim_time *free_at, uint32_t count,
                      const struct disk_allowance *allowance);

/* What makes a kind of disk. */
struct disk_model {
    bool (*init)(struct disk *disk); /* false without memory; fini is called all the same */
    void (*fini)(struct disk *disk);
    void (*start)(struct disk *disk, uint32_t slot);
    void (*flush)(struct disk *disk, uint32_t slot);
    sim_time (*busy)(const struct disk *disk);
    double (*rate_bound)(const struct disk_config *config, uint32_t bytes, bool write, bool sequential);
    double (*time_alone)(const struct disk_config *config, uint32_t bytes, bool write, bool sequential);
};

extern const struct disk_model disk_hdd, disk_ssd, disk_null, disk_network;

struct disk {
    struct sim *sim;
    const struct disk_model *model;
    disk_done *done;
    void *owner;
    struct disk_command *commands; /* queue_depth of them */
    struct disk_slots free;
    struct disk_fifo waiting; /* for a free slot */
    struct disk_link link;
    struct disk_config config;
    struct random_stream random;
    void *state; /* the kind's */
};

/* An event: the command in slot `word` of the disk is done. */
void disk_complete(struct sim *sim, void *disk, uint64_t word);

/* Seconds that `bytes` take across the interface, 0 without a limit. */
static inline double disk_cross_s(const struct disk_config *config, double bytes, bool write) {
    double bps = write ? config->write_bps : config->read_bps;
    return bps > 0 ? bytes / bps : 0;
}

static inline double disk_pages(uint32_t bytes) {
    uint32_t pages = (bytes + DISK_PAGE_BYTES - 1) / DISK_PAGE_BYTES;
    return pages > 0 ? pages : 1;
}

/* The smaller of a rate and what a server with this time for each allows; a time of 0 is no limit. */
static inline double disk_rate_min(double rate, double time_s) {
    return time_s > 0 && 1 / time_s < rate ? 1 / time_s : rate;
}

#endif
