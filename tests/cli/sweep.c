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

Test(sweep_command, wrong_input) {
    write_scenario("s.yaml", scenario);
    expect_tool("sweep s.yaml", 2, NULL, "--store FILE says where the results go");
    expect_tool("sweep s.yaml --store s.db --grid guests[0].mode=sriv", 2, NULL, "did you mean 'sriov'?");
    expect_tool("sweep s.yaml --store s.db --grid guests[0].mode", 2, NULL, "is not PATH=A,B,…");
    expect_tool("sweep s.yaml --store s.db --grid guests[0].mode=pv,", 2, NULL, "value 2 is empty");
    expect_tool("sweep s.yaml --store s.db --grid run.seed=1 --grid run.seed=2", 2, NULL, "is there twice");
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
             "timeout -s INT 0.2 \"$IOPATH_BINARY\" sweep s.yaml --store s.db --replications 500 --jobs 1%s 2> err",
             grid);
    int code = system(command);
    cr_expect(WIFEXITED(code));
    char *message = read_whole("err");
    cr_expect_not_null(strstr(message, "the same command goes on from there"), "%s", message);
    free(message);
}
