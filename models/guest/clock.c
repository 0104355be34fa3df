/* System calls without work of their own, and reading the clock.
 *
 * Where user space may read what the kernel tells the time from, the call stays there (vDSO): the time-stamp counter,
 * alone or with the page in which KVM says how it is scaled. Xen's page is read in the kernel only, so that each
 * reading of clock source xen is a system call (CK19), as each is that asks for one. A counter that Xen emulates traps
 * wherever it is read (CK23).
 *
 * Not modelled: clocks that are devices (HPET, ACPI timer), counters that differ between CPUs, kernels whose vDSO reads
 * Xen's page (Linux 4.16 and later, if Xen says that counters are stable). */
#include "models/paths/path.h"

/* clang-format off: a table reads by its rows */

const struct step call_wakeup[] = {
    {PLACE_GUEST, COMPUTE, "switch to the calling thread", COST_SCHED_SWITCH, WAKE},
    ROWS_OF(pv_switch),
    END_OF_PATH,
};

const struct step system_call[] = {
    {PLACE_GUEST, COMPUTE, "system call", COST_SYSCALL, EACH, .only = FOR_OWN_TRAPS},
    {PLACE_GUEST, COMPUTE, "system call through Xen", COST_SYSCALL_PV, EACH, .only = FOR_PV_KERNEL},
    END_OF_PATH,
};

const struct step clock_tsc[] = {
    {PLACE_GUEST, COMPUTE, "clock: time-stamp counter", COST_CLOCK_TSC, EACH},
    END_OF_PATH,
};

const struct step clock_pv[] = {
    {PLACE_GUEST, COMPUTE, "clock: time-stamp counter, hypervisor's time page", COST_CLOCK_PV, EACH},
    END_OF_PATH,
};

const struct step clock_emulated[] = {
    {PLACE_HYPERVISOR, COMPUTE, "emulated time-stamp counter: trap", COST_CLOCK_EMULATED, EACH, .only = FOR_PV_KERNEL},
    {PLACE_HYPERVISOR, EXIT, "emulated time-stamp counter: exit", COST_HYPERCALL_HVM, EACH, .only = FOR_HVM_KERNEL,
     .counts = COUNTS_EXIT, .exit_reason = "rdtsc"},
    {PLACE_GUEST, COMPUTE, "clock: time-stamp counter", COST_CLOCK_TSC, EACH},
    END_OF_PATH,
};

const struct step clock_answer[] = {
    {PLACE_GUEST, COMPUTE, "copy the time to user space", COST_COPY_CALL, EACH},
    END_OF_PATH,
};

/* clang-format on */
