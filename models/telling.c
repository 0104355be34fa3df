#include "models/telling.h"

#include "models/guest/runqueue.h"
#include "models/machine.h"
#include "models/register_access.h"
#include "models/spinning.h"

/* What telling costs. Only another CPU has to be interrupted. */
static sim_time telling(struct station *station, struct stage *stage, const struct station *from) {
    sim_time work = execute(stage, NOTIFYING);
    if (station->told_by_own_cpu) return work;
    work += execute(stage, REMOTE);
    return is_far(station->cpu, from->cpu) ? work + execute(stage, NOTIFYING_FAR) : work;
}

static enum itr_side side_of(const struct stage *stage) {
    return stage->ring == RING_NIC_TX_DONE || stage->ring == RING_PF_TX_DONE ? ITR_SENT : ITR_RECEIVED;
}

/* Frames of the other side may not have to wait for the interrupt that is to come. */
static void hasten(struct station *station, struct stage *stage) {
    if (station->interrupt == EVENT_NONE || !station->moderation->by_side) return;
    struct sim *sim = &station->machine->sim;
    sim_time promised = station->moderation->last;
    sim_time at = moderation_hasten(station->moderation, side_of(stage), sim->now + stage->work[FLIGHT]);
    if (at == promised) return;
    sim_cancel(sim, station->interrupt);
    station->interrupt = sim_at(sim, at, station_interrupted, station, (uint64_t)(uintptr_t)stage);
}

/* The teller's CPU pays with its next turn, and the news leaves when that beyond `debt` has been paid. */
static void tell(struct station *station, struct stage *stage, struct station *from, sim_time debt) {
    sim_time at = station->machine->sim.now;
    station->told_by_own_cpu = from != NULL && station->cpu == from->cpu;
    if (!station->told_by_own_cpu) at += stage->work[FLIGHT];
    if (from != NULL) {
        from->debt += telling(station, stage, from);
        at += from->debt - debt;
    }
    if (station->channel != NULL) at = event_channel_delivers(station->channel, at);
    if (station->moderation != NULL) at = moderation_interrupt(station->moderation, side_of(stage), at);
    event_id interrupt = sim_at(&station->machine->sim, at, station_interrupted, station, (uint64_t)(uintptr_t)stage);
    if (station->moderation != NULL) station->interrupt = interrupt;
}

void thread_wakes(struct station *thread, const struct station *from) {
    struct cpus *cpus = thread->cpus;
    int previous = cpus_number(cpus, thread->cpu);
    int waker = from != NULL ? cpus_number(cpus, from->cpu) : -1;
    int chosen = runqueue_select(cpus, waker >= 0 ? waker : previous, previous);
    thread->cpu = &cpus->processors[chosen];
    thread->runqueue = &cpus->runqueues[chosen];
    thread->runqueue->threads++;
}

void thread_sleeps(struct station *thread) { thread->runqueue->threads--; }

/* Tells a sleeping station of work. */
void tell_of_work(struct station *station, struct stage *stage, struct station *from) {
    if (station->running) {
        if (station_spins(station))
            spinning_catches(station);
        else
            hasten(station, stage);
        return;
    }
    spinning_missed(station, station->machine->sim.now);
    station->running = true;
    if (station->inline_) {
        station->cpu = from->cpu;
        if (station->of_caller) from->debt += execute(stage, NOTIFYING);
        station_turn(station);
        return;
    }
    if (station->cpus != NULL) thread_wakes(station, from);
    if (from != NULL && from->untold != NULL && ring_infos[stage->ring].told_late) {
        station->waits_to_be_told = true;
        station->told_of = stage;
        from->untold[from->untold_count++] = station;
        if (station->cpu == from->cpu) from->own_backlog = station;
        return;
    }
    tell(station, stage, from, from != NULL ? from->debt : 0);
}

/* A softirq that steered packets tells the CPUs that sleep; a backlog of its own CPU just begins. */
void tell_all(struct station *from) {
    int count = from->untold_count;
    sim_time debt = from->debt;
    from->untold_count = 0;
    from->untold_packets = 0;
    for (int i = 0; i < count; i++) {
        struct station *station = from->untold[i];
        station->waits_to_be_told = false;
        if (station->cpu == from->cpu)
            station_turn(station);
        else
            tell(station, station->told_of, from, debt);
    }
}

/* The kernel's softirq is over when it has used up its budget; before that, interrupts are sent by the backlog of the
 * same CPU, whose turn comes after each poll. */
bool must_tell(const struct station *station) {
    if (station->untold_count == 0) return false;
    bool own_turn = station->poll_left == 0 && station->own_backlog != NULL && station->own_backlog->running;
    return own_turn || station->untold_packets >= station->budget;
}

static void woken(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    registers_access(object);
}

void station_interrupted(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    struct station *station = object;
    struct stage *stage = (struct stage *)(uintptr_t)word;
    if (station->channel != NULL) station->channel->raised = true;
    if (station->moderation != NULL) moderation_taken(station->moderation);
    sim_time work = stage->work[WAKE];
    station->interrupt = EVENT_NONE;
    stage->executed[WAKE]++;
    bool halted = processor_idles(station->cpu) && !processor_polls(station->cpu);
    if (halted && !station->told_by_own_cpu) {
        work += stage->work[WAKE_IDLE];
        stage->executed[WAKE_IDLE]++;
    }
    station->registers_left = stage->register_accesses;
    station->register_context = station->wake_context;
    station->busy += work;
    processor_submit(station->cpu, station->wake_context, work, woken, station, 0);
}
