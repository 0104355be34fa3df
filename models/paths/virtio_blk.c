/* virtio-blk: a paravirtual disk of KVM. Its requests are served by QEMU's main loop, by an I/O thread of it (data
 * plane), by a thread that serves one at a time, as small monitors do (the next waits until the disk has answered), or
 * by a kernel thread of each queue (vhost-blk), which makes a bio of it.
 *
 * The guest's kick is an exit that signals an eventfd, only if the back end sleeps (VX074); the answer is an irqfd.
 *
 * A flush (VIRTIO_BLK_T_FLUSH) is a request without data.
 *
 * Not modelled: polled queues, packed rings. */
#include "models/paths/block.h"

/* clang-format off: a table reads by its rows */

static const struct step virtio_blk_submit[] = {
    {PLACE_GUEST, COMPUTE, "virtio_blk: map, descriptors", COST_VIRTBLK_SUBMIT, EACH},
    END_OF_PATH,
};

/* What has to be done with a used entry in the guest; the ring it frees follows. */
static const struct step used_in_qemu[] = {
    {PLACE_GUEST, RING, "used entries", COST_NONE, EACH, .ring = RING_DISK_USED},
    ROWS_OF(virtual_disk_interrupt),
    {PLACE_GUEST, COMPUTE, "virtio_blk: used entry", COST_VIRTBLK_COMPLETE, EACH, .release = RING_DISK_QEMU},
    END_OF_PATH,
};

static const struct step used_in_thread[] = {
    {PLACE_GUEST, RING, "used entries", COST_NONE, EACH, .ring = RING_DISK_USED},
    ROWS_OF(virtual_disk_interrupt),
    {PLACE_GUEST, COMPUTE, "virtio_blk: used entry", COST_VIRTBLK_COMPLETE, EACH, .release = RING_DISK_THREAD},
    END_OF_PATH,
};

static const struct step to_qemu[] = {
    {PLACE_GUEST, RING, "virtqueue", COST_NONE, EACH, .ring = RING_DISK_QEMU},
    ROWS_OF(virtio_kick),
    {PLACE_DEVICE_MODEL, COMPUTE, "main loop", COST_QEMU_LOOP, POLL},
    {PLACE_DEVICE_MODEL, COMPUTE, "virtio-blk model: parse the request", COST_VIRTBLK_PARSE, EACH},
    END_OF_PATH,
};

static const struct step to_thread[] = {
    {PLACE_GUEST, RING, "virtqueue", COST_NONE, EACH, .ring = RING_DISK_THREAD},
    ROWS_OF(virtio_kick),
    {PLACE_DEVICE_MODEL, COMPUTE, "event loop", COST_IOTHREAD_LOOP, POLL},
    {PLACE_DEVICE_MODEL, COMPUTE, "virtio-blk model: parse the request", COST_VIRTBLK_PARSE, EACH},
    END_OF_PATH,
};

static const struct step to_vhost[] = {
    {PLACE_GUEST, RING, "virtqueue", COST_NONE, EACH, .ring = RING_DISK_THREAD},
    ROWS_OF(virtio_kick),
    {PLACE_DOM0, COMPUTE, "vhost_blk: virtqueue entry, bio", COST_VIRTQ_HOST, EACH},
    {PLACE_DOM0, COMPUTE, "bio, request", COST_BLOCK_BIO, EACH},
    END_OF_PATH,
};

static const struct step back_to_vhost[] = {
    {PLACE_DOM0, COMPUTE, "end of the bio", COST_BLOCK_END, EACH},
    {PLACE_DOM0, RING, "bios that are done", COST_NONE, EACH, .ring = RING_DISK_THREAD_BACK},
    ROWS_OF(host_wakeup),
    {PLACE_DOM0, COMPUTE, "vhost_blk: used entry", COST_VIRTQ_HOST, EACH},
    END_OF_PATH,
};

static const struct step finished[] = {
    {PLACE_DEVICE_MODEL, COMPUTE, "finish the request, used entry", COST_VIRTBLK_FINISH, EACH},
    END_OF_PATH,
};

/* clang-format on */

void compose_virtio_blk(struct composer *composer, const struct disk_config *disk, const struct party *us,
                        enum only takes) {
    enum disk_back_end back_end = composer->config->guests[us->guest].disk_back_end;
    struct party host = {PARTY_DOM0, -1, us->server};
    bool in_loop = back_end == DISK_BACK_END_QEMU;
    compose_table(composer, virtio_blk_submit, us, takes, HOP_NONE);
    if (back_end == DISK_BACK_END_KERNEL) {
        compose_table(composer, to_vhost, us, takes, HOP_NONE);
        compose_disk(composer, disk, &host, dom0_traits(composer), false);
        compose_table(composer, back_to_vhost, us, takes, HOP_NONE);
    } else {
        compose_table(composer, in_loop ? to_qemu : to_thread, us, takes, HOP_NONE);
        compose_qemu_io(composer, disk, us, takes, back_end);
        compose_table(composer, finished, us, takes, HOP_NONE);
    }
    compose_table(composer, in_loop ? used_in_qemu : used_in_thread, us, takes, HOP_NONE);
}
