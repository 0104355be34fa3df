#include "made_up.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct estimate *add(struct experiment_result *result, enum metric_kind kind, double mean) {
    struct estimate *estimate = &result->estimates[result->estimate_count++];
    *estimate = (struct estimate){.over = {mean, mean * 0.9, mean * 1.1}};
    estimate->metric.kind = kind;
    estimate->metric.guest = estimate->metric.workload = -1;
    estimate->metric.value = mean;
    return estimate;
}

static void add_of_workload(struct experiment_result *result, enum metric_kind kind, double mean) {
    struct estimate *estimate = add(result, kind, mean);
    estimate->metric.guest = estimate->metric.workload = 0;
}

static void add_named(struct experiment_result *result, enum metric_kind kind, const char *domain, const char *category,
                      double mean) {
    struct estimate *estimate = add(result, kind, mean);
    snprintf(estimate->metric.domain, sizeof estimate->metric.domain, "%s", domain);
    snprintf(estimate->metric.category, sizeof estimate->metric.category, "%s", category);
}

static void fill_result(struct experiment_result *result, double pps) {
    *result = (struct experiment_result){.replications = 5,
                                         .seed = 7,
                                         .warmup = SIM_MS,
                                         .conserved = true,
                                         .littles_law_error = 1e-4,
                                         .events = 1000000,
                                         .simulated_s = 5,
                                         .wall_s = 0.5};
    result->estimates = calloc(32, sizeof *result->estimates);
    result->charges = calloc(4, sizeof *result->charges);
    result->resources = calloc(2, sizeof *result->resources);
    result->bounds = calloc(1, sizeof *result->bounds);
    add_of_workload(result, METRIC_PPS, pps);
    add_of_workload(result, METRIC_THROUGHPUT, pps * 8 * 18);
    add_of_workload(result, METRIC_LATENCY_MEAN, 40 / pps);
    add_of_workload(result, METRIC_LATENCY_P99, 90 / pps);
    add_of_workload(result, METRIC_LOST_BACKEND, 1000);
    add_named(result, METRIC_CPU_CORES, "dom0", "", 0.97);
    add_named(result, METRIC_CPU_SHARE, "dom0", "netback", 0.6);
    add_named(result, METRIC_CPU_SHARE, "dom0", "bridge", 0.4);
    add_named(result, METRIC_EXITS, "", "", 5000);
    add_named(result, METRIC_EXITS_BY_REASON, "", "hlt", 4000);
    add(result, METRIC_HYPERCALLS, 12000);
    result->charge_count = 2;
    result->charges[0] = (struct step_charge){0, 0, "guest", "socket", "socket", 900};
    result->charges[1] = (struct step_charge){0, 0, "dom0", "netback", "netback", 4e9 / pps};
    result->resource_count = 2;
    result->resources[0] = (struct resource_use){"dom0/netback0", 0.99};
    result->resources[1] = (struct resource_use){"web/vcpu0", 0.55};
    result->bound_count = 1;
    result->bounds[0] = (struct bound){0, 0, pps * 1.1, 12e-6, "dom0/netback0"};
}

static struct scenario *new_scenario(enum mode mode) {
    struct scenario *scenario = calloc(1, sizeof *scenario);
    cr_assert(scenario != NULL);
    snprintf(scenario->name, sizeof scenario->name, "small packets, \"made up\"");
    snprintf(scenario->file, sizeof scenario->file, "made-up.yaml");
    snprintf(scenario->model.host.name, sizeof scenario->model.host.name, "host");
    snprintf(scenario->model.host.costs.name, sizeof scenario->model.host.costs.name, "costs");
    scenario->model.servers = scenario->model.guest_count = scenario->file_guest_count = 1;
    struct guest_config *guest = &scenario->model.guests[0];
    snprintf(guest->name, sizeof guest->name, "web");
    guest->has_instance = true;
    snprintf(guest->instance.name, sizeof guest->instance.name, "c3.8xlarge");
    guest->mode = mode;
    guest->vcpus = guest->queues = 2;
    guest->clock_hz = 2.8e9;
    guest->workload_count = 1;
    guest->workloads[0] = (struct workload_config){.name = "flood", .frame_bytes = 64, .flows = 1};
    scenario->run = (struct run_config){.duration = SIM_S, .replications = 5, .seed = 7};
    return scenario;
}

void made_up_init(struct made_up *made_up) {
    made_up->scenario = new_scenario(MODE_PV);
    fill_result(&made_up->result, 2e6);
    snprintf(made_up->setting.path, sizeof made_up->setting.path, "guests[0].workloads[0].frame");
    snprintf(made_up->setting.value, sizeof made_up->setting.value, "64 B");
    made_up->report = (struct report){"1.2.3", made_up->scenario, &made_up->setting, 1, 0xabc, &made_up->result};
}

void made_up_free(struct made_up *made_up) {
    experiment_result_free(&made_up->result);
    free(made_up->scenario);
}

void made_up_comparison(struct comparison *comparison) {
    static const enum mode modes[] = {MODE_PV, MODE_HVM, MODE_SRIOV};
    comparison->base = new_scenario(MODE_PV);
    comparison->count = 3;
    comparison->points = calloc(3, sizeof *comparison->points);
    cr_assert(comparison->points != NULL);
    for (int i = 0; i < 3; i++) {
        struct comparison_point *point = &comparison->points[i];
        point->mode = mode_info(modes[i])->name;
        point->settings = calloc(1, sizeof *point->settings);
        point->setting_count = 1;
        snprintf(point->settings[0].path, sizeof point->settings[0].path, "guests[0].mode");
        snprintf(point->settings[0].value, sizeof point->settings[0].value, "%s", point->mode);
        snprintf(point->instance, sizeof point->instance, "c3.8xlarge");
        if (modes[i] == MODE_HVM) {
            snprintf(point->reason, sizeof point->reason, "it was made up that it does not exist");
            continue;
        }
        point->scenario = new_scenario(modes[i]);
        fill_result(&point->result, modes[i] == MODE_PV ? 4e5 : 2e6);
        point->ran = true;
    }
}

/* The scenarios are plain memory here, which scenario_free must not be given. */
void made_up_comparison_free(struct comparison *comparison) {
    for (int i = 0; i < comparison->count; i++) {
        experiment_result_free(&comparison->points[i].result);
        free(comparison->points[i].scenario);
        free(comparison->points[i].settings);
    }
    free(comparison->points);
    free(comparison->base);
}

char *written(enum iop_status (*write)(const struct report *report, FILE *out, struct diag *diag),
              const struct report *report) {
    char *text = NULL;
    size_t size = 0;
    struct diag diag = {""};
    FILE *out = open_memstream(&text, &size);
    cr_assert(out != NULL);
    cr_assert_eq(write(report, out, &diag), IOP_OK, "%s", diag.message);
    fclose(out);
    return text;
}
