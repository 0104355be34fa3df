/* Costs fitted to measurements that the simulator made with other costs. */
#include "analysis/calibration.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measured.h"

TestSuite(calibration, .init = measured_setup, .fini = measured_teardown);

#define PPS   "guests[web].workloads[flood].pps"
#define FRAME "guests[web].workloads[flood].frame="
/* 728 and 924 cycles at 2.8 GHz */
#define OTHER "[{name: socket.send, value: 260 ns}, {name: copy.hot, value: 14 GB/s}, {name: driver.tx, value: 330 ns}]"

/* Errors of some thousandths, as measurements have them. */
static const struct measurement rows[] = {
    {PPS, "pps", FRAME "64 B", 1.004},         {PPS, "pps", FRAME "512 B", 0.995},
    {PPS, "pps", FRAME "1024 B", 1.003},       {"cpu[web].share[socket]", "", FRAME "64 B", 0.996},
    {"cpu[web].share[driver]", "", "", 1.004}, {"cpu[web].share[copy]", "", FRAME "1024 B", 1.002},
};
enum { ROWS = sizeof rows / sizeof *rows };

static void expect_inside(const struct fit_of *fit, enum cost cost, double truth) {
    const struct fitted_cost *own = fitted(fit, cost);
    cr_expect_eq(own->state, FIT_DETERMINED);
    cr_expect(own->low <= truth && truth <= own->high, "%s: %g is not in %g to %g", cost_parameter(cost)->name, truth,
              own->low, own->high);
    cr_expect(own->low <= own->after && own->after <= own->high);
    cr_expect_lt(fabs(own->after / truth - 1), 0.03, "%s: %g instead of %g", cost_parameter(cost)->name, own->after,
                 truth);
    cr_expect_lt(own->high / own->low, 1.1);
}

Test(calibration, finds_the_costs_that_the_data_were_made_with) {
    measure("own.csv", OTHER, rows, ROWS);
    struct fit_of fit = {.names = "socket.send,copy.hot,driver.tx"};
    fit_own(&fit, IOP_OK);
    expect_inside(&fit, COST_SOCKET_SEND, 728);
    expect_inside(&fit, COST_COPY_HOT, 14e9);
    expect_inside(&fit, COST_DRIVER_TX, 924);
    cr_expect(fit.calibration.converged);
    cr_expect_eq(fit.calibration.group_count, 0);
    cr_expect_gt(fit.calibration.before.rms, 0.05);
    cr_expect_lt(fit.calibration.after.rms, 0.01);
    fit_free(&fit);
}

Test(calibration, is_the_same_for_any_number_of_threads) {
    measure("own.csv", OTHER, rows, ROWS);
    struct fit_of one = {.names = "socket.send,driver.tx", .jobs = 1}, more = {.names = one.names, .jobs = 3};
    fit_own(&one, IOP_OK);
    fit_own(&more, IOP_OK);
    for (int i = 0; i < 2; i++)
        cr_expect_eq(memcmp(&one.calibration.costs[i], &more.calibration.costs[i], sizeof one.calibration.costs[i]), 0);
    cr_expect_eq(one.calibration.runs, more.calibration.runs);
    fit_free(&one);
    fit_free(&more);
}

/* The rate of one sender is that of the sum of what each packet costs. */
Test(calibration, tells_which_costs_only_the_sum_is_known_of) {
    measure("own.csv", OTHER, rows, 3);
    struct fit_of fit = {.names = "socket.send,driver.tx,copy.hot"};
    fit_own(&fit, IOP_OK);
    const struct fitted_cost *send = fitted(&fit, COST_SOCKET_SEND), *driver = fitted(&fit, COST_DRIVER_TX);
    cr_assert_eq(fit.calibration.group_count, 1);
    cr_expect(send->group == 0 && driver->group == 0 && fitted(&fit, COST_COPY_HOT)->group == -1);
    cr_expect_eq(send->state, FIT_INDISTINCT);
    cr_expect(send->low == send->axis.low && send->high == send->axis.high, "its range stays");
    cr_expect_float_eq(send->after + driver->after, 728 + 924, 30);
    fit_free(&fit);
}

