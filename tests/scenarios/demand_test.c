/* Demands: what their files say, what is wrong with them, and the scenarios that are made of them. */
#include "scenarios/demand.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenarios/fixture.h"

static void use_source_tree(void) {
    lab_setup();
    setenv("IOPATH_DATA", source_folder(), 1);
}

TestSuite(demand, .init = use_source_tree, .fini = lab_teardown);

#define STREAM "name: d\nworkload: {kind: udp-stream, frame: 125 B, rate: 1 Gbit/s}\n"
#define READS  "name: d\nworkload: {kind: block, rate: 1 kIOPS}\n"

static struct demand *demand_of(const char *text) {
    struct diag diag = {0};
    write_text("d.yaml", text);
    struct demand *demand = demand_load("d.yaml", NULL, 0, &diag);
    cr_assert_not_null(demand, "%s", diag.message);
    return demand;
}

static void refused(const char *text, const char *wanted) {
    struct diag diag = {0};
    write_text("d.yaml", text);
    cr_expect_null(demand_load("d.yaml", NULL, 0, &diag), "%s", text);
    cr_expect_str_eq(diag.message, wanted);
}

static struct instance_type type_of(const char *name) {
    struct instance_type type;
    cr_assert_eq(catalog_instance(name, &type, NULL), IOP_OK);
    return type;
}

static struct scenario *scenario_for(const struct demand *demand, const char *name, enum mode mode) {
    struct diag diag = {0};
    struct instance_type type = type_of(name);
    struct scenario *scenario = demand_scenario(demand, &type, mode, &diag);
    cr_assert_not_null(scenario, "%s", diag.message);
    return scenario;
}

Test(demand, has_defaults_for_all_but_the_workload) {
    struct demand *demand = demand_of(STREAM);
    cr_expect_eq(demand_growth(demand), 1);
    cr_expect_eq(demand->headroom, 0);
    cr_expect_eq(demand->objective_count, 0);
    cr_expect_eq(demand->mode_count, 0);
    cr_expect_eq(demand->type_count, 91, "all that there are");
    cr_expect_str_eq(demand->prices.name, "ec2-2017");
    demand_free(demand);
}

Test(demand, is_read_whole) {
    struct demand *demand = demand_of(STREAM "growth: 20 %\nyears: 2\nheadroom: 25 %\n"
                                             "objective: {lost: 0.1 %, latency_p99: 1 ms}\n"
                                             "instances: [c3.*, m1.small]\nmodes: [sriov, pv]\nprices: ec2-2014\n"
                                             "run: {duration: 20 ms, seed: 7, uncertainty: 9}\n");
    cr_expect_float_eq(demand_growth(demand), 1.44, 1e-12);
    cr_expect_eq(demand->headroom, 0.25);
    cr_assert_eq(demand->objective_count, 2);
    cr_expect_str_eq(demand->objectives[0].metric, "latency_p99");
    cr_expect_eq(demand->objectives[0].most, 1e-3);
    cr_expect_str_eq(demand->objectives[1].metric, "lost");
    cr_expect_float_eq(demand->objectives[1].most, 1e-3, 1e-15);
    cr_assert_eq(demand->type_count, 6);
    cr_expect_str_eq(demand->types[5].name, "m1.small");
    cr_expect(demand->mode_count == 2 && demand->modes[0] == MODE_SRIOV && demand->modes[1] == MODE_PV);
    cr_expect_str_eq(demand->prices.name, "ec2-2014");
    cr_expect_eq(demand->run.seed, 7);
    cr_expect_eq(demand->run.uncertainty, 9);
    demand_free(demand);
}

Test(demand, settings_replace_values) {
    struct setting setting;
    cr_assert_eq(setting_parse("objective.latency_p50=5 us", &setting, NULL), IOP_OK);
    write_text("d.yaml", STREAM);
    struct demand *demand = demand_load("d.yaml", &setting, 1, NULL);
    cr_assert_not_null(demand);
    cr_expect_eq(demand->objectives[0].most, 5e-6);
    demand_free(demand);
}

