#include "models/hardware/memory.h"

/* What other CPUs' copies ask for that are still under way; the rest is forgotten. */
static double asked_for(struct memory *memory, const void *cpu, sim_time now) {
    double asked = 0;
    int kept = 0;
    for (int i = 0; i < memory->count; i++) {
        if (memory->copies[i].until <= now || memory->copies[i].cpu == cpu) continue;
        asked += memory->copies[i].share;
        memory->copies[kept++] = memory->copies[i];
    }
    memory->count = kept;
    return asked;
}

sim_time memory_copy(struct memory *memory, const void *cpu, sim_time now, sim_time traffic, sim_time alone) {
    double share = (double)traffic / (double)alone;
    double asked = asked_for(memory, cpu, now) + share;
    sim_time wait = asked > 1 ? (sim_time)((double)alone * (asked - 1)) : 0;
    if (memory->count < MEMORY_COPIES_MAX)
        memory->copies[memory->count++] = (struct memory_copy){cpu, now + alone + wait, share};
    return wait;
}
