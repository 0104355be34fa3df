/* What one execution of a step takes: each mechanism reads its row in its own way. */
#ifndef IOPATH_MODELS_PATHS_MECHANISM_H
#define IOPATH_MODELS_PATHS_MECHANISM_H

#include "models/host.h"
#include "models/paths/step.h"

struct step_context {
    const struct host_config *host;
    double clock_hz;
    int frame_bytes, payload_bytes;
};

struct step_value {
    double cpu_s;  /* a CPU is busy */
    double time_s; /* a device or a flight, no CPU */
};

struct step_value step_value(const struct step *step, const struct step_context *context);

enum { PAGE_BYTES = 4096 };

/* Pages that `bytes` fill, from a page's start. */
static inline int page_count(int bytes) { return (bytes + PAGE_BYTES - 1) / PAGE_BYTES; }

/* Bytes that a COPY or GRANT step moves. */
int step_bytes(const struct step *step, const struct step_context *context);

/* One file each: models/hardware/copy.c, models/hypervisor/grant.c, models/hardware/dma.c. */
struct step_value copy_value(const struct step *step, const struct step_context *context);
/* Pages that a GRANT step maps, copies, looks up … */
int grant_operations(const struct step *step, const struct step_context *context);
struct step_value grant_value(const struct step *step, const struct step_context *context);
/* What a step does under the lock of the guest's grant table (models/hypervisor/grant_lock.h). */
struct step_lock {
    int operations; /* how often it takes the lock */
    double held_s;  /* CPU time under a spin lock, part of the step's */
};
struct step_lock grant_lock_value(const struct step *step, const struct step_context *context);
struct step_value dma_value(const struct step *step, const struct step_context *context);

#endif
