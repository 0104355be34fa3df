/* Speed of the bare event kernel, beside a plain event loop that does the same work. */
#ifndef IOPATH_CLI_BENCH_KERNEL_H
#define IOPATH_CLI_BENCH_KERNEL_H

enum { KERNEL_BENCH_MAX = 16 };

struct kernel_bench {
    char workload[8]; /* "mm1", "tandem", "hold" */
    int pending;      /* events in the list */
    double events_per_s, plain_events_per_s;
};

/* Fills at most `max` rows; returns how many. */
int bench_kernel(struct kernel_bench *rows, int max);

#endif