Test(demand, mistakes_are_named_where_they_stand) {
    refused("name: d\n", "d.yaml:1:1: 'workload' is missing: what all instances together carry today: a workload of a "
                         "scenario, with a rate");
    refused("name: d\nworkload: {kind: udp-stream}\n",
            "d.yaml:2:11: workload: 'rate' is missing: what all instances together must carry");
    refused("name: d\nworkload: {kind: http, rate: max}\n",
            "d.yaml:2:30: workload.rate: 'max' is no load that could be planned for; expected a rate such as 5 Mpps");
    refused("name: d\nworkload: {kind: tcp-stream, rate: 1 Gbit/s}\n",
            "d.yaml:2:18: workload.kind: 'tcp-stream' has no rate that could be planned for; allowed are udp-stream, "
            "udp-rr, tcp-rr, http, and block without a file");
    refused("name: d\nworkload: {kind: udp-stram, rate: 1 Gbit/s}\n",
            "d.yaml:2:18: workload.kind: 'udp-stram' is not a kind of workload; did you mean 'udp-stream'?");
    refused(STREAM "instances: [c3.lrage]\n",
            "d.yaml:3:13: instances[0]: 'c3.lrage' is not an instance type; did you mean 'c3.large'?");
    refused(STREAM "instances: [c9.*]\n",
            "d.yaml:3:13: instances[0]: no instance type is meant by 'c9.*'; 'iopath list "
            "instances' shows them all");
    refused(STREAM "modes: [sriv]\n", "d.yaml:3:9: modes[0]: 'sriv' is not a mode; did you mean 'sriov'?");
    refused(STREAM "modes: [pv, pv]\n", "d.yaml:3:13: modes[1]: 'pv' stands here twice");
    refused(STREAM "prices: ec2-2015\n",
            "d.yaml:3:9: prices: 'ec2-2015' is not a price list; did you mean 'ec2-2014'?");
    refused(STREAM "objective: {latency_p98: 1 ms}\n",
            "d.yaml:3:13: objective: 'latency_p98' is not a key of a demand's objective; did you mean 'latency_p99'?");
    refused(STREAM "growth: 20\n", "d.yaml:3:9: growth: '20' has no unit; expected a percentage (%)");
    refused(STREAM "guest: {mode: pv}\n", "d.yaml:3:9: guest: 'mode' follows from the demand; leave it out");
}

Test(demand, prices_of_ones_own_lie_beside_it) {
    cr_assert_eq(system("mkdir -p sub && printf 'instance,hour\\nc3.large,3\\n' > sub/own.csv"), 0);
    write_text("sub/d.yaml", STREAM "prices: own.csv\n");
    struct diag diag = {0};
    struct demand *demand = demand_load("sub/d.yaml", NULL, 0, &diag);
    cr_assert_not_null(demand, "%s", diag.message);
    cr_expect_eq(prices_find(&demand->prices, "c3.large"), 3);
    demand_free(demand);
}

/* 1 Gbit/s in frames of 125 B. */
Test(demand, makes_a_scenario_of_one_instance_with_the_whole_load) {
    struct demand *demand = demand_of(STREAM "guest: {kernel: '3.2', queues: 1}\n"
                                             "neighbours: [{name: other, count: 3, vcpus: 1, mode: pv}]\n"
                                             "run: {duration: 20 ms}\n");
    struct scenario *scenario = scenario_for(demand, "c3.8xlarge", MODE_PV);
    const struct guest_config *guest = &scenario->model.guests[0];
    cr_expect_str_eq(scenario->model.host.name, "ec2-ivybridge");
    cr_expect_str_eq(guest->instance.name, "c3.8xlarge");
    cr_expect_eq(guest->mode, MODE_PV);
    cr_expect_str_eq(guest->kernel, "3.2");
    cr_expect_float_eq(guest->workloads[0].rate_pps, 1e6, 1e-6);
    cr_expect_eq(scenario->model.guest_count, 4);
    cr_expect_eq(scenario->run.duration, 20 * SIM_MS);
    scenario_free(scenario);
    demand_free(demand);
}

Test(demand, plans_with_what_lasts) {
    struct demand *spent = demand_of(STREAM), *full = demand_of(STREAM "guest: {network_credits: full}\n");
    struct scenario *lasting = scenario_for(spent, "t2.micro", MODE_PVHVM);
    struct scenario *bursting = scenario_for(full, "m5.large", MODE_NITRO);
    cr_expect(lasting->model.guests[0].network_credits_spent);
    cr_expect_eq(lasting->model.guests[0].cpu_credits, 0);
    cr_expect_not(bursting->model.guests[0].network_credits_spent);
    scenario_free(lasting);
    scenario_free(bursting);
    demand_free(spent);
    demand_free(full);
}

static double read_rate_of_disk(const struct demand *demand, const char *type) {
    struct scenario *scenario = scenario_for(demand, type, MODE_PVHVM);
    const struct model_config *model = &scenario->model;
    double iops = model->host.disks[model->guests[0].workloads[0].disk].read_iops;
    scenario_free(scenario);
    return iops;
}

Test(demand, gives_types_their_disks) {
    struct demand *demand = demand_of(READS "disks:\n- {instances: i3.xlarge, disk: i3-nvme-xlarge}\n"
                                            "- {instances: i3.*, disk: i3-nvme}\n");
    cr_expect_lt(read_rate_of_disk(demand, "i3.xlarge"), read_rate_of_disk(demand, "i3.2xlarge"));
    struct diag diag = {0};
    struct instance_type type = type_of("c3.large");
    cr_expect_null(demand_scenario(demand, &type, MODE_PV, &diag));
    cr_expect_str_eq(diag.message, "d.yaml:2:11: workload: 'disk' is missing: a block workload needs one");
    demand_free(demand);
}

