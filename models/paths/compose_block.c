/* Lines up the rows of a block request: the guest's kernel, its driver or front end, the back end with the host's
 * driver below it, the disk, and all the way back. */
#include "models/paths/block.h"

static bool has_whole_devices(enum mode mode) {
    return mode == MODE_NATIVE || mode == MODE_PASSTHROUGH || mode == MODE_NITRO;
}

bool guest_has_blkfront(const struct host_config *host, const struct guest_config *guest) {
    return host->hypervisor == HYPERVISOR_XEN && guest->mode != MODE_HVM && !has_whole_devices(guest->mode);
}

bool guest_has_virtio_blk(const struct host_config *host, const struct guest_config *guest) {
    return host->hypervisor == HYPERVISOR_KVM && guest->mode != MODE_HVM && !has_whole_devices(guest->mode);
}

/* With a virtual function of the NIC come NVMe devices that are passed through (i3); other disks are paravirtual. */
enum disk_attachment disk_attachment(const struct host_config *host, const struct guest_config *guest,
                                     const struct disk_config *disk) {
    bool own = has_whole_devices(guest->mode) || (guest->mode == MODE_SRIOV && disk->interface == DISK_NVME);
    if (own) return DISK_OWN;
    if (guest->mode == MODE_HVM) return DISK_EMULATED;
    return guest_has_virtio_blk(host, guest) ? DISK_VIRTIO : DISK_SPLIT;
}

int disk_driver_queues(const struct disk_config *disk, int cpus) {
    if (disk->interface == DISK_AHCI) return 1;
    return disk->queues > 0 && disk->queues < cpus ? disk->queues : cpus;
}

int guest_disk_queues(const struct host_config *host, const struct guest_config *guest,
                      const struct disk_config *disk) {
    if (disk_attachment(host, guest, disk) == DISK_OWN) return disk_driver_queues(disk, guest->vcpus);
    return guest->disk_queues > 0 ? guest->disk_queues : 1;
}

void program_compose_block(struct program *program, const struct model_config *config) {
    const struct guest_config *guest = &config->guests[program->guest];
    const struct workload_config *work = &guest->workloads[program->workload];
    const struct disk_config *disk = &config->host.disks[work->disk];
    struct composer composer = {.program = program, .config = config, .kind = work->kind};
    static const enum requests ops[] = {[BLOCK_READ] = OF_READS, [BLOCK_WRITE] = OF_WRITES, [BLOCK_FLUSH] = OF_FLUSHES};
    bool sleeps = work->synchronous || program->op == BLOCK_FLUSH;
    composer.requests = (uint8_t)(ops[program->op] | (sleeps ? OF_SYNC : OF_ASYNC));
    composer.frame_bytes = composer.payload_bytes = program->payload_bytes;
    struct party us = {PARTY_GUEST, program->guest, guest->server};
    enum only takes = party_traits(&composer, &us);
    if (program->op != BLOCK_FLUSH) compose_request_clock(&composer, &us);
    compose_table(&composer, block_enter, &us, takes, HOP_NONE);
    switch (disk_attachment(&config->host, guest, disk)) {
    case DISK_SPLIT:
        compose_blkfront(&composer, disk, &us, takes);
        break;
    case DISK_VIRTIO:
        compose_virtio_blk(&composer, disk, &us, takes);
        break;
    case DISK_EMULATED:
        compose_emulated_disk(&composer, disk, &us, takes);
        break;
    default:
        compose_disk(&composer, disk, &us, takes, false);
    }
    compose_table(&composer, block_done, &us, takes, HOP_NONE);
    compose_table(&composer, block_return, &us, takes, HOP_NONE);
}
