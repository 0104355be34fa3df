/* Sweeps from the command line, and what is left when they are killed. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tool.h"

TestSuite(sweep_command, .init = tool_setup, .fini = tool_teardown);

static const char scenario[] = "name: a sweep\n"
                               "host: ec2-ivybridge\n"
                               "guests:\n"
                               "  - {name: a, instance: c3.8xlarge, mode: sriov,\n"
                               "     workloads: [{name: b, kind: udp-stream, frame: 64 B, rate: 100 kpps}]}\n"
                               "run: {duration: 300 us, warmup: 100 us, replications: 1}\n";

static const char grid[] =
    " --grid guests[0].mode=pv,sriov --grid 'run.seed=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18'"
    " --grid 'guests[0].workloads[0].frame=64 B,128 B,256 B,512 B,1024 B'";

Test(sweep_command, runs_and_exports) {
    write_scenario("s.yaml", scenario);
    expect_tool("sweep s.yaml --grid guests[0].mode=pv,sriov --dry-run", 0, "2 points, 1 replication each", NULL);
    cr_expect_eq(files_named(".db"), 0);
    expect_tool("sweep s.yaml --grid guests[0].mode=pv,sriov --store s.db", 0, "2 points in s.db: 2 replications run",
                NULL);
    expect_tool("sweep s.yaml --grid guests[0].mode=pv,sriov --store s.db", 0, "0 replications run, 2 were there",
                NULL);
    expect_tool("export s.db --where pps", 0, "guests[0].mode=sriov,a,c3.8xlarge,sriov,b,pps,1/s,", NULL);
    expect_tool("export s.db --format json", 0, "\"not_run\": []", NULL);
    expect_tool("merge t.db s.db", 0, NULL, NULL);
    expect_tool("export t.db --where pps", 0, ",pps,1/s,", NULL);
}

Test(sweep_command, takes_a_design_and_conditions) {
    write_scenario("s.yaml", scenario);
    expect_tool("sweep s.yaml --dry-run --grid 'guests[0].workloads[0].frame=64 B..256 B/4' "
                "--grid guests[0].mode=pv,sriov --only 'guests[a].mode != pv'",
                0,
                "8 points, 1 replication each\n4 of them are left out by conditions\n4 of them are left\n"
                "  guests[0].workloads[0].frame: 64 B, 128 B, 192 B, 256 B\n",
                NULL);
    expect_tool("sweep s.yaml --dry-run --grid run.seed=1..1000/1000", 0,
                "run.seed: 1, 2, 3, 4, 5, …, 1000 (1000 values)", NULL);
    expect_tool("sweep s.yaml --store s.db --grid 'guests[0].workloads[0].frame=64 B..1518 B' --design sobol:4", 0,
                "4 points in s.db: 4 replications run, 0 were there", NULL);
    expect_tool("sweep s.yaml --store s.db --grid 'guests[0].workloads[0].frame=64 B..1518 B' --design sobol:6", 0,
                "6 points in s.db: 2 replications run, 4 were there", NULL);
}

/* A comparison takes the grid, whatever the design, without what conditions leave out. */
Test(sweep_command, compare_takes_steps_and_conditions) {
    static const char more[] = "design: {kind: sobol, points: 4}\n"
                               "only: [\"guests[0].mode = sriov or guests[0].workloads[0].frame < 1 kB\"]\n"
                               "sweep: [{set: \"guests[0].workloads[0].frame\", from: 64 B, to: 1500 B%s}]\n";
    char text[2048];
    size_t length = (size_t)snprintf(text, sizeof text, "%s", scenario);
    snprintf(text + length, sizeof text - length, more, ", steps: 3");
    write_scenario("s.yaml", text);
    struct tool_outcome outcome = run_tool("compare s.yaml --modes pv,sriov --format csv");
    cr_assert_eq(outcome.code, 0, "%s", outcome.err);
    cr_expect_not_null(strstr(outcome.out, "frame=782 B"), "%s", outcome.out);
    cr_expect_not_null(strstr(outcome.out, "guests[0].mode=sriov;guests[0].workloads[0].frame=1500 B"), "%s",
                       outcome.out);
    cr_expect_null(strstr(outcome.out, "guests[0].mode=pv;guests[0].workloads[0].frame=1500 B"));
    tool_outcome_free(&outcome);
    snprintf(text + length, sizeof text - length, more, "");
    write_scenario("s.yaml", text);
    expect_tool("compare s.yaml --modes pv,sriov", 2, NULL, "says no steps, which a comparison needs");
    snprintf(text + length, sizeof text - length, "only: [\"guests[0].mode = hvm\"]\n");
    write_scenario("s.yaml", text);
    expect_tool("compare s.yaml --modes pv,sriov", 2, NULL, "the conditions leave out all 2 combinations");
}

