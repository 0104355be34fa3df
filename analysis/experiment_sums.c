#include "analysis/experiment_sums.h"

#include <stdlib.h>
#include <string.h>

static bool same_charge(const struct step_charge *a, const struct step_charge *b) {
    return a->guest == b->guest && a->workload == b->workload && strcmp(a->place, b->place) == 0 &&
           strcmp(a->label, b->label) == 0 && strcmp(a->category, b->category) == 0;
}

/* A step that no packet took in one replication may be missing there: charges are matched, not zipped. */
static void add_charges(const struct run_result *run, struct experiment_result *result) {
    for (int i = 0; i < run->charge_count; i++) {
        int j = i; /* nearly always at the same place */
        if (j >= result->charge_count || !same_charge(&run->charges[i], &result->charges[j]))
            for (j = 0; j < result->charge_count && !same_charge(&run->charges[i], &result->charges[j]);) j++;
        if (j == result->charge_count) {
            if (j == CHARGES_MAX) continue;
            result->charges[result->charge_count] = run->charges[i];
            result->charges[result->charge_count++].cycles_per_packet = 0;
        }
        result->charges[j].cycles_per_packet += run->charges[i].cycles_per_packet;
    }
}

static void add_resources(const struct run_result *run, struct experiment_result *result) {
    for (int i = 0; i < run->resource_count; i++) {
        int j = 0;
        while (j < result->resource_count && strcmp(run->resources[i].name, result->resources[j].name) != 0) j++;
        if (j == result->resource_count) {
            if (j == RESOURCES_MAX) continue;
            result->resources[result->resource_count] = run->resources[i];
            result->resources[result->resource_count++].utilization = 0;
        }
        result->resources[j].utilization += run->resources[i].utilization;
    }
}

static int by_utilization(const void *left, const void *right) {
    const struct resource_use *a = left, *b = right;
    if (a->utilization != b->utilization) return a->utilization < b->utilization ? 1 : -1;
    return strcmp(a->name, b->name); /* a defined order, whatever qsort does with equals */
}

void experiment_add(struct experiment_result *result, const struct run_result *run) {
    add_charges(run, result);
    add_resources(run, result);
}

void experiment_average(struct experiment_result *result, int observations) {
    for (int i = 0; i < result->charge_count; i++) result->charges[i].cycles_per_packet /= observations;
    for (int i = 0; i < result->resource_count; i++) result->resources[i].utilization /= observations;
    qsort(result->resources, (size_t)result->resource_count, sizeof *result->resources, by_utilization);
}
