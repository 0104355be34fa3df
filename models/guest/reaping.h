/* netfront takes back what it has sent: by the event of a channel of its own, or also whenever it sends.
 *
 * Who sends and then takes the responses that are there leaves nothing to events under way: they are spurious, and a
 * kernel that guards against storms of events holds the channel back (models/hypervisor/event_channel.h). If nothing
 * is sent meanwhile, because the ring is full or TCP waits for its packets, nobody takes responses until it is told
 * again. */
#ifndef IOPATH_MODELS_GUEST_REAPING_H
#define IOPATH_MODELS_GUEST_REAPING_H

#include "models/station.h"

/* `sender` takes all responses that wait in `responses`, and asks to be told of the next. */
void reap(struct station *sender, struct queue *responses);

/* The station is the handler of a channel's events: where it works, what holds it back. */
void reaping_place(struct machine *machine, struct station *station, int queue);

#endif
