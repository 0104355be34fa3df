/* Sweeps that mpirun starts on several processes. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tool.h"

static const char scenario[] = "name: a sweep\n"
                               "host: ec2-ivybridge\n"
                               "guests:\n"
                               "  - {name: a, instance: c3.8xlarge, mode: sriov,\n"
                               "     workloads: [{name: b, kind: udp-stream, frame: 64 B, rate: 100 kpps,\n"
                               "                  arrivals: poisson}]}\n"
                               "run: {duration: 1 ms, warmup: 100 us, replications: 2}\n";

static void setup(void) {
    tool_setup();
    write_scenario("s.yaml", scenario);
    if (system("command -v mpirun > /dev/null && test -e \"${IOPATH_BINARY%/*}/iopath-mpi.so\"") != 0)
        cr_skip_test("there is no mpirun, or iopath was built without MPI");
    setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
    setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1); /* MPI's */
}

TestSuite(mpi, .init = setup, .fini = tool_teardown, .timeout = 300);

/* `before` is what mpirun is told ahead of the program: "-n 2". */
static int run_ranks(const char *before, const char *arguments, char **out, char **err) {
    char command[2048];
    snprintf(command, sizeof command,
             "mpirun --oversubscribe --bind-to none %s \"$IOPATH_BINARY\" sweep %s > out 2> err", before, arguments);
    int state = system(command);
    *out = read_whole("out");
    *err = read_whole("err");
    return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
}

/* `text` stands there, and once. */
static void expect_once(const char *whole, const char *text) {
    const char *at = strstr(whole, text);
    cr_expect(at != NULL && strstr(at + 1, text) == NULL, "'%s' is not once in\n%s", text, whole);
}

static void expect_ranks(const char *before, const char *arguments, int code, const char *out, const char *err) {
    char *printed, *told;
    int got = run_ranks(before, arguments, &printed, &told);
    cr_expect_eq(got, code, "mpirun %s … sweep %s: exit code %d, not %d\n%s", before, arguments, got, code, told);
    if (out != NULL)
        expect_once(printed, out);
    else
        cr_expect_str_eq(printed, "");
    if (err != NULL)
        expect_once(told, err);
    else
        cr_expect_null(strstr(told, "iopath:"), "%s", told);
    free(printed);
    free(told);
}

static void expect_same_export(const char *one, const char *other) {
    char arguments[256];
    snprintf(arguments, sizeof arguments, "export %s --format json -o one", one);
    expect_tool(arguments, 0, NULL, NULL);
    snprintf(arguments, sizeof arguments, "export %s --format json -o other", other);
    expect_tool(arguments, 0, NULL, NULL);
    char *a = read_whole("one"), *b = read_whole("other");
    cr_expect_gt(strlen(a), 5000);
    cr_expect(strcmp(a, b) == 0, "%s and %s differ", one, other);
    free(a);
    free(b);
}

/* Rows, points that do not exist, and how many replications the precision takes. */
Test(mpi, any_number_of_ranks_gives_the_bytes_of_one_thread) {
    static const char grid[] = "--grid guests[0].mode=pv,virtio,sriov --grid run.seed=1,2 --precision '5 %'";
    char arguments[256];
    snprintf(arguments, sizeof arguments, "sweep s.yaml --store one.db --jobs 1 %s", grid);
    expect_tool(arguments, 0, "6 points in one.db", NULL);
    snprintf(arguments, sizeof arguments, "s.yaml --store two.db %s", grid);
    expect_ranks("-n 2", arguments, 0, "6 points in two.db", NULL);
    snprintf(arguments, sizeof arguments, "s.yaml --store three.db --jobs 2 %s", grid);
    expect_ranks("-n 3", arguments, 0, "2 points do not exist", NULL);
    expect_same_export("one.db", "two.db");
    expect_same_export("one.db", "three.db");
    expect_ranks("-n 2", arguments, 0, ": 0 replications run", NULL);
    expect_same_export("one.db", "three.db");
}

