#include "models/hardware/interrupt_moderation.h"

#include <string.h>

enum { LOWEST_BYTES_PER_US = 10, LOW_BYTES_PER_US = 20 };

void moderation_fixed(struct moderation *moderation, double spacing_s) {
    memset(moderation, 0, sizeof *moderation);
    moderation->spacing = sim_time_of(spacing_s);
    moderation->last = SIM_TIME_MAX;
}

void moderation_adaptive(struct moderation *moderation, double lowest_s, double low_s, double bulk_s) {
    moderation_fixed(moderation, low_s);
    moderation->adaptive = true;
    moderation->class = ITR_LOW; /* the driver starts at 20,000 interrupts/s */
    moderation->class_spacing[ITR_LOWEST] = sim_time_of(lowest_s);
    moderation->class_spacing[ITR_LOW] = sim_time_of(low_s);
    moderation->class_spacing[ITR_BULK] = sim_time_of(bulk_s);
}

/* The driver divides the bytes of the last interval by the spacing it had programmed, not by the time that
 * passed: an idle vector drifts to the lowest-latency class. */
static void adapt(struct moderation *moderation) {
    sim_time spacing_us = moderation->spacing / SIM_US;
    uint64_t rate = moderation->bytes / (uint64_t)(spacing_us < 1 ? 1 : spacing_us);
    switch (moderation->class) {
    case ITR_LOWEST:
        if (rate > LOWEST_BYTES_PER_US) moderation->class = ITR_LOW;
        break;
    case ITR_LOW:
        if (rate > LOW_BYTES_PER_US) moderation->class = ITR_BULK;
        else if (rate <= LOWEST_BYTES_PER_US) moderation->class = ITR_LOWEST;
        break;
    default:
        if (rate <= LOW_BYTES_PER_US) moderation->class = ITR_LOW;
        break;
    }
    double now = (double)moderation->spacing, wanted = (double)moderation->class_spacing[moderation->class];
    /* new_itr = 10 new old / (9 new + old) in the driver, on spacings as on rates */
    if (wanted != now) moderation->spacing = (sim_time)(10.0 * wanted * now / (9.0 * wanted + now));
}

sim_time moderation_interrupt(struct moderation *moderation, sim_time ready) {
    sim_time at = ready;
    if (moderation->last != SIM_TIME_MAX && moderation->last + moderation->spacing > at)
        at = moderation->last + moderation->spacing;
    if (moderation->adaptive) adapt(moderation);
    moderation->last = at;
    moderation->bytes = 0;
    moderation->interrupts++;
    return at;
}
