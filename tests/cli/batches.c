/* --batches, as a user calls it. */
#include <criterion/criterion.h>

#include "tool.h"

TestSuite(batches, .init = tool_setup, .fini = tool_teardown);

#define RUN "run tutorial/01-first-run --set run.duration='2 ms' --set run.warmup='1 ms' "

Test(batches, give_one_replication_intervals) {
    expect_tool(RUN "--replications 1", 0, "no intervals from one", NULL);
    expect_tool(RUN "--replications 1 --batches 10", 0, "10 batches of each; intervals at 95 % confidence", NULL);
    expect_tool(RUN "--set run.batches=10 --format json", 0, "\"batches\": 10,", NULL);
    expect_tool(RUN "--batches 1", 2, NULL, "--batches: '1' is not a whole number from 2 to 1000");
    expect_tool(RUN "--set run.batches=1", 2, NULL, "run.batches");
}

/* Bursts that last longer than a batch: neighbours are alike, and the table says so. */
Test(batches, that_depend_on_each_other_are_told) {
    expect_tool(
        "run tutorial/01-first-run --set guests[0].workloads[0]='{name: f, kind: udp-stream, frame: 64 B, rate: "
        "500 kpps, arrivals: onoff, burst: 2 ms, idle: 2 ms}' --set run.duration='40 ms' --replications 2 "
        "--batches 100",
        0, "NOT INDEPENDENT", NULL);
}
