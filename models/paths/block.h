/* Block requests: their path from the system call to the disk and back (compose_block.c), with the drivers and back
 * ends it goes through. */
#ifndef IOPATH_MODELS_PATHS_BLOCK_H
#define IOPATH_MODELS_PATHS_BLOCK_H

#include "models/paths/composer.h"

/* How a guest reaches a disk. */
enum disk_attachment {
    DISK_OWN,      /* its kernel drives the device: bare metal, passed through, a virtual function, a card */
    DISK_SPLIT,    /* blkfront and a back end in dom0 */
    DISK_VIRTIO,   /* virtio-blk and a back end of KVM */
    DISK_EMULATED, /* registers of a controller that a device model emulates */
};
enum disk_attachment disk_attachment(const struct host_config *host, const struct guest_config *guest,
                                     const struct disk_config *disk);
/* … a disk that is not its own: whether by blkfront, or virtio-blk, if by either. */
bool guest_has_blkfront(const struct host_config *host, const struct guest_config *guest);
bool guest_has_virtio_blk(const struct host_config *host, const struct guest_config *guest);

/* A ramdisk: the request is served where it is submitted, nobody waits and nothing interrupts. */
static inline bool disk_is_memory(const struct disk_config *disk) {
    return disk->interface == DISK_MEMORY && disk->kind == DISK_NULL && disk->null_s == 0;
}

/* Queues of the driver of a disk on a kernel with so many CPUs, each with its interrupt. */
int disk_driver_queues(const struct disk_config *disk, int cpus);

/* Hardware queues through which a guest reaches its disk. */
int guest_disk_queues(const struct host_config *host, const struct guest_config *guest, const struct disk_config *disk);

/* disk_drivers.c: driver, device and interrupt of the kernel at a party; `serial`: who submits waits for the answer
 * before it submits the next. */
void compose_disk(struct composer *composer, const struct disk_config *disk, const struct party *at, enum only takes,
                  bool serial);

/* qemu_disk.c: from a parsed request to the disk and back to the loop that took it; one thread of the host wakes
 * another. */
void compose_qemu_io(struct composer *composer, const struct disk_config *disk, const struct party *us, enum only takes,
                     enum disk_back_end loop);
extern const struct step host_wakeup[];

/* emulated_disk.c: an emulated controller. */
void compose_emulated_disk(struct composer *composer, const struct disk_config *disk, const struct party *us,
                           enum only takes);

/* blkfront.c, virtio_blk.c: front end, back end and disk. */
void compose_blkfront(struct composer *composer, const struct disk_config *disk, const struct party *us,
                      enum only takes);
void compose_virtio_blk(struct composer *composer, const struct disk_config *disk, const struct party *us,
                        enum only takes);

/* The path of a workload's requests; operation and size are the program's. */
void program_compose_block(struct program *program, const struct model_config *config);

#endif
