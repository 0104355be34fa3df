#include "models/paths/program.h"

#include <stdlib.h>

#include "models/guest/kernel.h"
#include "models/paths/block.h"

static const struct path_tables *const tables[MODE_COUNT] = {
    [MODE_NATIVE] = &path_native,           [MODE_PV] = &path_pv,       [MODE_HVM] = &path_hvm,
    [MODE_HVM_PV] = &path_hvm_pv,           [MODE_PVHVM] = &path_pvhvm, [MODE_PVH] = &path_pvh,
    [MODE_VIRTIO] = &path_virtio,           [MODE_VHOST] = &path_vhost, [MODE_VHOST_USER] = &path_vhost_user,
    [MODE_PASSTHROUGH] = &path_passthrough, [MODE_SRIOV] = &path_sriov, [MODE_NITRO] = &path_nitro,
};

const struct path_tables *mode_path(enum mode mode) { return tables[mode]; }

const struct path_tables *guest_path(const struct guest_config *guest) {
    if (guest->mode == MODE_HVM && guest->nic_model == NIC_MODEL_RTL8139) return &path_hvm_rtl8139;
    if (guest->net_back_end == NET_BACK_END_VALE) return &path_hvm_vale;
    if (guest->mode == MODE_VHOST_USER && guest->driver == DRIVER_POLL) return &path_vhost_user_polled;
    if (guest->mode == MODE_VHOST && guest->vhost_batches) return &path_vhost_batched;
    if (!guest->own_netback) return tables[guest->mode];
    switch (guest->mode) {
    case MODE_PV:
        return &vif_queues_pv;
    case MODE_HVM_PV:
        return &vif_queues_hvm_pv;
    case MODE_PVHVM:
    case MODE_PVH:
        return &vif_queues_pvhvm;
    default:
        return tables[guest->mode];
    }
}

bool guest_orphans_packets(const struct guest_config *guest) {
    return !kernel_has(FEATURE_VIRTIO_TX_NAPI, kernel_version(guest->kernel));
}

int protocol_overhead_bytes(enum workload_kind kind) {
    return kind == WORK_TCP_RR || kind == WORK_TCP_STREAM || kind == WORK_HTTP ? 70 : 46;
}

int frame_of_payload(enum workload_kind kind, int payload) {
    int frame = payload + protocol_overhead_bytes(kind);
    return frame < 64 ? 64 : frame;
}

double server_clock_hz(const struct model_config *config, int server) {
    for (int i = 0; i < config->guest_count; i++)
        if (config->guests[i].server == server && config->guests[i].clock_hz > 0) return config->guests[i].clock_hz;
    return config->host.clock_hz;
}

struct program *program_empty(int guest, int workload) {
    struct program *program = calloc(1, sizeof *program);
    if (program == NULL) return NULL;
    program->guest = guest;
    program->workload = workload;
    program->qdisc_stage = 1;
    for (int i = 0; i < STAGES_MAX; i++) {
        program->stages[i].completion = program->stages[i].drop_completion = -1;
        program->stages[i].pieces = 1;
    }
    return program;
}

struct program *program_new(const struct model_config *config, int guest, int workload, enum direction direction,
                            struct diag *diag) {
    int frame_bytes = config->guests[guest].workloads[workload].frame_bytes;
    return program_new_sized(config, guest, workload, direction, frame_bytes, diag);
}

struct program *program_new_sized(const struct model_config *config, int guest, int workload, enum direction direction,
                                  int frame_bytes, struct diag *diag) {
    struct program *program = program_empty(guest, workload);
    if (program == NULL) {
        diag_set(diag, IOP_NO_MEMORY, "no memory for a path");
        return NULL;
    }
    program->frame_bytes = frame_bytes;
    program_compose(program, config, direction);
    program_compile(program, config);
    return program;
}

struct program *program_new_stream(const struct model_config *config, int guest, int workload, enum direction direction,
                                   int frames, struct diag *diag) {
    struct program *program = program_empty(guest, workload);
    if (program == NULL) {
        diag_set(diag, IOP_NO_MEMORY, "no memory for a path");
        return NULL;
    }
    program_compose_stream(program, config, direction, frames);
    program_compile(program, config);
    return program;
}

struct program *program_new_block(const struct model_config *config, int guest, int workload, enum block_op op,
                                  int bytes, struct diag *diag) {
    struct program *program = program_empty(guest, workload);
    if (program == NULL) {
        diag_set(diag, IOP_NO_MEMORY, "no memory for a path");
        return NULL;
    }
    program->op = op;
    program->frame_bytes = program->payload_bytes = bytes;
    program_compose_block(program, config);
    program_compile(program, config);
    return program;
}

struct program *program_register_access(const struct model_config *config, int guest, struct diag *diag) {
    struct program *program = program_empty(guest, -1);
    if (program == NULL) {
        diag_set(diag, IOP_NO_MEMORY, "no memory for a path");
        return NULL;
    }
    program_compose_register_access(program, config);
    program_compile(program, config);
    return program;
}

void program_free(struct program *program) {
    if (program == NULL) return;
    for (int i = 0; i < program->completion_count; i++) program_free(program->completions[i]);
    free(program);
}