static const struct measurement with_an_absurd_one[] = {
    {PPS, "pps", FRAME "64 B", 1.002},  {PPS, "pps", FRAME "256 B", 0.998}, {PPS, "pps", FRAME "384 B", 1.001},
    {PPS, "pps", FRAME "512 B", 0.3},   {PPS, "pps", FRAME "768 B", 1.002}, {PPS, "pps", FRAME "1024 B", 0.999},
    {PPS, "pps", FRAME "640 B", 1.001},
};

Test(calibration, robust_fit_ignores_an_absurd_row) {
    measure("own.csv", OTHER, with_an_absurd_one, 7);
    struct fit_of plain = {.names = "driver.tx"}, robust = {.names = "driver.tx", .robust = true};
    fit_own(&plain, IOP_OK);
    fit_own(&robust, IOP_OK);
    /* socket.send stays at 616 instead of 728, and the copies' rate: the sum makes up for them */
    cr_expect_gt(fitted(&plain, COST_DRIVER_TX)->after, 1200);
    cr_expect_float_eq(fitted(&robust, COST_DRIVER_TX)->after, 924 + 728 - 616, 80);
    cr_expect_lt(robust.calibration.rows[3].robust_weight, 0.01);
    cr_expect_gt(robust.calibration.rows[1].robust_weight, 0.2);
    cr_expect_eq(plain.calibration.rows[3].robust_weight, 1);
    fit_free(&plain);
    fit_free(&robust);
}

Test(calibration, stays_inside_the_range_and_says_so) {
    const struct measurement slow[] = {{PPS, "pps", FRAME "64 B", 0.5}, {PPS, "pps", FRAME "128 B", 0.5}};
    measure("own.csv", "[]", slow, 2);
    struct fit_of fit = {.names = "socket.send"};
    fit_own(&fit, IOP_OK);
    const struct fitted_cost *send = fitted(&fit, COST_SOCKET_SEND);
    cr_expect(send->at_high && send->ends_at_high && send->after <= send->axis.high);
    cr_expect_float_eq(send->after, send->axis.high, 0.01 * send->axis.high);
    fit_free(&fit);
}

Test(calibration, names_costs_that_no_row_depends_on) {
    measure("own.csv", OTHER, rows, 2);
    struct fit_of fit = {.names = "netback.tx,driver.tx"};
    fit_own(&fit, IOP_OK);
    const struct fitted_cost *unused = fitted(&fit, COST_NETBACK_TX);
    cr_expect_eq(unused->state, FIT_NO_EFFECT);
    cr_expect_eq(unused->after, unused->axis.value);
    cr_expect_eq(fitted(&fit, COST_DRIVER_TX)->state, FIT_DETERMINED);
    fit_free(&fit);
}

/* A scenario that says itself what a cost is keeps it. */
Test(calibration, leaves_a_cost_that_the_scenario_gives) {
    const struct measurement own[] = {{PPS, "pps", "", 1.2}};
    measure("own.csv", "[]", own, 1);
    FILE *file = fopen("s.yaml", "a");
    fputs("costs: [{name: driver.tx, value: 1000 cycles}]\n", file);
    fclose(file);
    struct fit_of fit = {.names = "driver.tx,socket.send"};
    fit_own(&fit, IOP_OK);
    cr_expect_eq(fitted(&fit, COST_DRIVER_TX)->state, FIT_OWN_VALUES);
    cr_expect_eq(fitted(&fit, COST_SOCKET_SEND)->state, FIT_NO_INTERVAL); /* one row, one cost */
    fit_free(&fit);
    struct fit_of alone = {.names = "driver.tx"};
    fit_own(&alone, IOP_INVALID);
    cr_expect_str_eq(alone.diag.message,
                     "no row of the data depends on the cost to fit: the cost sets of the scenarios have values of "
                     "their own, not those of the base");
    fit_free(&alone);
}

