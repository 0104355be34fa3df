#include "models/register_access.h"

#include "models/machine.h"
#include "models/telling.h"

static void register_asked(struct sim *sim, void *object, uint64_t word);

void registers_access(struct station *station) {
    if (station->registers_left == 0 || station->register_route == NULL) {
        if (station->registers_first && station->batch_count > 0)
            station_resumed(station);
        else
            station_turn(station);
        return;
    }
    station->registers_left--;
    sim_time work = station->register_route->program->stages[0].work[EACH] + station->debt;
    station->debt = 0;
    station->busy += work;
    processor_submit(station->cpu, station->register_context, work, register_asked, station, 0);
}

static void register_asked(struct sim *sim, void *object, uint64_t word) {
    (void)word;
    struct station *station = object;
    struct machine *machine = station->machine;
    uint32_t index = packet_take(&machine->packets);
    struct packet *packet = packet_at(&machine->packets, index);
    *packet = (struct packet){.born = sim->now, .route = station->register_route, .cpu = station->cpu};
    packet->route->program->stages[0].executed[EACH]++;
    packet->stage = 1;
    station_deliver(machine, index, station);
}

void register_answered(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    struct station *station = object;
    registers_access(station);
    processor_resume(station->cpu);
}
