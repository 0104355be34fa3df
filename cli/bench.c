/* iopath bench: how fast this build is on this machine. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analysis/json_write.h"
#include "analysis/table.h"
#include "analysis/units.h"
#include "cli/bench_kernel.h"
#include "cli/command.h"
#include "cli/support.h"
#include "models/model.h"

enum { PATH_COUNT = 5, FRAME_BYTES = 64 };
static const double wall_goal = 1.0;  /* seconds of a path */
static const double longest = 1000.0; /* simulated seconds: enough for any machine */

struct path_bench {
    enum mode mode;
    bool available;
    double packets_per_s, events_per_packet;
};

static double wall_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double delivered(const struct run_result *result, double seconds) {
    double pps = 0;
    for (int i = 0; i < result->metric_count; i++)
        if (result->metrics[i].kind == METRIC_PPS) pps += result->metrics[i].value;
    return pps * seconds;
}

/* Runs `duration` once and returns the wall-clock seconds it took, set-up not included; negative on failure. */
static double timed_run(const struct model_config *config, double duration, struct run_result *result,
                        struct diag *diag) {
    struct model *model = model_new(config, 1, 1, diag);
    if (model == NULL) return -1;
    double start = wall_clock();
    enum iop_status status = model_run(model, 0, sim_time_of(duration), result, diag);
    double took = wall_clock() - start;
    model_free(model);
    return status == IOP_OK ? took : -1;
}