/* Two rows that contradict each other: the more precise one is believed, and stated errors are the least there is. */
Test(calibration, errors_of_rows_are_their_weights) {
    write_text("own.csv", "scenario,metric,value,unit,error\n"
                          "s.yaml," PPS ",950,kpps,0.1 %\n"
                          "s.yaml," PPS ",850,kpps,0.1\n"
                          "s.yaml," PPS ",951,kpps,0.001\n");
    struct fit_of fit = {.names = "driver.tx"};
    fit_own(&fit, IOP_OK);
    cr_expect_float_eq(fit.data.rows[0].weight, 1e6, 1e-3);
    cr_expect_float_eq(fit.calibration.rows[0].after, 950e3, 5e3);
    const struct fitted_cost *driver = fitted(&fit, COST_DRIVER_TX);
    /* d log(pps) = -driver.tx / 2950 d log(driver.tx) or so, and 4.3 is Student's for two degrees of freedom */
    cr_expect_gt(driver->high / driver->low, exp(2 * 4.3 * 0.001 / sqrt(2) * 2500 / 1050));
    fit_free(&fit);
    write_text("own.csv", "scenario,metric,value,unit,error,weight\ns.yaml," PPS ",1,Mpps,0.1,1\n");
    struct fit_of both = {.names = "driver.tx"};
    fit_own(&both, IOP_INVALID);
    cr_expect_str_eq(both.diag.message, "own.csv:2: the columns 'weight' and 'error' exclude each other");
}

static int stop(void *user, int done, int total) {
    (void)user, (void)total;
    return done > 0;
}

Test(calibration, can_be_interrupted) {
    measure("own.csv", OTHER, rows, 3);
    struct fit_of fit = {.names = "driver.tx"};
    fit_own(&fit, IOP_OK);
    calibration_free(&fit.calibration);
    const struct crew crew = {.jobs = 2, .progress = stop};
    const struct calibration_request request = {
        .data = &fit.data, .base = &fit.base, .parameters = &fit.parameters, .crew = &crew};
    cr_expect_eq(calibration_run(&request, &fit.calibration, &fit.diag), IOP_INTERRUPTED);
    fit_free(&fit);
}

/* --- mistakes --- */

static void refused(const char *names, const char *row, const char *wanted) {
    char text[600];
    snprintf(text, sizeof text, "scenario,metric,value,unit,set\n%s\n", row);
    write_text("own.csv", text);
    struct fit_of fit = {.names = names};
    fit_own(&fit, IOP_INVALID);
    cr_expect_str_eq(fit.diag.message, wanted);
    fit_free(&fit);
}

Test(calibration, mistakes_in_what_is_fitted_are_named) {
    const char *row = "s.yaml," PPS ",1,Mpps,";
    refused("socket.sned", row, "--fit: 'socket.sned' is not the name of a cost; did you mean 'socket.send'?");
    refused("netbak.*", row, "--fit: 'netbak.*' is not the name of a cost; did you mean 'netback.tx'?");
    refused("grant.unmap_batch", row,
            "--fit: 'grant.unmap_batch' has no range in the cost set 'ec2-ivybridge', whose low and high are both its "
            "value 32");
    refused("", row, "--fit: no cost is named; `iopath list costs` has them all");
    refused("netback.tx", row,
            "no row of the data depends on the cost to fit: nothing that the scenarios do takes it, or something else "
            "limits them");
    refused("driver.tx,socket.send", row, "1 row cannot give 2 costs; at least as many rows as costs are needed");
}

Test(calibration, mistakes_in_rows_are_named) {
    refused("driver.tx", "t.yaml," PPS ",1,Mpps,",
            "own.csv:2:1: 't.yaml' is no file beside the data and no scenario of the catalog");
    refused("driver.tx", "s.yaml,guests[web].workloads[flood].ppz,1,Mpps,",
            "own.csv:2:8: metric: 'guests[web].workloads[flood].ppz' is not a metric of 's.yaml'; did you mean "
            "'guests[web].workloads[flood].pps'?");
    refused("driver.tx", "s.yaml," PPS ",1,ms,", "own.csv:2:43: unit: " PPS " is measured in 1/s, not as a time");
    refused("driver.tx", "s.yaml," PPS ",1,Mps,",
            "own.csv:2:43: unit: '1 Mps': 'Mps' is not a unit; did you mean 'pps'?");
    refused("driver.tx", "s.yaml," PPS ",x,pps,", "own.csv:2:41: value: 'x' is not a number; expected a plain number");
    refused("driver.tx", "s.yaml," PPS ",0,pps,", "own.csv:2:41: '0' must be more than 0: errors are relative");
    refused("driver.tx", "s.yaml," PPS ",1,pps,mode",
            "own.csv:2:47: set: 'mode' is not PATH=VALUE, such as guests[0].mode=pv");
    refused("driver.tx", "s.yaml," PPS ",1,pps,guests[web].mode=sriv",
            "own.csv:2:1: set: guests[0].mode: 'sriv' is not a mode; did you mean 'sriov'?");
}
