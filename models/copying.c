#include "models/copying.h"

sim_time copying_waits(struct machine *machine, struct processor *cpu, struct stage *stage, sim_time traffic,
                       sim_time copying) {
    struct memory *memory = &machine->servers[stage->server].memories[cpu->node];
    sim_time wait = memory_copy(memory, cpu, machine->sim.now, traffic, copying);
    stage->executed[SPIN] += (uint64_t)wait;
    return wait;
}
