/* Disks: which ones the machines have, how a guest reaches them, and the requests of block workloads. */
#include <string.h>

#include "models/guest/kernel.h"
#include "models/paths/block.h"
#include "models/workload/block_trace.h"
#include "scenarios/catalog.h"
#include "scenarios/data.h"
#include "scenarios/input.h"

enum { SEGMENTS_DIRECT = 11, SEGMENTS_INDIRECT = 32 };

/* --- how a guest reaches a disk --- */

static bool is_given(const struct guest_input *input, const char *key, const struct node **node) {
    const struct node *tuning = node_child(input->at, "tuning");
    *node = tuning != NULL ? node_child(tuning, key) : NULL;
    return *node != NULL;
}

static bool both_have(enum kernel_feature_id feature, const struct builder *b, const struct guest_config *guest) {
    return kernel_has(feature, kernel_version(guest->kernel)) &&
           kernel_has(feature, kernel_version(b->scenario->model.host.dom0.kernel));
}

static enum iop_status no_paravirtual_disk(struct builder *b, const struct guest_config *guest,
                                           const struct node *node) {
    return node_fail(node, b->diag, "mode '%s' has no paravirtual disk", mode_info(guest->mode)->name);
}

/* The kernel's back end everywhere but in mode virtio, whose device is QEMU's. */
static enum iop_status take_disk_back_end(struct builder *b, const struct guest_input *input,
                                          struct guest_config *guest) {
    const struct node *node;
    enum disk_back_end usual = guest->mode == MODE_VIRTIO ? DISK_BACK_END_QEMU : DISK_BACK_END_KERNEL;
    guest->disk_aio = (enum disk_aio)input->tuning.disk_aio;
    guest->disk_model = (enum disk_model)input->tuning.disk_model;
    if (is_given(input, "disk_model", &node) && guest->mode != MODE_HVM)
        return node_fail(node, b->diag, "mode '%s' has no emulated disk", mode_info(guest->mode)->name);
    bool chosen = is_given(input, "disk_back_end", &node) && input->tuning.disk_back_end != WORD_AUTO;
    guest->disk_back_end = chosen ? (enum disk_back_end)input->tuning.disk_back_end : usual;
    if (!chosen) return IOP_OK;
    const struct host_config *host = &b->scenario->model.host;
    bool split = guest_has_blkfront(host, guest), of_kvm = guest_has_virtio_blk(host, guest);
    if (!split && !of_kvm) return no_paravirtual_disk(b, guest, node);
    bool in_qemu = guest->disk_back_end == DISK_BACK_END_THREAD || guest->disk_back_end == DISK_BACK_END_SERIAL;
    if (split && in_qemu) return node_fail(node, b->diag, "'%s' is a back end of KVM", node->value);
    if (of_kvm && guest->disk_back_end == DISK_BACK_END_TAPDISK)
        return node_fail(node, b->diag, "'tapdisk' is a back end of Xen");
    return IOP_OK;
}

/* What crosses between the domains, and how much of it fits one request. */
static enum iop_status take_blkfront(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    const struct node *node;
    bool split = guest_has_blkfront(&b->scenario->model.host, guest);
    guest->disk_segments = both_have(FEATURE_BLK_INDIRECT, b, guest) ? SEGMENTS_INDIRECT : SEGMENTS_DIRECT;
    guest->disk_ring_pages = input->tuning.disk_ring_pages;
    guest->disk_shares_pool = input->tuning.disk_grant_pool != 0;
    guest->disk_grants = both_have(FEATURE_BLK_PERSISTENT, b, guest) ? GRANTS_PERSISTENT : GRANTS_MAP;
    if ((is_given(input, "disk_ring_pages", &node) || is_given(input, "disk_grant_pool", &node)) && !split)
        return node_fail(node, b->diag, "mode '%s' has no blkfront", mode_info(guest->mode)->name);
    if (!is_given(input, "disk_grants", &node) || input->tuning.disk_grants == WORD_AUTO) return IOP_OK;
    if (!split) return node_fail(node, b->diag, "mode '%s' has no grants", mode_info(guest->mode)->name);
    guest->disk_grants = (enum grants)input->tuning.disk_grants;
    if (guest->disk_grants == GRANTS_COPY && guest->disk_back_end == DISK_BACK_END_KERNEL)
        return node_fail(node, b->diag, "blkback maps; 'copy' is of back ends in user space (disk_back_end: qemu)");
    return IOP_OK;
}

static enum iop_status take_disk_poll(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    const struct node *node;
    bool given = is_given(input, "disk_poll", &node);
    guest->disk_poll_s = given ? input->tuning.disk_poll : -1;
    if (given && guest->disk_back_end != DISK_BACK_END_THREAD)
        return node_fail(node, b->diag, "only an I/O thread polls (disk_back_end: iothread)");
    return IOP_OK;
}