Test(demand, what_is_wrong_with_a_guest_is_reported_in_its_file) {
    struct demand *demand = demand_of(STREAM "guest:\n  kernle: '3.2'\n");
    struct diag diag = {0};
    struct instance_type type = type_of("c3.large");
    cr_expect_null(demand_scenario(demand, &type, MODE_PV, &diag));
    cr_expect_str_eq(diag.message, "d.yaml:4:3: guest: 'kernle' is not a key of a guest; did you mean 'kernel'?");
    demand_free(demand);
}

static void expect_modes(const char *name, const enum mode *expected, int count) {
    struct demand *demand = demand_of(STREAM);
    struct instance_type type = type_of(name);
    struct host_config *host = host_new();
    enum mode modes[MODE_COUNT];
    cr_assert_eq(catalog_host(type.host, host, NULL), IOP_OK);
    cr_assert_eq(demand_modes(demand, &type, host, modes), count, "%s", name);
    for (int i = 0; i < count; i++) cr_expect_eq(modes[i], expected[i], "%s: %d", name, i);
    free(host);
    demand_free(demand);
}

Test(demand, tries_the_modes_in_which_a_type_is_sold) {
    expect_modes("m1.small", (const enum mode[]){MODE_PV}, 1);
    expect_modes("c3.large", (const enum mode[]){MODE_PV, MODE_PVHVM, MODE_SRIOV}, 3);
    expect_modes("c4.large", (const enum mode[]){MODE_PVHVM, MODE_SRIOV}, 2);
    expect_modes("c5.large", (const enum mode[]){MODE_NITRO}, 1);
    expect_modes("m5.metal", (const enum mode[]){MODE_NATIVE}, 1);
}

/* scenarios/plan: every file is a demand that at least one type can be planned for, and no scenario. */
Test(demand, that_ship_make_scenarios) {
    struct name_list demands, scenarios;
    struct diag diag = {0};
    cr_assert_eq(catalog_names("demands", &demands, &diag), IOP_OK, "%s", diag.message);
    cr_assert_eq(catalog_names("scenarios", &scenarios, &diag), IOP_OK, "%s", diag.message);
    cr_assert_gt(demands.count, 1);
    for (int i = 0; i < demands.count; i++) {
        struct demand *demand = demand_load(demands.names[i], NULL, 0, &diag);
        cr_assert_not_null(demand, "%s", diag.message);
        struct host_config *host = host_new();
        enum mode modes[MODE_COUNT];
        const struct instance_type *type = &demand->types[0];
        cr_assert_eq(catalog_host(type->host, host, NULL), IOP_OK);
        cr_assert_gt(demand_modes(demand, type, host, modes), 0);
        struct scenario *scenario = demand_scenario(demand, type, modes[0], &diag);
        cr_expect_not_null(scenario, "%s", diag.message);
        scenario_free(scenario);
        free(host);
        demand_free(demand);
        for (int s = 0; s < scenarios.count; s++) cr_expect_str_neq(scenarios.names[s], demands.names[i]);
    }
    names_free(&demands);
    names_free(&scenarios);
}

static int per_host(const char *text, const char *name, struct diag *diag) {
    struct demand *demand = demand_of(text);
    struct instance_type type = type_of(name);
    int count = 0;
    enum iop_status status = demand_per_host(demand, &type, &count, diag);
    demand_free(demand);
    return status == IOP_OK ? count : -1;
}

/* ec2-ivybridge: 2 x 10 cores of 2 threads, of which dom0 has some. */
Test(demand, as_many_instances_share_a_host_as_its_cpus_have_room_for) {
    struct diag diag = {0};
    struct host_config *host = host_new();
    cr_assert_eq(catalog_host("ec2-ivybridge", host, NULL), IOP_OK);
    int room = 40 - host->dom0.vcpus;
    free(host);
    cr_expect_eq(per_host(STREAM, "c3.large", &diag), 1);
    cr_expect_eq(per_host(STREAM "per_host: full\n", "c3.large", &diag), room / 2);
    cr_expect_eq(per_host(STREAM "per_host: full\n", "c3.8xlarge", &diag), 1);
    cr_expect_eq(per_host(STREAM "per_host: 3\n", "c3.large", &diag), 3);
    cr_expect_eq(per_host(STREAM "per_host: 3\n", "c3.8xlarge", &diag), -1);
    cr_expect_str_eq(diag.message, "3 of them do not fit on its host, which has room for 1");
    refused(STREAM "per_host: 1.5\n", "d.yaml:3:11: per_host: '1.5' is not a whole number of instances");
    refused(STREAM "per_host: fll\n",
            "d.yaml:3:11: per_host: 'fll' is not a number of instances; allowed are full or a whole number");
}

Test(demand, instances_that_share_a_host_have_the_same_load) {
    struct demand *demand = demand_of(STREAM "per_host: 3\n");
    struct scenario *scenario = scenario_for(demand, "c3.large", MODE_PV);
    cr_assert_eq(scenario->model.guest_count, 3);
    for (int i = 0; i < 3; i++) cr_expect_float_eq(scenario->model.guests[i].workloads[0].rate_pps, 1e6, 1e-6);
    scenario_free(scenario);
    demand_free(demand);
}
