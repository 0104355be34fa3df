/* Volumes behind a network: an allowance, the way there, a store of several servers, the way back. */
#include <math.h>
#include <stdlib.h>

#include "models/hardware/disk_device.h"

struct volume {
    sim_time *free_at; /* of each of the store's servers */
    uint32_t servers;
    sim_time busy; /* of all servers, what was asked of them */
    struct disk_allowance allowance;
};

static bool volume_init(struct disk *disk) {
    const struct disk_config *config = &disk->config;
    struct volume *volume = disk->state = calloc(1, sizeof *volume);
    if (volume == NULL) return false;
    volume->servers = (uint32_t)config->channels;
    volume->free_at = calloc(volume->servers, sizeof *volume->free_at);
    disk_allowance_init(&volume->allowance, config->burst_iops, config->read_iops, config->credits);
    return volume->free_at != NULL;
}

static void volume_fini(struct disk *disk) { free(((struct volume *)disk->state)->free_at); }

static sim_time one_way(struct disk *disk) {
    double jitter_s = disk->config.jitter_s;
    return sim_time_of(disk->config.one_way_s + (jitter_s > 0 ? random_exponential(&disk->random, jitter_s) : 0));
}

static void served(struct sim *sim, void *object, uint64_t slot) {
    struct disk *disk = object;
    const struct disk_request *request = &disk->commands[slot].request;
    sim_time across = request->write ? sim->now : disk_link_cross(&disk->link, sim->now, request->bytes, false);
    sim_at(sim, across + one_way(disk), disk_complete, disk, slot);
}

static void at_store(struct sim *sim, void *object, uint64_t slot) {
    struct disk *disk = object;
    struct volume *volume = disk->state;
    uint32_t first = 0;
    for (uint32_t i = 1; i < volume->servers; i++)
        if (volume->free_at[i] < volume->free_at[first]) first = i;
    sim_time service = sim_time_of(disk->commands[slot].request.write ? disk->config.write_s : disk->config.read_s);
    sim_time *free_at = &volume->free_at[first];
    *free_at = (*free_at > sim->now ? *free_at : sim->now) + service;
    volume->busy += service;
    sim_at(sim, *free_at, served, disk, slot);
}

static void leaves(struct sim *sim, void *object, uint64_t slot) {
    struct disk *disk = object;
    const struct disk_request *request = &disk->commands[slot].request;
    sim_time across = request->write ? disk_link_cross(&disk->link, sim->now, request->bytes, true) : sim->now;
    sim_at(sim, across + one_way(disk), at_store, disk, slot);
}

/* How many requests of the allowance one is. */
static double units_of(const struct disk_config *config, uint32_t bytes) {
    return config->unit_bytes > 0 && bytes > 0 ? ceil(bytes / config->unit_bytes) : 1;
}

static void volume_start(struct disk *disk, uint32_t slot) {
    struct volume *volume = disk->state;
    double units = units_of(&disk->config, disk->commands[slot].request.bytes);
    sim_time at = disk_allowance_start(&volume->allowance, disk->sim->now, units);
    if (at > disk->sim->now)
        sim_at(disk->sim, at, leaves, disk, slot);
    else
        leaves(disk->sim, disk, slot);
}

static void volume_flush(struct disk *disk, uint32_t slot) {
    sim_time there = one_way(disk);
    sim_after(disk->sim, there + one_way(disk), disk_complete, disk, slot);
}

static sim_time volume_busy(const struct disk *disk) {
    const struct volume *volume = disk->state;
    return disk_busiest(disk, volume->busy, volume->free_at, volume->servers, &volume->allowance);
}

/* With credits, which may run out: the burst is the most that it can do. */
static double volume_rate_bound(const struct disk_config *config, uint32_t bytes, bool write, bool sequential) {
    (void)sequential;
    double units = units_of(config, bytes), rate = INFINITY;
    rate = disk_rate_min(rate, (write ? config->write_s : config->read_s) / config->channels);
    rate = disk_rate_min(rate, disk_cross_s(config, bytes, write));
    if (config->burst_iops > 0) rate = fmin(rate, config->burst_iops / units);
    if (config->read_iops > 0 && config->credits < 1) rate = fmin(rate, config->read_iops / units);
    return rate;
}

static double volume_time_alone(const struct disk_config *config, uint32_t bytes, bool write, bool sequential) {
    (void)sequential;
    return 2 * (config->one_way_s + config->jitter_s) + (write ? config->write_s : config->read_s) +
           disk_cross_s(config, bytes, write);
}

const struct disk_model disk_network = {volume_init, volume_fini,       volume_start,     volume_flush,
                                        volume_busy, volume_rate_bound, volume_time_alone};
