#include "models/hypervisor/mitigations.h"

#include <stddef.h>

/* One row for each time at which the row before it may be executed. */
#define AT(when_, mechanism_, label_, cost_) [when_] = {PLACE_GUEST, mechanism_, label_, cost_, when_}
#define ROWS(mechanism_, label_, cost_)                                                      \
    {                                                                                        \
        AT(EACH, mechanism_, label_, cost_), AT(POLL, mechanism_, label_, cost_),            \
            AT(NOTIFYING, mechanism_, label_, cost_), AT(REMOTE, mechanism_, label_, cost_), \
            AT(WAKE, mechanism_, label_, cost_), AT(WAKE_IDLE, mechanism_, label_, cost_),   \
            AT(FLUSH, mechanism_, label_, cost_),                                            \
    }

static const struct step isolated_syscall[WHEN_COUNT] =
    ROWS(COMPUTE, "page-table isolation of the system call", COST_KPTI_SYSCALL);
static const struct step isolated_interrupt[WHEN_COUNT] =
    ROWS(IRQ, "page-table isolation of the interrupt", COST_KPTI_IRQ);
static const struct step barrier[WHEN_COUNT] = ROWS(COMPUTE, "predictor barrier of the switch", COST_IBPB_SWITCH);
static const struct step isolated_xen[WHEN_COUNT] = ROWS(COMPUTE, "page-table isolation of Xen", COST_XPTI);
static const struct step mitigated_exit[WHEN_COUNT] = ROWS(EXIT, "mitigations of the exit", COST_MITIGATED_EXIT);

static const struct step *rows_for(const struct step *step) {
    if (step->counts == COUNTS_EXIT) return mitigated_exit;
    switch (step->cost) {
    case COST_SYSCALL:
        return isolated_syscall;
    case COST_IRQ_ENTRY:
        return isolated_interrupt;
    case COST_SCHED_SWITCH:
        return barrier;
    case COST_SYSCALL_PV:
    case COST_HYPERCALL_PV:
    case COST_EVTCHN_UPCALL:
    case COST_PV_WRITE:
    case COST_SWITCH_PV:
    case COST_CLOCK_EMULATED:
        return isolated_xen;
    default:
        return NULL;
    }
}

const struct step *mitigation_of(const struct step *step) {
    const struct step *rows = rows_for(step);
    return rows == NULL || rows[step->when].label == NULL ? NULL : &rows[step->when];
}