Test(sweep_command, wrong_input) {
    write_scenario("s.yaml", scenario);
    expect_tool("sweep s.yaml", 2, NULL, "--store FILE says where the results go");
    expect_tool("sweep s.yaml --store s.db --grid guests[0].mode=sriv", 2, NULL, "did you mean 'sriov'?");
    expect_tool("sweep s.yaml --store s.db --grid guests[0].mode", 2, NULL, "is not PATH=A,B,…");
    expect_tool("sweep s.yaml --store s.db --grid guests[0].mode=pv,", 2, NULL, "value 2 is empty");
    expect_tool("sweep s.yaml --store s.db --grid run.seed=1 --grid run.seed=2", 2, NULL, "is there twice");
    expect_tool("sweep s.yaml --store s.db --grid guests[0].queues=1..4", 2, NULL, "says no steps, which a grid needs");
    expect_tool("sweep s.yaml --store s.db --design sobel:4", 2, NULL, "did you mean 'sobol'?");
    expect_tool("sweep s.yaml --store s.db --design sobol:4", 2, NULL, "there is no axis");
    expect_tool("sweep s.yaml --store s.db --only 'guests[0].mod = pv'", 2, NULL, "did you mean 'mode'?");
    expect_tool("sweep s.yaml --store s.db --only 'guests[0].mode = pv'", 2, NULL, "leave out all 1 points");
    expect_tool("sweep s.yaml --store s.db --only 'host_kernel = 3.10'", 2, NULL, "is not swept, the file does not");
    expect_tool("sweep s.yaml --store s.db --grid guests[0].instance=c3.lage --only 'guests[0].vcpus > 2'", 2, NULL,
                "did you mean 'c3.large'?");
    expect_tool("sweep s.yaml --store s.db --shard 3/2", 2, NULL, "is not I/N");
    expect_tool("export absent.db", 2, NULL, "absent.db: there is no such store");
    cr_expect_eq(files_named("s.db"), 0, "a store was made");
    write_scenario(
        "s.db",
        "no database, but some text that is longer than a header of one hundred bytes would be, so that it is read");
    expect_tool("sweep s.yaml --store s.db", 2, NULL, "s.db: ");
}

/* The program itself, not a shell around it, so that it is what is killed. */
static pid_t start_sweep(void) {
    char command[1024];
    snprintf(command, sizeof command, "exec \"$IOPATH_BINARY\" sweep s.yaml --store s.db --jobs 2%s > /dev/null 2>&1",
             grid);
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    return child;
}

/* Killed at moments that a fixed sequence gives, until one gets through; what it leaves is as if nothing had been. */
Test(sweep_command, loses_nothing_when_killed) {
    write_scenario("s.yaml", scenario);
    unsigned random = 12345;
    int killed = 0, state = -1;
    for (int attempt = 0; attempt < 60 && state != 0; attempt++) {
        pid_t child = start_sweep();
        random = random * 1103515245 + 12345;
        struct timespec pause = {0, (long)(5 + random / 65536 % 40) * 1000000};
        if (attempt < 20) {
            nanosleep(&pause, NULL);
            kill(child, SIGKILL);
        }
        cr_assert_eq(waitpid(child, &state, 0), child);
        if (WIFSIGNALED(state)) killed++;
    }
    cr_assert_eq(state, 0);
    cr_expect_gt(killed, 2);
    expect_tool("export s.db -o killed.csv", 0, NULL, NULL);
    char arguments[1024];
    snprintf(arguments, sizeof arguments, "sweep s.yaml --store whole.db --jobs 1%s", grid);
    expect_tool(arguments, 0, "180 points in whole.db", NULL);
    expect_tool("export whole.db -o whole.csv", 0, NULL, NULL);
    char *one = read_whole("killed.csv"), *other = read_whole("whole.csv");
    cr_expect(strcmp(one, other) == 0);
    free(one);
    free(other);
}

/* SIGINT ends with 3 and says how to go on. */
Test(sweep_command, an_interruption_keeps_what_is_finished) {
    write_scenario("s.yaml", scenario);
    char command[1024];
    snprintf(command, sizeof command,
             "timeout --foreground -s INT 2 \"$IOPATH_BINARY\" sweep s.yaml --store s.db --replications 10000 --jobs "
             "1%s 2> err",
             grid);
    int code = system(command);
    cr_expect(WIFEXITED(code));
    char *message = read_whole("err");
    cr_expect_not_null(strstr(message, "the same command goes on from there"), "%s", message);
    free(message);
}
