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
static const struct step isolated_nested[WHEN_COUNT] =
    ROWS(COMPUTE, "page-table isolation of the system call, nested", COST_KPTI_NESTED);
static const struct step isolated_interrupt[WHEN_COUNT] =
    ROWS(IRQ, "page-table isolation of the interrupt", COST_KPTI_IRQ);
static const struct step barrier[WHEN_COUNT] = ROWS(COMPUTE, "predictor barrier of the switch", COST_IBPB_SWITCH);
static const struct step isolated_xen[WHEN_COUNT] = ROWS(COMPUTE, "page-table isolation of Xen", COST_XPTI);
static const struct step isolated_pv_syscall[WHEN_COUNT] =
    ROWS(COMPUTE, "page-table isolation of Xen, in and out", COST_XPTI_SYSCALL);
static const struct step mitigated_exit[WHEN_COUNT] = ROWS(EXIT, "mitigations of the exit", COST_MITIGATED_EXIT);

static const struct step *isolated_rows(const struct step *step, enum isolation isolation) {
    switch (step->cost) {
    case COST_SYSCALL:
        return isolation == ISOLATION_NESTED ? isolated_nested : isolated_syscall;
    case COST_IRQ_ENTRY:
        return isolated_interrupt;
    case COST_SYSCALL_PV:
        return isolated_pv_syscall;
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

static const struct step *rows_for(const struct step *step, enum isolation isolation) {
    if (step->counts == COUNTS_EXIT) return mitigated_exit;
    if (step->cost == COST_SCHED_SWITCH) return barrier;
    return isolation == ISOLATION_NONE ? NULL : isolated_rows(step, isolation);
}

const struct step *mitigation_of(const struct step *step, enum isolation isolation) {
    const struct step *rows = rows_for(step, isolation);
    return rows == NULL || rows[step->when].label == NULL ? NULL : &rows[step->when];
}
