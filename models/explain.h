/* The path of a workload's packet, step by step, as the model executes it. After the main path come the
 * clean-ups it sets off, and, for an emulated device, what one register access takes. */
#ifndef IOPATH_MODELS_EXPLAIN_H
#define IOPATH_MODELS_EXPLAIN_H

#include "models/config.h"
#include "sim/diag.h"

struct explained_step {
    char server[16];    /* "" on the first host, "far host" on the second */
    char place[16];     /* guest, hypervisor, dom0, device model, device, link */
    char mechanism[12]; /* COMPUTE, COPY, GRANT, RING, NOTIFY, EXIT, DMA, DEVICE, WIRE, IRQ */
    char label[64];
    char when[24];                     /* "each packet", "when asleep", "each poll", "from another core", … */
    char resource[NAME_MAX_BYTES * 2]; /* who spends the time: "sut/vcpu1", "dom0/vcpu1", "wire", … */
    enum cost cost;                    /* COST_NONE when the step has none of the catalog's */
    double cycles;                     /* CPU work of one execution; 0 when it is not CPU work */
    double seconds;                    /* time of one execution */
    bool completion;                   /* belongs to the clean-up after the packet has left */
    bool turnaround;                   /* first step of the answer of a request/response workload */
};

struct explained_path {
    int count;
    struct explained_step *steps; /* in the order the packet meets them */
};

/* Direction of interest of udp-stream `both`: DIRECTION_TRANSMIT or DIRECTION_RECEIVE; ignored otherwise.
 * Free with explained_path_free. */
enum iop_status model_explain(const struct model_config *config, int guest, int workload, enum direction direction,
                              struct explained_path *path, struct diag *diag);
void explained_path_free(struct explained_path *path);

#endif
