/* The two levels agree: what a fleet of one host delivers is what its packets, simulated one by one, deliver.
 *
 * The probes measure one traffic at a time; here several instances, modes and traffics meet on the host. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "analysis/experiment.h"
#include "analysis/fleet_zoom.h"
#include "fleet_fixture.h"

static const double agreed = 0.05;

static double packets_of(const struct experiment_result *result, const struct model_config *model,
                         const char *traffic) {
    double sum = 0;
    for (int i = 0; i < result->estimate_count; i++) {
        const struct metric *metric = &result->estimates[i].metric;
        if (metric->workload < 0 || (metric->kind != METRIC_PPS && metric->kind != METRIC_IOPS)) continue;
        const char *name = model->guests[metric->guest].workloads[metric->workload].name;
        if (strcmp(name, traffic) == 0 && !isnan(result->estimates[i].over.mean)) sum += result->estimates[i].over.mean;
    }
    return sum;
}

static double fluid_of(const struct fleet_trial *trial, int traffic) {
    double sum = 0;
    for (int i = 0; i < trial->scenario->fleet.flow_count; i++)
        if (trial->scenario->fleet.flows[i].traffic == traffic)
            sum += trial->result.flows[i].units / trial->result.duration_s;
    return sum;
}

static void expect_agreement(const char *host, const char *instances, const char *traffic) {
    struct fleet_trial trial;
    struct experiment_result result;
    struct diag diag = {""};
    const struct crew crew = {.jobs = 1};
    fleet_trial_read(&trial, host, 1, instances, traffic);
    fleet_trial_probe(&trial, NULL, 1);
    fleet_trial_run(&trial);
    struct scenario *zoom = fleet_zoom(trial.scenario, &trial.result, 0, &diag);
    cr_assert_not_null(zoom, "%s", diag.message);
    cr_assert_eq(experiment_run(&zoom->model, &zoom->run, &crew, &result, &diag), IOP_OK, "%s", diag.message);
    const struct fleet *fleet = &trial.scenario->fleet;
    for (int t = 0; t < fleet->traffic_count; t++) {
        double fluid = fluid_of(&trial, t), packets = packets_of(&result, &zoom->model, fleet->traffics[t].name);
        cr_assert_gt(packets, 0);
        cr_expect_lt(fabs(fluid / packets - 1), agreed, "%s: %g of the fleet, %g packets", fleet->traffics[t].name,
                     fluid, packets);
    }
    experiment_result_free(&result);
    scenario_free(zoom);
    fleet_trial_free(&trial);
}

#define UDP(name, from, to, frame, offered)                                                         \
    "{name: " name ", from: " from ", to: " to ", workload: {kind: udp-stream, frame: " frame " B}" \
    ", offered: " offered "}"

Test(fleet_levels, pv_guests_that_fill_netback) {
    expect_agreement("ec2-gen1", "[{name: a, count: 3, guest: {instance: m1.large, mode: pv}}]",
                     "[" UDP("out", "a", "outside", "200", "100 kpps") "]");
}

Test(fleet_levels, pv_guests_that_send_and_receive) {
    expect_agreement(
        "ec2-gen1", "[{name: a, count: 2, guest: {instance: m1.large, mode: pv}}]",
        "[" UDP("out", "a", "outside", "200", "30 kpps") "," UDP("in", "outside", "a", "200", "25 kpps") "]");
}

Test(fleet_levels, pvhvm_guests_that_fill_dom0) {
    expect_agreement("ec2-ivybridge",
                     "[{name: a, count: 8, guest: {instance: c3.large, mode: pvhvm, kernel: \"3.10\"}}]",
                     "[" UDP("out", "a", "outside", "256", "200 kpps") "]");
}

Test(fleet_levels, pvhvm_streams_of_tcp) {
    expect_agreement("ec2-ivybridge",
                     "[{name: a, count: 4, guest: {instance: c3.2xlarge, mode: pvhvm, kernel: \"3.10\"}}]",
                     "[{name: bulk, from: a, to: outside, workload: {kind: tcp-stream}}]");
}

Test(fleet_levels, emulated_devices) {
    expect_agreement("ec2-ivybridge", "[{name: a, count: 3, guest: {instance: c3.large, mode: hvm, kernel: \"3.10\"}}]",
                     "[" UDP("out", "a", "outside", "200", "100 kpps") "]");
}

Test(fleet_levels, virtual_functions_that_send) {
    expect_agreement("ec2-ivybridge",
                     "[{name: a, count: 4, guest: {instance: c3.2xlarge, mode: sriov, kernel: \"3.10\"}}]",
                     "[" UDP("out", "a", "outside", "64", "1.5 Mpps") "]");
}

Test(fleet_levels, virtual_functions_that_receive) {
    expect_agreement("ec2-ivybridge",
                     "[{name: a, count: 2, guest: {instance: c3.4xlarge, mode: sriov, kernel: \"3.10\"}}]",
                     "[" UDP("in", "outside", "a", "200", "1.2 Mpps") "]");
}

Test(fleet_levels, virtual_functions_beside_netfront) {
    expect_agreement(
        "ec2-ivybridge",
        "[{name: a, count: 2, guest: {instance: c3.2xlarge, mode: sriov, kernel: \"3.10\"}},"
        " {name: b, count: 3, guest: {instance: c3.2xlarge, mode: pvhvm, kernel: \"3.10\"}}]",
        "[" UDP("large", "a", "outside", "1518", "400 kpps") "," UDP("small", "b", "outside", "200", "150 kpps") "]");
}

Test(fleet_levels, nitro_cards) {
    expect_agreement("nitro-skylake",
                     "[{name: a, count: 3, guest: {instance: c5.2xlarge, mode: nitro, kernel: \"4.14\"}}]",
                     "[" UDP("out", "a", "outside", "200", "1.5 Mpps") "]");
}

Test(fleet_levels, virtio_in_qemu) {
    expect_agreement("kvm-lab", "[{name: a, count: 2, guest: {vcpus: 2, mode: virtio, kernel: \"3.10\"}}]",
                     "[" UDP("in", "outside", "a", "200", "500 kpps") "]");
}

Test(fleet_levels, vhost_threads) {
    expect_agreement("kvm-lab", "[{name: a, count: 3, guest: {vcpus: 2, mode: vhost, kernel: \"3.10\"}}]",
                     "[" UDP("out", "a", "outside", "200", "600 kpps") "]");
}

Test(fleet_levels, disks_of_the_host) {
    expect_agreement("ec2-ivybridge",
                     "[{name: a, count: 4, guest: {instance: c3.2xlarge, mode: pvhvm, kernel: \"3.10\"}}]",
                     "[{name: reads, from: a, workload: {kind: block, disk: i2-ssd, read: 100 %, size: 4 KiB, depth: "
                     "16}}]");
}
