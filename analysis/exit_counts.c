#include "analysis/exit_counts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What a reason measures. Reasons with several rows count these together. Names are those of Intel's and of AMD's
 * exits as perf prints them; case does not count. */
static const struct observation {
    const char *reason;
    int cost_count;
    enum cost costs[OBSERVED_COSTS_MAX];
} observations[] = {
    {"HLT", 1, {COST_EXIT_HLT}},
    {"EXTERNAL_INTERRUPT", 1, {COST_EXIT_IRQ}},
    {"interrupt", 1, {COST_EXIT_IRQ}},
    {"EOI_INDUCED", 1, {COST_EXIT_EOI}},
    {"APIC_ACCESS", 1, {COST_EXIT_EOI}},
    {"APIC_WRITE", 1, {COST_EXIT_EOI}},
    {"APIC_WRITE", 1, {COST_EXIT_IPI}},
    {"MSR_WRITE", 1, {COST_EXIT_IPI}},
    {"MSR_WRITE", 1, {COST_EXIT_EOI}}, /* x2APIC without virtual interrupt delivery */
    {"msr", 1, {COST_EXIT_IPI}},
    {"msr", 1, {COST_EXIT_EOI}},
    {"MSR_WRITE(ICR)", 1, {COST_EXIT_IPI}},
    {"avic_incomplete_ipi", 1, {COST_EXIT_IPI}},
    {"VMCALL", 1, {COST_HYPERCALL_HVM}},
    {"vmmcall", 1, {COST_HYPERCALL_HVM}},
    {"IO_INSTRUCTION", 1, {COST_EXIT_KICK}},
    {"IO_INSTRUCTION", 2, {COST_EXIT_IOREQ, COST_QEMU_DISPATCH}},
    {"io", 1, {COST_EXIT_KICK}},
    {"io", 2, {COST_EXIT_IOREQ, COST_QEMU_DISPATCH}},
    {"EPT_MISCONFIG", 1, {COST_EXIT_KICK}},
    {"EPT_MISCONFIG", 3, {COST_EXIT_IOREQ, COST_EXIT_DECODE, COST_QEMU_DISPATCH}},
};
enum { OBSERVATIONS = sizeof observations / sizeof *observations };

static const double least_error = 0.05;

static bool is_fitted(const struct observation *observation, const struct cost_space *parameters) {
    for (int i = 0; i < observation->cost_count; i++)
        for (int p = 0; p < parameters->count; p++)
            if (parameters->axes[p].cost == observation->costs[i]) return true;
    return false;
}

static void append(char *out, size_t size, const char *separator, const char *text) {
    size_t used = strlen(out);
    snprintf(out + used, size - used, "%s%s", used > 0 ? separator : "", text);
}

/* The one thing of the fit that a reason measures, or NULL and why there is none. */
static const struct observation *find_observation(struct exit_count *count, const struct cost_space *parameters) {
    const struct observation *found = NULL;
    int known = 0, fitted = 0;
    char names[100] = "", among[100] = "";
    for (int i = 0; i < OBSERVATIONS; i++) {
        if (strcasecmp(observations[i].reason, count->reason) != 0) continue;
        const char *name = cost_parameter(observations[i].costs[0])->name;
        known++;
        append(names, sizeof names, " or ", name);
        if (!is_fitted(&observations[i], parameters)) continue;
        append(among, sizeof among, " and ", name);
        found = &observations[i];
        fitted++;
    }
    if (known == 0)
        snprintf(count->unused, sizeof count->unused, "the model has no cost for it");
    else if (fitted == 0)
        snprintf(count->unused, sizeof count->unused, "%s is not fitted", names);
    else if (fitted > 1)
        snprintf(count->unused, sizeof count->unused, "it counts %s together; fit one of them", among);
    else if (count->with_sleep)
        snprintf(count->unused, sizeof count->unused, "the time that the vCPU sleeps is in it");
    else if (count->samples == 0 || !(count->mean_s > 0))
        snprintf(count->unused, sizeof count->unused, "there are no samples of it");
    return count->unused[0] == '\0' ? found : NULL;
}

static enum iop_status add_row(const struct exit_counts *counts, const struct exit_count *count,
                               const struct observation *observation, const struct cost_set *base,
                               struct calibration_data *data, struct diag *diag) {
    struct calibration_row row = {.dimension = DIM_TIME, .weight = 1, .cost_count = observation->cost_count};
    const char *slash = strrchr(counts->path, '/');
    snprintf(row.id, sizeof row.id, "%.400s:%d", slash != NULL ? slash + 1 : counts->path, count->line);
    snprintf(row.metric, sizeof row.metric, "exit %s", count->reason);
    memcpy(row.costs, observation->costs, sizeof row.costs);
    row.measured = count->mean_s + base->values[COST_EXIT].value / base->clock_hz;
    if (data->has_errors) row.weight = 1 / pow(fmax(count->error, least_error), 2);
    return calibration_data_add(data, &row, diag);
}

enum iop_status exit_counts_observe(struct exit_counts *counts, const struct cost_set *base,
                                    const struct cost_space *parameters, struct calibration_data *data,
                                    struct diag *diag) {
    int added = 0;
    for (int i = 0; i < counts->count; i++) {
        const struct observation *observation = find_observation(&counts->counts[i], parameters);
        if (observation == NULL) continue;
        enum iop_status status = add_row(counts, &counts->counts[i], observation, base, data, diag);
        if (status != IOP_OK) return status;
        added++;
    }
    if (added > 0) return IOP_OK;
    const struct exit_count *first = &counts->counts[0];
    return diag_set(diag, IOP_INVALID, "%s: no exit in it measures a cost to fit; %s: %s", counts->path, first->reason,
                    first->unused);
}

void exit_counts_free(struct exit_counts *counts) {
    free(counts->counts);
    *counts = (struct exit_counts){.count = 0};
}
