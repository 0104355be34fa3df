#include "models/hardware/interrupt_moderation.h"

#include <string.h>

enum { LOWEST_BYTES_PER_US = 10, LOW_BYTES_PER_US = 20 };
/* The driver reckons in quarters of a microsecond; the device's register leaves out the lowest three bits. */
enum { QUARTERS_OF_US = 4, LEFT_OUT = 7 };

void moderation_fixed(struct moderation *moderation, double spacing_s) {
    memset(moderation, 0, sizeof *moderation);
    moderation->spacing = sim_time_of(spacing_s);
    moderation->last = moderation->before = SIM_TIME_MAX;
}

void moderation_by_side(struct moderation *moderation, double sent_s, double received_s) {
    moderation_fixed(moderation, received_s);
    moderation->by_side = true;
    moderation->side_spacing[ITR_SENT] = sim_time_of(sent_s);
    moderation->side_spacing[ITR_RECEIVED] = sim_time_of(received_s);
}

static uint32_t quarters(double seconds) { return (uint32_t)(seconds * 1e6 * QUARTERS_OF_US + 0.5); }

static void set(struct moderation *moderation, uint32_t itr) {
    moderation->itr = itr;
    moderation->spacing = (sim_time)(itr & ~(uint32_t)LEFT_OUT) * (SIM_US / QUARTERS_OF_US);
}

void moderation_adaptive(struct moderation *moderation, double lowest_s, double low_s, double bulk_s) {
    moderation_fixed(moderation, 0);
    moderation->adaptive = true;
    moderation->class_itr[ITR_LOWEST] = quarters(lowest_s);
    moderation->class_itr[ITR_LOW] = quarters(low_s);
    moderation->class_itr[ITR_BULK] = quarters(bulk_s);
    set(moderation, moderation->class_itr[ITR_LOW]); /* 20,000 interrupts/s until traffic has been seen */
}

static enum itr_class next_class(enum itr_class class, uint64_t bytes_per_us) {
    switch (class) {
    case ITR_LOWEST:
        return bytes_per_us > LOWEST_BYTES_PER_US ? ITR_LOW : ITR_LOWEST;
    case ITR_LOW:
        if (bytes_per_us > LOW_BYTES_PER_US) return ITR_BULK;
        return bytes_per_us <= LOWEST_BYTES_PER_US ? ITR_LOWEST : ITR_LOW;
    default:
        return bytes_per_us <= LOW_BYTES_PER_US ? ITR_LOW : ITR_BULK;
    }
}

/* The driver divides the bytes of the last interval by the spacing it had reckoned, not by the time that
 * passed, and leaves the class of a side alone that had no packets. */
static void adapt(struct moderation *moderation) {
    uint32_t now = moderation->itr;
    enum itr_class slower = ITR_LOWEST;
    for (int side = 0; side < ITR_SIDES; side++) {
        uint64_t bytes = moderation->bytes[side];
        if (bytes > 0 && now >= QUARTERS_OF_US)
            moderation->class[side] = next_class(moderation->class[side], bytes / (now / QUARTERS_OF_US));
        if (moderation->class[side] > slower) slower = moderation->class[side];
    }
    uint32_t wanted = moderation->class_itr[slower];
    if (wanted != now) set(moderation, 10 * wanted * now / (9 * wanted + now));
}

/* At its distance from an earlier interrupt, which was at `last`. */
static sim_time distant(const struct moderation *moderation, enum itr_side side, sim_time last, sim_time ready) {
    sim_time spacing = moderation->by_side ? moderation->side_spacing[side] : moderation->spacing;
    return last != SIM_TIME_MAX && last + spacing > ready ? last + spacing : ready;
}

sim_time moderation_interrupt(struct moderation *moderation, enum itr_side side, sim_time ready) {
    sim_time at = distant(moderation, side, moderation->last, ready);
    moderation->before = moderation->last;
    moderation->last = at;
    moderation->interrupts++;
    return at;
}

void moderation_taken(struct moderation *moderation) {
    if (!moderation->adaptive) return;
    adapt(moderation);
    moderation->bytes[ITR_SENT] = moderation->bytes[ITR_RECEIVED] = 0;
}

sim_time moderation_hasten(struct moderation *moderation, enum itr_side side, sim_time ready) {
    sim_time at = distant(moderation, side, moderation->before, ready);
    if (at < moderation->last) moderation->last = at;
    return moderation->last;
}