/* Lengthens the run until it takes about the time asked for. */
static enum iop_status bench_path(const struct model_config *config, struct path_bench *bench, struct diag *diag) {
    struct run_result *result = malloc(sizeof *result);
    if (result == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    double duration = 0.01, took = 0;
    for (int attempt = 0; attempt < 8 && took < wall_goal / 2 && duration < longest; attempt++) {
        if (took > 0) duration *= took < wall_goal / 50 ? 20 : wall_goal / took;
        took = timed_run(config, duration, result, diag);
        if (took < 0) break;
    }
    double packets = took >= 0 ? delivered(result, duration) : 0;
    if (packets > 0 && took > 0) {
        bench->available = true;
        bench->packets_per_s = packets / took;
        bench->events_per_packet = (double)result->events / packets;
    }
    free(result);
    return took < 0 ? diag_set(diag, IOP_INVALID, "the model could not be run") : IOP_OK;
}

/* One guest of the tutorial's size that sends 64-byte frames as fast as it can. */
static enum iop_status bench_mode(struct path_bench *bench, struct diag *diag) {
    struct setting settings[] = {
        {"guests[0].mode", ""}, {"guests[0].workloads[0].frame", "64 B"}, {"guests[0].workloads[0].rate", "max"}};
    snprintf(settings[0].value, sizeof settings[0].value, "%s", mode_info(bench->mode)->name);
    char file[TEXT_MAX];
    enum iop_status status = scenario_file("tutorial/01-first-run.yaml", file, sizeof file, diag);
    if (status != IOP_OK) return status;
    struct scenario *scenario = scenario_load(file, settings, 3, NULL);
    if (scenario == NULL) return IOP_OK; /* the mode is not sold on that type: nothing to measure */
    status = bench_path(&scenario->model, bench, diag);
    scenario_free(scenario);
    return status;
}

static enum iop_status bench_json(const struct kernel_bench *kernel, int kernel_count, const struct path_bench *paths,
                                  FILE *out, struct diag *diag) {
    json_t *root = json_object(), *rows = json_array(), *path_rows = json_array();
    for (int i = 0; i < kernel_count; i++)
        json_array_append_new(rows, json_pack("{s:s, s:i, s:f, s:f, s:f}", "workload", kernel[i].workload, "pending",
                                              kernel[i].pending, "events_per_s", kernel[i].events_per_s,
                                              "plain_events_per_s", kernel[i].plain_events_per_s, "ratio",
                                              kernel[i].events_per_s / kernel[i].plain_events_per_s));
    for (int i = 0; i < PATH_COUNT; i++)
        if (paths[i].available)
            json_array_append_new(path_rows,
                                  json_pack("{s:s, s:s, s:i, s:f, s:f}", "mode", mode_info(paths[i].mode)->name,
                                            "workload", "udp-stream", "frame_bytes", FRAME_BYTES, "packets_per_s",
                                            paths[i].packets_per_s, "events_per_packet", paths[i].events_per_packet));
    int failed = json_object_set_new(root, "kernel", rows) + json_object_set_new(root, "paths", path_rows);
    if (failed == 0) return json_write(root, out, diag);
    json_decref(root);
    return diag_set(diag, IOP_NO_MEMORY, "out of memory while writing JSON");
}

static enum iop_status kernel_table(const struct kernel_bench *kernel, int count, FILE *out, struct diag *diag) {
    static const struct table_column columns[] = {{"workload", "KERNEL", TABLE_LEFT},
                                                  {"pending", "PENDING", TABLE_RIGHT},
                                                  {"events_per_s", "EVENTS/S", TABLE_RIGHT},
                                                  {"plain_events_per_s", "PLAIN LOOP", TABLE_RIGHT},
                                                  {"ratio", "RATIO", TABLE_RIGHT}};
    struct table *table = table_new(columns, 5);
    for (int i = 0; i < count; i++) {
        char own[UNITS_TEXT], plain[UNITS_TEXT], ratio[UNITS_TEXT];
        double quotient = kernel[i].events_per_s / kernel[i].plain_events_per_s;
        snprintf(ratio, sizeof ratio, "%.2f", quotient);
        table_text(table, kernel[i].workload);
        table_count(table, kernel[i].pending);
        table_number(table, kernel[i].events_per_s, units_si(kernel[i].events_per_s, "", own));
        table_number(table, kernel[i].plain_events_per_s, units_si(kernel[i].plain_events_per_s, "", plain));
        table_number(table, quotient, ratio);
    }
    enum iop_status status = table_print(table, 0, out, diag);
    table_free(table);
    return status;
}

static enum iop_status path_table(const struct path_bench *paths, FILE *out, struct diag *diag) {
    static const struct table_column columns[] = {{"mode", "PATH", TABLE_LEFT},
                                                  {"workload", "WORKLOAD", TABLE_LEFT},
                                                  {"packets_per_s", "PACKETS/S", TABLE_RIGHT},
                                                  {"events_per_packet", "EVENTS/PACKET", TABLE_RIGHT}};
    struct table *table = table_new(columns, 4);
    for (int i = 0; i < PATH_COUNT; i++) {
        char rate[UNITS_TEXT], events[UNITS_TEXT];
        if (!paths[i].available) continue;
        snprintf(events, sizeof events, "%.1f", paths[i].events_per_packet);
        table_text(table, mode_info(paths[i].mode)->name);
        table_text(table, "udp-stream 64 B");
        table_number(table, paths[i].packets_per_s, units_si(paths[i].packets_per_s, "", rate));
        table_number(table, paths[i].events_per_packet, events);
    }
    putc('\n', out);
    enum iop_status status = table_print(table, 0, out, diag);
    table_free(table);
    return status;
}

int bench_command(struct options *options) {
    struct diag diag = {""};
    struct kernel_bench kernel[KERNEL_BENCH_MAX];
    struct path_bench paths[PATH_COUNT] = {
        {.mode = MODE_SRIOV}, {.mode = MODE_PV}, {.mode = MODE_HVM}, {.mode = MODE_NATIVE}, {.mode = MODE_PVHVM}};
    enum iop_status status = output_check(options, &diag);
    if (status != IOP_OK) return fail(status, &diag);
    int kernel_count = bench_kernel(kernel, KERNEL_BENCH_MAX);
    for (int i = 0; status == IOP_OK && i < PATH_COUNT; i++) status = bench_mode(&paths[i], &diag);
    if (status != IOP_OK) return fail(status, &diag);
    struct output output;
    status = output_open(&output, options->output, &diag);
    if (status != IOP_OK) return fail(status, &diag);
    if (options->format == FORMAT_JSON) {
        status = bench_json(kernel, kernel_count, paths, output.stream, &diag);
    } else {
        status = kernel_table(kernel, kernel_count, output.stream, &diag);
        if (status == IOP_OK) status = path_table(paths, output.stream, &diag);
    }
    return fail(output_close(&output, status, &diag), &diag);
}
