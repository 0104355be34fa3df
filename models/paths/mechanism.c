#include "models/paths/mechanism.h"

#include "models/hardware/wire.h"

int step_bytes(const struct step *step, const struct step_context *context) {
    int header = (int)context->host->costs.values[COST_GRANT_HEADER].value;
    switch (step->extent) {
    case OF_FRAME:
        return context->frame_bytes;
    case OF_PAYLOAD:
        return context->payload_bytes;
    case OF_HEADER:
        return context->frame_bytes < header ? context->frame_bytes : header;
    case OF_BEYOND_HEADER:
        return context->frame_bytes > header ? context->frame_bytes - header : 0;
    default:
        return 0;
    }
}

/* Cycles become time at the clock of the CPU, latencies stay what they are. */
static struct step_value plain_value(const struct step *step, const struct step_context *context) {
    const struct cost_value *values = context->host->costs.values;
    double value = values[step->cost].value;
    if (step->times != 0) value *= values[step->times].value;
    if (step->extent == OF_EACH_SLOT) value *= packet_slots(context).slots;
    if (step->extent == OF_FURTHER_SLOTS) value *= packet_slots(context).slots - 1;
    if (step->extent == OF_EACH_PAGE) value *= page_count(context->frame_bytes);
    if (step->extent == OF_FURTHER_PAGES) value *= page_count(context->frame_bytes) - 1;
    if (step->extent == OF_BEYOND_HEADER) value *= page_count(step_bytes(step, context));
    if (cost_parameter(step->cost)->unit == COST_TIME) return (struct step_value){.time_s = value};
    return (struct step_value){.cpu_s = value / context->clock_hz};
}

static struct step_value wire_value(const struct step *step, const struct step_context *context) {
    (void)step;
    return (struct step_value){.time_s = sim_seconds(wire_time(context->host->nic.link_bps, context->frame_bytes))};
}

struct step_value step_value(const struct step *step, const struct step_context *context) {
    switch (step->mechanism) {
    case COPY:
        return copy_value(step, context);
    case GRANT:
        return grant_value(step, context);
    case DMA:
        return dma_value(step, context);
    case WIRE:
        return wire_value(step, context);
    case DEVICE:
        return (struct step_value){.time_s = step->extent == OF_PASSAGE ? context->host->nic.card_s : 0};
    default:
        return step->cost == COST_NONE ? (struct step_value){0} : plain_value(step, context);
    }
}
