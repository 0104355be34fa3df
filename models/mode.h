/* The virtualization modes. A mode is a row here and a table of steps in models/paths/. */
#ifndef IOPATH_MODELS_MODE_H
#define IOPATH_MODELS_MODE_H

#include <stdbool.h>

#include "models/host.h"
#include "models/instance.h"
#include "sim/diag.h"

enum mode {
    MODE_NATIVE,
    MODE_PV,
    MODE_HVM,
    MODE_HVM_PV,
    MODE_PVHVM,
    MODE_PVH,
    MODE_VIRTIO,
    MODE_VHOST,
    MODE_VHOST_USER,
    MODE_PASSTHROUGH,
    MODE_SRIOV,
    MODE_NITRO,
    MODE_COUNT,
    MODE_NONE = -1
};

struct path_tables; /* models/paths/path.h */

struct mode_info {
    const char *name;
    const char *kernel;     /* what the guest's kernel runs on */
    const char *network;    /* its network device */
    const char *interrupts; /* how interrupts reach it */
};

const struct mode_info *mode_info(enum mode mode);
enum mode mode_find(const char *name); /* MODE_NONE when there is none */
/* Names of all modes in the order of the enum; *count of them. */
const char *const *mode_names(int *count);

bool mode_has_netfront(enum mode mode);

/* Whether a guest of `type` (NULL: a made-up size without restrictions of sale) can run in `mode` on
 * `host`. If not, the diag names the reason and what the type does support. */
enum iop_status mode_available(enum mode mode, const struct host_config *host, const struct instance_type *type,
                               struct diag *diag);

#endif
