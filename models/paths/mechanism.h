/* What one execution of a step takes: each mechanism reads its row in its own way. */
#ifndef IOPATH_MODELS_PATHS_MECHANISM_H
#define IOPATH_MODELS_PATHS_MECHANISM_H

#include <stdbool.h>

#include "models/host.h"
#include "models/paths/step.h"

struct step_context {
    const struct host_config *host;
    double clock_hz;
    int frame_bytes, payload_bytes;
    int fragment_bytes; /* of a received packet that lies frame by frame; 0: it fills pages */
};

struct step_value {
    double cpu_s;  /* a CPU is busy */
    double time_s; /* a device or a flight, no CPU */
};

struct step_value step_value(const struct step *step, const struct step_context *context);

enum { PAGE_BYTES = 4096 };

/* Pages that `bytes` fill, from a page's start. */
static inline int page_count(int bytes) { return (bytes + PAGE_BYTES - 1) / PAGE_BYTES; }

/* What netback makes of a packet for a guest: it copies the pieces of the packet, each within a page, into buffers of
 * a page each. Kernels that coalesce fill every buffer, at the price of a further copy where a piece goes on in the
 * next one; those before begin a new buffer rather than split what lies together. */
struct packet_slots {
    int slots, pieces;
};
struct packet_slots netback_slots(int bytes, int fragment_bytes, bool coalesces);
struct packet_slots packet_slots(const struct step_context *context);

/* Bytes that a COPY or GRANT step moves. */
int step_bytes(const struct step *step, const struct step_context *context);

/* One file each: models/hardware/copy.c, models/hypervisor/grant.c, models/hardware/dma.c. */
/* What a step takes of its memory's bandwidth which copies what is in no cache, and how long its bytes take when nobody
 * else copies (models/hardware/memory.h); nothing: another step, or a small copy. */
struct copy_traffic {
    double memory_s, alone_s;
};
struct copy_traffic copy_traffic(const struct step *step, const struct step_context *context);
bool copies_cold(const struct step *step);
struct step_value copy_value(const struct step *step, const struct step_context *context);
/* Pages that a GRANT step maps, copies, looks up … */
int grant_operations(const struct step *step, const struct step_context *context);
struct step_value grant_value(const struct step *step, const struct step_context *context);
/* What a step does under the lock of the guest's grant table (models/ticket_lock.h). */
struct step_lock {
    int operations; /* how often it takes the lock */
    double held_s;  /* CPU time under a spin lock, part of the step's */
};
struct step_lock grant_lock_value(const struct step *step, const struct step_context *context);
struct step_value dma_value(const struct step *step, const struct step_context *context);

#endif
