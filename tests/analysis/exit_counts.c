/* Profilers' counts of exits as observations of costs. */
#include "analysis/exit_counts.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "analysis/fit_parameters.h"
#include "measured.h"
#include "scenarios/catalog.h"

TestSuite(exit_counts, .init = measured_setup, .fini = measured_teardown);

/* In the form of `perf kvm stat report`, made up. */
static const char perf_text[] =
    "\n\nAnalyze events for all VMs, all VCPUs:\n\n"
    "             VM-EXIT    Samples  Samples%     Time%    Min Time    Max Time         Avg time \n\n"
    "                 HLT       2135    51.23%    99.90%      0.44us 1003541.11us   5423.31us ( +-   5.31% )\n"
    "         EOI_INDUCED       1032    24.77%     0.06%      0.50us     31.20us      0.40us ( +-   2.50% )\n"
    "              VMCALL        500    12.00%     0.02%      0.22us     12.00us      0.30us ( +-   1.00% )\n"
    "       EPT_MISCONFIG        400     9.60%     0.02%      0.60us     40.00us      2.40us ( +-   3.00% )\n"
    "       EPT_VIOLATION        100     2.40%     0.00%      0.60us      9.00us      1.10us ( +-    nan% )\n\n"
    "Total Samples:4167, Total events handled time:11581234.00us.\n\n";

static struct exit_counts read_good(const char *text) {
    struct exit_counts counts;
    struct diag diag = {""};
    write_text("exits", text);
    cr_assert_eq(exit_counts_read("exits", &counts, &diag), IOP_OK, "%s", diag.message);
    return counts;
}

Test(exit_counts, reads_what_perf_prints) {
    struct exit_counts counts = read_good(perf_text);
    cr_assert_eq(counts.count, 5);
    cr_expect_str_eq(counts.counts[0].reason, "HLT");
    cr_expect_eq(counts.counts[0].samples, 2135);
    cr_expect(counts.counts[0].with_sleep && !counts.counts[1].with_sleep);
    cr_expect_float_eq(counts.counts[0].mean_s, 5423.31e-6, 1e-12);
    cr_expect_float_eq(counts.counts[0].error, 0.0531, 1e-12);
    cr_expect_eq(counts.counts[1].line, 8);
    cr_expect_eq(counts.counts[4].error, 0);
    exit_counts_free(&counts);
}

Test(exit_counts, reads_csv) {
    struct exit_counts counts = read_good("time_s,reason,samples,error\n0.002,HLT,1000,0.1\n");
    cr_assert_eq(counts.count, 1);
    cr_expect_float_eq(counts.counts[0].mean_s, 2e-6, 1e-15);
    cr_expect_not(counts.counts[0].with_sleep);
    cr_expect_float_eq(counts.counts[0].error, 0.1, 1e-12);
    exit_counts_free(&counts);
}

static enum iop_status observe(struct exit_counts *counts, const char *names, struct calibration_data *data,
                               struct diag *diag) {
    struct cost_set base;
    struct cost_space parameters;
    *data = (struct calibration_data){0};
    cr_assert_eq(catalog_costs("ec2-ivybridge", &base, NULL), IOP_OK);
    cr_assert_eq(fit_parameters_parse(names, &base, &parameters, NULL), IOP_OK);
    return exit_counts_observe(counts, &base, &parameters, data, diag);
}

