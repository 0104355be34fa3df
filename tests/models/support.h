/* What the tests of the models share: configurations by hand, runs that must succeed, and metrics by kind. */
#ifndef IOPATH_TESTS_MODELS_SUPPORT_H
#define IOPATH_TESTS_MODELS_SUPPORT_H

#include "models/machine.h"
#include "models/model.h"

/* ---- configurations ---- */

/* One server with the catalog's host, no guests; fails the test when the catalog has none. */
void given_host(struct model_config *config, const char *host);

/* The same without what hides the mechanisms under test: no SMT, no idle states. */
void given_plain_host(struct model_config *config);

/* Adds a guest of 8 vCPUs at the host's clock without a network limit; returns its index. */
int given_guest(struct model_config *config, enum mode mode, int server);

/* Adds a workload: one flow at full speed of `frame_bytes` to the wire; or 1-byte transactions, one at a time. */
struct workload_config *given_stream(struct model_config *config, int guest, enum direction direction, int frame_bytes);
/* A tcp-stream of 64 KiB writes to the wire, as fast as it can. */
struct workload_config *given_tcp_stream(struct model_config *config, int guest, enum direction direction);
/* 4 KiB random reads, one at a time, on a disk that takes `seconds` whatever it does; the guest's disk as a scenario
 * would have it by default. */
struct workload_config *given_block(struct model_config *config, int guest, double seconds);
struct workload_config *given_transactions(struct model_config *config, int guest, enum workload_kind kind);

/* A catalog's instance type in place of the made-up size. */
void given_instance(struct model_config *config, int guest, const char *type);

void set_clock(struct model_config *config, double clock_hz);
void set_cost(struct model_config *config, enum cost cost, double value);
double get_cost(const struct model_config *config, enum cost cost);

/* Multiplies all CPU work: cycles by `factor`, copy rates by its inverse. */
void scale_cpu_work(struct model_config *config, double factor);

/* ---- runs ---- */

enum { WARMUP_MS = 4 };

/* Seed 1, replication 1, a warm-up of 4 ms; fails the test unless every check of the run holds. */
void run_for(const struct model_config *config, sim_time duration, struct run_result *result);
enum iop_status try_run(const struct model_config *config, uint64_t seed, uint32_t replication, sim_time warmup,
                        sim_time duration, struct run_result *result, struct diag *diag);

/* The machines inside, for tests that look or reach into them; seed 1, replication 1. */
struct machine *new_machine(const struct model_config *config);

/* ---- results ---- */

/* Fails the test when there is no such metric. */
double metric_of(const struct run_result *result, enum metric_kind kind, int guest, int workload);
double rate_of(const struct run_result *result, enum metric_kind kind); /* of the whole model */
double cores_of(const struct run_result *result, const char *domain);   /* 0 when it did nothing */
double exits_of(const struct run_result *result, const char *reason);   /* 0 when there were none */
double completed_of(const struct model_config *config, const struct run_result *result, int guest, int workload);
double utilization_of(const struct run_result *result, const char *resource); /* 0 when it was idle */

/* pps of a run of 10 ms: workload 0 of `guest`. */
double pps_of_run(const struct model_config *config, int guest);

/* Runs workload 0 of guest 0, of requests: every check of the model's own, the operational bounds, and some progress.
 */
void expect_block_run(const struct model_config *config, const char *what);

/* Within a relative distance of what is expected. */
bool is_near(double value, double expected, double relative);

#define EXPECT_NEAR(value, expected, relative, ...) \
    cr_expect(is_near((double)(value), (double)(expected), relative), __VA_ARGS__)

/* Bare metal and a NIC passed through have their host to themselves. */
static inline bool takes_whole_host(enum mode mode) { return mode == MODE_NATIVE || mode == MODE_PASSTHROUGH; }

/* dom0 and what it sends come by its NIC; these have no dom0, or none with a NIC. */
static inline bool meets_dom0(enum mode mode) { return !takes_whole_host(mode) && mode != MODE_NITRO; }

#endif
