/* Copies: bytes over a rate, hot or cold in the cache, behind a fixed cost to set one up. The rates are of
 * memory and caches, so they do not scale with the clock (CP011, NT061). */
#include "models/hardware/memory.h"
#include "models/paths/mechanism.h"

struct step_value copy_value(const struct step *step, const struct step_context *context) {
    const struct cost_value *values = context->host->costs.values;
    int bytes = step_bytes(step, context);
    if (bytes == 0) return (struct step_value){0};
    double call_s = values[COST_COPY_CALL].value / context->clock_hz;
    return (struct step_value){.cpu_s = call_s + bytes / values[step->cost].value};
}

bool copies_cold(const struct step *step) {
    return step->when == EACH && ((step->mechanism == COPY && step->cost == COST_COPY_COLD) ||
                                  (step->mechanism == GRANT && step->cost == COST_GRANT_COPY));
}

struct copy_traffic copy_traffic(const struct step *step, const struct step_context *context) {
    const struct cost_value *values = context->host->costs.values;
    int bytes = step_bytes(step, context);
    if (!copies_cold(step) || bytes < MEMORY_BYTES_LEAST) return (struct copy_traffic){0};
    return (struct copy_traffic){.memory_s = MEMORY_PASSES * bytes / values[COST_MEMORY_RATE].value,
                                 .alone_s = bytes / values[COST_COPY_COLD].value};
}