/* 0.4 us and 780 cycles of hardware at 2.8 GHz; the rest is left out, with the reason. */
Test(exit_counts, observes_what_is_fitted) {
    struct exit_counts counts = read_good(perf_text);
    struct calibration_data data;
    struct diag diag = {""};
    cr_assert_eq(observe(&counts, "exit.eoi,exit.hlt,exit.ioreq,exit.ioeventfd", &data, &diag), IOP_OK);
    cr_assert_eq(data.count, 1);
    cr_expect_float_eq(data.rows[0].measured, 0.4e-6 + 780 / 2.8e9, 1e-15);
    cr_expect(data.rows[0].cost_count == 1 && data.rows[0].costs[0] == COST_EXIT_EOI);
    cr_expect_str_eq(data.rows[0].id, "exits:8");
    cr_expect_str_eq(counts.counts[0].unused, "the time that the vCPU sleeps is in it");
    cr_expect_str_eq(counts.counts[1].unused, "");
    cr_expect_str_eq(counts.counts[2].unused, "hypercall.hvm is not fitted");
    cr_expect_str_eq(counts.counts[3].unused, "it counts exit.ioeventfd and exit.ioreq together; fit one of them");
    cr_expect_str_eq(counts.counts[4].unused, "the model has no cost for it");
    calibration_data_free(&data);
    exit_counts_free(&counts);
}

Test(exit_counts, a_time_may_be_that_of_several_costs) {
    struct exit_counts counts = read_good(perf_text);
    struct calibration_data data;
    cr_assert_eq(observe(&counts, "exit.ioreq", &data, NULL), IOP_OK);
    cr_assert(data.count == 1 && data.rows[0].cost_count == 3);
    calibration_data_free(&data);
    exit_counts_free(&counts);
}

Test(exit_counts, that_measure_nothing_of_the_fit_are_refused) {
    struct exit_counts counts = read_good(perf_text);
    struct calibration_data data;
    struct diag diag = {""};
    cr_expect_eq(observe(&counts, "netback.tx", &data, &diag), IOP_INVALID);
    cr_expect_str_eq(diag.message, "exits: no exit in it measures a cost to fit; HLT: exit.hlt is not fitted");
    calibration_data_free(&data);
    exit_counts_free(&counts);
}

/* exit.eoi becomes what perf and the hardware take, beside a fit of rates. */
Test(exit_counts, are_rows_of_the_fit) {
    const struct measurement rows[] = {{"guests[web].workloads[flood].pps", "pps", "", 1.02}};
    measure("own.csv", "[]", rows, 1);
    write_text("perf.txt", "VM-EXIT Samples Samples% Time% Min Time Max Time Avg time\n"
                           "EOI_INDUCED 10 1% 1% 0.1us 0.9us 0.36us ( +- 1.0% )\nTotal Samples:10\n");
    struct fit_of fit = {.names = "exit.eoi,driver.tx", .exits = "perf.txt"};
    fit_own(&fit, IOP_OK);
    cr_expect_float_eq(fitted(&fit, COST_EXIT_EOI)->after, 780 + 0.36e-6 * 2.8e9, 5);
    cr_expect_lt(fit.calibration.after.rms, 0.005);
    fit_free(&fit);
}

static void refused(const char *text, const char *wanted) {
    struct exit_counts counts;
    struct diag diag = {""};
    write_text("exits", text);
    cr_expect_eq(exit_counts_read("exits", &counts, &diag), IOP_INVALID);
    cr_expect(strncmp(diag.message, wanted, strlen(wanted)) == 0, "%s", diag.message);
    cr_expect_eq(counts.count, 0);
}

#define HEADING "VM-EXIT Samples Samples% Time% Avg time\n"

Test(exit_counts, mistakes_are_named) {
    refused("nothing of the kind\n", "exits: neither the table of `perf kvm stat report`");
    refused(HEADING "HLT many 1% 1% 1us\n", "exits:2: 'HLT many 1% 1% 1us ' is no line of `perf kvm stat report`");
    refused(HEADING "HLT 12 1% 1%\n", "exits:2: 'HLT 12 1% 1% ' is no line of");
    refused(HEADING "HLT 12 1us\nhlt 12 1us\n", "exits:3: 'hlt' stands here twice, first in line 2");
    refused("reason,samples\nHLT,1\n", "exits:1: the column 'time_s' is missing");
    refused("reason,samples,time_s\nHLT,1,-3\n", "exits:2:7: '-3' is not a number of at least 0");
    refused("reason,samples,time_s\n", "exits: there are no exits in it");
}