Test(mpi, rank_0_speaks_for_all) {
    expect_ranks("-n 2", "s.yaml --store s.db --grid guests[0].mode=sriv", 2, NULL, "did you mean 'sriov'?");
    expect_ranks("-n 2", "s.yaml", 2, NULL, "--store FILE says where the results go");
    expect_ranks("-n 2", "s.yaml --stor=s.db --sead 1", 2, NULL, "iopath: ");
    expect_ranks("-n 3", "s.yaml --store no/s.db", 2, NULL, "no/s.db: ");
    expect_ranks("-n 2", "s.yaml --dry-run", 0, "1 points, 2 replications each", NULL);
    expect_ranks("-n 1", "s.yaml --store s.db", 0, "1 points in s.db: 2 replications run", NULL);
}

/* The failure of another rank is the failure of all. */
Test(mpi, ranks_must_have_the_same_plan) {
    expect_ranks("-n 1 \"$IOPATH_BINARY\" sweep s.yaml --store s.db --grid run.seed=1,2 : -n 1",
                 "s.yaml --store s.db --grid run.seed=1,3", 2, NULL, "rank 1 has another plan than rank 0");
    expect_ranks("-n 1 \"$IOPATH_BINARY\" sweep s.yaml --store s.db : -n 1", "t.yaml --store s.db", 2, NULL,
                 "t.yaml: there is no such file");
}

/* ---- in the midst of it */

#define LONG_SWEEP                                                                      \
    "s.yaml --replications 40 --set 'run.duration=3 ms' --grid guests[0].mode=pv,sriov" \
    " --grid 'guests[0].workloads[0].frame=64 B,128 B,256 B,512 B,1024 B,1518 B'"

/* Each rank leaves its process id. */
static pid_t start_ranks(void) {
    char command[1024];
    snprintf(command, sizeof command,
             "exec mpirun --oversubscribe --bind-to none -n 2 sh -c 'echo $$ > new.$OMPI_COMM_WORLD_RANK;"
             " mv new.$OMPI_COMM_WORLD_RANK pid.$OMPI_COMM_WORLD_RANK; exec \"$IOPATH_BINARY\" \"$@\"' - sweep %s"
             " --store s.db > out 2> err",
             LONG_SWEEP);
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    return child;
}

/* Sends a signal to a rank once the store has something, and waits for mpirun: its exit code. */
static int signal_rank(const char *pid_file, int number) {
    enum { SOMETHING = 300000, TRIES = 6000 };
    pid_t child = start_ranks();
    struct stat facts = {0};
    for (int i = 0; i < TRIES && (stat("s.db-wal", &facts) != 0 || facts.st_size < SOMETHING); i++)
        nanosleep(&(struct timespec){0, 5000000}, NULL);
    cr_assert_geq(facts.st_size, SOMETHING, "nothing was stored");
    char *text = read_whole(pid_file);
    cr_expect_eq(kill((pid_t)strtol(text, NULL, 10), number), 0);
    free(text);
    int state;
    cr_assert_eq(waitpid(child, &state, 0), child);
    return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
}

static void expect_to_go_on(void) {
    char *out, *err;
    cr_expect_eq(run_ranks("-n 2", LONG_SWEEP " --store s.db", &out, &err), 0, "%s", err);
    int run, found;
    cr_assert_eq(sscanf(out, "12 points in s.db: %d replications run, %d were there", &run, &found), 2, "%s", out);
    cr_expect_gt(run, 0);
    cr_expect_gt(found, 0);
    cr_expect_eq(run + found, 480);
    free(out);
    free(err);
    expect_tool("sweep --jobs 1 --store whole.db " LONG_SWEEP, 0, "480 replications run", NULL);
    expect_same_export("s.db", "whole.db");
}

Test(mpi, a_killed_rank_loses_what_it_was_at) {
    cr_expect_neq(signal_rank("pid.1", SIGKILL), 0);
    expect_to_go_on();
}

Test(mpi, a_signal_ends_all_ranks_with_3) {
    cr_expect_eq(signal_rank("pid.0", SIGTERM), 3);
    char *err = read_whole("err");
    expect_once(err, "what was finished is in s.db; the same command goes on from there");
    expect_once(err, "interrupted after ");
    free(err);
    expect_to_go_on();
}