enum iop_status take_disks(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    const struct node *node;
    if (guest->mode == MODE_NONE) return IOP_OK;
    enum iop_status status = take_disk_back_end(b, input, guest);
    if (status == IOP_OK) status = take_blkfront(b, input, guest);
    if (status == IOP_OK) status = take_disk_poll(b, input, guest);
    if (status != IOP_OK) return status;
    const struct host_config *host = &b->scenario->model.host;
    bool split = guest_has_blkfront(host, guest);
    guest->disk_queues = split && both_have(FEATURE_BLK_QUEUES, b, guest) ? guest->vcpus : 1;
    if (!is_given(input, "disk_queues", &node)) return IOP_OK;
    if (!split && !guest_has_virtio_blk(host, guest)) return no_paravirtual_disk(b, guest, node);
    guest->disk_queues = input->tuning.disk_queues;
    return IOP_OK;
}

/* --- what a workload asks of a disk --- */

static int known_disk(const struct host_config *host, const char *name) {
    for (int i = 0; i < host->disk_count; i++)
        if (strcmp(host->disks[i].name, name) == 0) return i;
    return -1;
}

/* Under its name in the scenario, so that two of a model are two. */
static enum iop_status add_disk(struct builder *b, const struct node *node, const char *name, const char *model) {
    struct host_config *host = &b->scenario->model.host;
    if (host->disk_count == DISKS_MAX) return node_fail(node, b->diag, "more than %d disks of one machine", DISKS_MAX);
    struct disk_config *disk = &host->disks[host->disk_count];
    if (!names_a_path(model) && !catalog_has("disks", model)) {
        char text[700];
        catalog_unknown("disks", model, text, sizeof text);
        return node_fail(node, b->diag, "%s", text);
    }
    enum iop_status status = catalog_disk(model, disk, b->diag);
    if (status != IOP_OK) return status;
    strncpy(disk->name, name, sizeof disk->name - 1);
    host->disk_count++;
    return IOP_OK;
}

static const struct disk_input *named_disk(const struct builder *b, const char *name) {
    const struct disk_input *inputs = b->input->disks.items;
    for (int i = 0; i < b->input->disks.count; i++)
        if (strcmp(inputs[i].name, name) == 0) return &inputs[i];
    return NULL;
}

static enum iop_status take_disk(struct builder *b, const struct workload_input *input,
                                 struct workload_config *workload) {
    const struct node *node = node_child(input->at, "disk");
    struct host_config *host = &b->scenario->model.host;
    if (node == NULL) return node_fail(input->at, b->diag, "'disk' is missing: a block workload needs one");
    workload->disk = known_disk(host, input->disk);
    if (workload->disk >= 0) return IOP_OK;
    const struct disk_input *named = named_disk(b, input->disk);
    const struct node *at = named != NULL ? node_child(named->at, "model") : node;
    workload->disk = host->disk_count;
    return add_disk(b, at, input->disk, named != NULL ? named->model : input->disk);
}

static enum iop_status check_size(struct builder *b, const struct workload_input *input) {
    const struct node *node = node_child(input->at, "size");
    int bytes = (int)input->size;
    if (input->size > BLOCK_BYTES_MAX || bytes % BLOCK_SECTOR != 0)
        return node_fail(node, b->diag, "'%s' is not a size of a request; allowed are multiples of 512 B up to 16 MiB",
                         node->value);
    return IOP_OK;
}

enum iop_status build_block(struct builder *b, const struct workload_input *input, struct workload_config *workload) {
    enum iop_status status = check_size(b, input);
    if (status == IOP_OK) status = take_disk(b, input, workload);
    if (status != IOP_OK) return status;
    const struct node *depth = node_child(input->at, "depth");
    if (input->engine && input->depth > 1)
        return node_fail(depth, b->diag, "'%s' requests of a job in flight need engine: async", depth->value);
    const struct node *fsync = node_child(input->at, "fsync");
    if (fsync != NULL && input->read >= 1 && node_child(input->at, "file") == NULL)
        return node_fail(fsync, b->diag, "it counts writes, of which there are none (read: 100 %%)");
    workload->fsync_writes = fsync != NULL ? input->fsync : 0;
    workload->block_bytes = (int)input->size;
    workload->read_share = input->read;
    workload->is_sequential = input->pattern != 0;
    workload->synchronous = input->engine != 0;
    workload->concurrency = input->jobs * input->depth;
    return build_block_replay(b, input, b->scenario->model.host.disks[workload->disk].capacity_bytes, workload);
}
