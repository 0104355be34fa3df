/* Interrupt moderation of the 82599 family: a minimum distance between two interrupts of a vector.
 *
 * Fixed: the distance is what the driver wrote (EITR). Adaptive: ixgbe's dynamic scheme, which after every
 * interrupt sorts what was sent and what was received into three classes by bytes per microsecond, takes
 * the slower class of the two and moves the distance towards the class's (lowest latency 10 us, low latency
 * 50 us, bulk 84 us: NT000-NT002).
 *
 * The class limits (10 and 20 bytes/us) and the smoothing (a weight of 9 to 1 on the rate) are those of
 * Linux's ixgbe and ixgbevf before 4.20, and so are its integers (KF23): quarters of a microsecond, rounded down, of
 * which the device's register takes multiples of eight. So the low latency class, come to from below, ends at 46 us
 * and not at 50, and packets that are between two classes stay between their distances.
 *
 * By side: a distance for what was sent and another one for what was received, as Linux's ena sets them (ENA01,
 * ENA02). A frame that is received does not wait for the interrupt that sent ones have been promised. */
#ifndef IOPATH_MODELS_HARDWARE_INTERRUPT_MODERATION_H
#define IOPATH_MODELS_HARDWARE_INTERRUPT_MODERATION_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/time.h"

enum itr_class { ITR_LOWEST, ITR_LOW, ITR_BULK, ITR_CLASSES };
enum itr_side { ITR_SENT, ITR_RECEIVED, ITR_SIDES };

struct moderation {
    bool adaptive;
    sim_time spacing;                     /* current distance; 0: no moderation */
    uint32_t itr, class_itr[ITR_CLASSES]; /* adaptive: as the driver reckons, in quarters of a microsecond */
    enum itr_class class[ITR_SIDES];
    bool by_side;
    sim_time side_spacing[ITR_SIDES];
    sim_time last;             /* time of the last interrupt, also if it is still to come; SIM_TIME_MAX: none yet */
    sim_time before;           /* … of the one before it */
    uint64_t bytes[ITR_SIDES]; /* sent and received since */
    uint64_t interrupts;
};

void moderation_fixed(struct moderation *moderation, double spacing_s);
void moderation_adaptive(struct moderation *moderation, double lowest_s, double low_s, double bulk_s);
void moderation_by_side(struct moderation *moderation, double sent_s, double received_s);

/* An interrupt is wanted at `ready`: when it may go. */
sim_time moderation_interrupt(struct moderation *moderation, enum itr_side side, sim_time ready);

/* It went, and its poll takes all that has come: the driver adapts the distance. */
void moderation_taken(struct moderation *moderation);

/* Another one is wanted while that is still to come: when it may go instead, if that is earlier; else the same. */
sim_time moderation_hasten(struct moderation *moderation, enum itr_side side, sim_time ready);

#endif
