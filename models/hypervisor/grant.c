/* Grants: access given and ended page by page in the frontend's table; copies, maps and unmaps by the back
 * end in batches of one hypercall.
 *
 * A copy costs an operation for each page (lookup, pinning of both pages) and its bytes, which are cold for the CPU
 * that copies. Unmapping must flush the TLBs that may hold the mapping: one flush per batch, on every other vCPU
 * of the domain that mapped (XN016, XN036, XN037). Nothing to map, unmap or flush when all was copied.
 *
 * Persistent grants: pages that stay granted and mapped need none of it. The front end copies what it sends
 * into pages of that kind (KF10), both sides copy what is received, and the back end looks each grant up. */
#include "models/guest/kernel.h"
#include "models/paths/mechanism.h"

/* Operations of a row: one for each page, as none goes beyond a page of either side. */
int grant_operations(const struct step *step, const struct step_context *context) {
    if (step->extent == OF_EACH_PAGE) return page_count(context->frame_bytes);
    if (step->extent == OF_EACH_SLOT) return packet_slots(context).slots;
    if (step->extent == OF_FURTHER_SLOTS) return packet_slots(context).slots - 1;
    bool copies = step->cost == COST_GRANT_COPY && step->extent == OF_FRAME;
    if (copies && context->fragment_bytes > 0) return packet_slots(context).pieces;
    return page_count(step_bytes(step, context));
}

/* A copy finds, pins and lets go of two pages. Since Xen 4.6 it keeps them for the next one (XN030): of pieces that
 * fill buffers together each piece and each buffer is found once; the copies that a page takes beyond the first because
 * two buffers share it find nothing new. */
static double copy_cycles(const struct step *step, const struct step_context *context, int operations) {
    const struct cost_value *values = context->host->costs.values;
    double all = operations * values[COST_GRANT_COPY].value;
    if (!kernel_has(FEATURE_GRANT_KEEPS_PAGES, kernel_version(context->host->hypervisor_version))) return all;
    double found = 2.0 * operations;
    if (step->extent == OF_FURTHER_SLOTS) found = 0;
    if (step->extent == OF_FRAME && context->fragment_bytes > 0) found = operations + packet_slots(context).slots;
    double alone = values[COST_GRANT_OPERATION].value, each = (values[COST_GRANT_COPY].value - alone) / 2;
    return operations * alone + found * each;
}

struct step_value grant_value(const struct step *step, const struct step_context *context) {
    const struct cost_value *values = context->host->costs.values;
    double cycles = values[step->cost].value;
    int bytes = step_bytes(step, context), operations = grant_operations(step, context);
    if (step->extent != OF_NOTHING && operations == 0) return (struct step_value){0};
    switch (step->cost) {
    case COST_GRANT_COPY:
        return (struct step_value){.cpu_s = copy_cycles(step, context, operations) / context->clock_hz +
                                            bytes / values[COST_COPY_COLD].value};
    case COST_GRANT_SOURCE:
        if (step->extent == OF_FURTHER_SLOTS &&
            kernel_has(FEATURE_GRANT_KEEPS_PAGES, kernel_version(context->host->hypervisor_version)))
            return (struct step_value){0};
        return (struct step_value){.cpu_s = cycles * operations / context->clock_hz};
    case COST_GRANT_LOOKUP:
    case COST_GRANT_ACCESS:
    case COST_GRANT_END:
    case COST_GRANT_MAP:
    case COST_GRANT_UNMAP:
    case COST_GNTDEV_MAP:
    case COST_UNCACHED_STORE:
    case COST_UNCACHED_READ:
    case COST_BUS_LOCK:
        if (step->times != 0) cycles *= values[step->times].value;
        return (struct step_value){.cpu_s = cycles * operations / context->clock_hz};
    default:
        return (struct step_value){.cpu_s = cycles / context->clock_hz};
    }
}

/* A copy takes the lock to get at the page and again to put it back, a map once, both for as long as looking up
 * the entry takes; an unmap holds it throughout. Until Xen 4.5 the locks of both domains are taken (XK03): by a map
 * twice each; by an unmap the granting guest's twice and dom0's three times. */
struct step_lock grant_lock_value(const struct step *step, const struct step_context *context) {
    bool source =
        step->cost == COST_GRANT_SOURCE; /* the sender's table; the lock of the receiver's stands in for its */
    if (step->mechanism != GRANT || (step->counts != COUNTS_GRANT && !source)) return (struct step_lock){0};
    int pages = grant_operations(step, context), version = kernel_version(context->host->hypervisor_version);
    bool both = !kernel_has(FEATURE_GRANT_RWLOCK, version) && !kernel_has(FEATURE_GRANT_PERCPU_LOCK, version);
    double entry_s = context->host->costs.values[COST_GRANT_LOCK_HOLD].value / context->clock_hz;
    switch (step->cost) {
    case COST_GRANT_COPY:
    case COST_GRANT_SOURCE:
        return (struct step_lock){2 * pages, 2 * pages * entry_s};
    case COST_GRANT_MAP:
        return (struct step_lock){both ? 4 * pages : pages, pages * entry_s};
    case COST_GRANT_UNMAP:
        return (struct step_lock){both ? 5 * pages : pages, grant_value(step, context).cpu_s};
    default:
        return (struct step_lock){0};
    }
}
