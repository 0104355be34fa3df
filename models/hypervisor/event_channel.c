#include "models/hypervisor/event_channel.h"

enum { FORGIVEN = 1, SHIFT_MAX = 20 };

void event_channel_end(struct event_channel *channel, sim_time now, bool found_work) {
    channel->raised = false;
    channel->events++;
    if (found_work) {
        channel->in_a_row = 0;
        return;
    }
    channel->spurious++;
    if (!channel->guarded) return;
    /* The kernel counts no further than a row whose delay is beyond its longest one. */
    if (channel->tick << channel->in_a_row < 4 * SIM_S && channel->in_a_row < SHIFT_MAX) channel->in_a_row++;
    if (channel->in_a_row <= FORGIVEN) return;
    sim_time delay = channel->tick << (channel->in_a_row - 1 - FORGIVEN);
    channel->until = now + (delay < SIM_S ? delay : SIM_S);
}
