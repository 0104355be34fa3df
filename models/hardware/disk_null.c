/* Disks that only let time pass: null_blk with a timer, a ramdisk. */
#include <math.h>
#include <stdlib.h>

#include "models/hardware/disk_device.h"

struct null_state {
    struct disk_allowance allowances[2]; /* of reads, of writes */
};

static bool null_init(struct disk *disk) {
    struct null_state *null = disk->state = calloc(1, sizeof *null);
    if (null == NULL) return false;
    disk_allowance_init(&null->allowances[0], disk->config.read_iops, 0, 0);
    disk_allowance_init(&null->allowances[1], disk->config.write_iops, 0, 0);
    return true;
}

static void null_fini(struct disk *disk) { (void)disk; }

static void null_start(struct disk *disk, uint32_t slot) {
    struct null_state *null = disk->state;
    sim_time at = disk_allowance_start(&null->allowances[disk->commands[slot].request.write], disk->sim->now, 1);
    sim_at(disk->sim, at + sim_time_of(disk->config.null_s), disk_complete, disk, slot);
}

static void null_flush(struct disk *disk, uint32_t slot) {
    sim_after(disk->sim, sim_time_of(disk->config.null_s), disk_complete, disk, slot);
}

static sim_time null_busy(const struct disk *disk) {
    const struct null_state *null = disk->state;
    sim_time read = disk_allowance_busy(&null->allowances[0], disk->sim->now);
    sim_time write = disk_allowance_busy(&null->allowances[1], disk->sim->now);
    return read > write ? read : write;
}

static double null_rate_bound(const struct disk_config *config, uint32_t bytes, bool write, bool sequential) {
    (void)bytes, (void)sequential;
    double iops = write ? config->write_iops : config->read_iops;
    return iops > 0 ? iops : INFINITY;
}

static double null_time_alone(const struct disk_config *config, uint32_t bytes, bool write, bool sequential) {
    (void)bytes, (void)write, (void)sequential;
    return config->null_s;
}

const struct disk_model disk_null = {null_init, null_fini,       null_start,     null_flush,
                                     null_busy, null_rate_bound, null_time_alone};
