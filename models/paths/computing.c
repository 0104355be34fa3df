/* Lines up the rows of threads that use the CPU and nothing else, and of clocks that other applications read. */
#include "models/hypervisor/paging.h"
#include "models/paths/boot.h"
#include "models/paths/composer.h"
#include "models/paths/mechanism.h"

static void add_clock_read(struct composer *composer, const struct party *at, enum clock_source source,
                           bool by_syscall) {
    static const struct step *const reads[] = {
        [CLOCK_TSC] = clock_tsc, [CLOCK_XEN] = clock_pv, [CLOCK_KVM] = clock_pv, [CLOCK_TSC_EMULATED] = clock_emulated};
    enum only takes = party_traits(composer, at);
    bool enters = by_syscall || source == CLOCK_XEN;
    if (enters) compose_table(composer, system_call, at, takes, HOP_NONE);
    compose_table(composer, reads[source], at, takes, HOP_NONE);
    if (enters) compose_table(composer, clock_answer, at, takes, HOP_NONE);
}

void compose_clock_reads(const struct composer *composer, const struct party *at, int reads) {
    if (reads == 0 || at->kind != PARTY_GUEST) return;
    struct composer reader = *composer;
    reader.times = reads;
    add_clock_read(&reader, at, composer->config->guests[at->guest].clock, false);
}

/* fio takes the time when it makes a request, when it has handed it over, and in its loop (BF01): by the counter, if
 * the CPU says that it is to be trusted, which Xen hides from its guests. Of the others it is in block.app. */
void compose_request_clock(const struct composer *composer, const struct party *at) {
    enum { READS = 3 };
    if (composer->config->guests[at->guest].clock == CLOCK_XEN) compose_clock_reads(composer, at, READS);
}

static void add_fork(struct composer *composer, const struct party *at, const struct workload_config *work) {
    const struct cost_value *costs = composer->config->host.costs.values;
    composer->frame_bytes = PAGE_BYTES;
    composer->payload_bytes = (int)(costs[COST_FORK_ENTRIES].value * costs[COST_FORK_ENTRY_BYTES].value);
    const struct step *const tables[] = {[PAGING_NATIVE] = fork_native,
                                         [PAGING_NESTED] = fork_native,
                                         [PAGING_PV] = work->pinning == PINNING_LATE ? fork_pv_late : fork_pv_early,
                                         [PAGING_SHADOW] = fork_shadow};
    enum only takes = party_traits(composer, at);
    compose_table(composer, fork_begin, at, takes, HOP_NONE);
    compose_table(composer, tables[paging_of(composer->config, at->guest)], at, takes, HOP_NONE);
}

void compose_computing(struct composer *composer, const struct party *at, const struct workload_config *work) {
    switch (work->kind) {
    case WORK_FORK:
        add_fork(composer, at, work);
        break;
    case WORK_BOOT:
        compose_boot(composer, at, &work->boot);
        break;
    case WORK_SYSCALL:
        compose_table(composer, call_wakeup, at, party_traits(composer, at), HOP_NONE);
        compose_table(composer, system_call, at, party_traits(composer, at), HOP_NONE);
        break;
    case WORK_CLOCK:
        compose_table(composer, call_wakeup, at, party_traits(composer, at), HOP_NONE);
        add_clock_read(composer, at, work->source, work->by_syscall);
        break;
    default:
        compose_table(composer, stack_spin, at, 0, HOP_NONE);
    }
}
