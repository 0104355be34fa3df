#include "models/polling.h"

#include "models/machine.h"
#include "models/telling.h"

static void reached(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    struct station *station = object;
    station->reach = EVENT_NONE;
    station->next_input = (int)word;
    station_turn(station);
}

void station_approach(struct station *station) {
    struct sim *sim = &station->machine->sim;
    if (station->running && station->reach == EVENT_NONE) return; /* at work */
    sim_time at = SIM_TIME_MAX;
    int input = 0;
    for (int i = 0; i < station->input_count; i++) {
        const struct queue *queue = station->inputs[i];
        if (queue->port < 0 || ring_waiting(&queue->ring) == 0) continue;
        sim_time reaches = poll_loop_reaches(&station->loop, queue->port, sim->now);
        if (reaches >= at) continue;
        at = reaches;
        input = i;
    }
    if (station->running && at >= station->reach_at) return;
    if (station->running) sim_cancel(sim, station->reach);
    station->running = true;
    station->reach_at = at;
    station->reach = sim_at(sim, at, reached, station, (uint64_t)input);
}
