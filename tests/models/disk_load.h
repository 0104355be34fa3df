/* A generator of requests for tests of disks: it keeps `depth` of them in the disk. */
#ifndef IOPATH_TESTS_MODELS_DISK_LOAD_H
#define IOPATH_TESTS_MODELS_DISK_LOAD_H

#include "models/hardware/disk.h"
#include "sim/random.h"
#include "sim/sim.h"

enum { REQUESTS_MAX = 200000, KB4 = 4096, MB1 = 1048576, WRITES = 1 };

struct load {
    struct disk_config config;
    uint32_t bytes, depth; /* 4 KiB and 1 unless set */
    double writes;         /* share */
    bool sequential;
    uint64_t from_offset;   /* of sequential requests */
    uint32_t readers, turn; /* in order each, 1 unless set; they take turns of so many requests */
    sim_time pause;         /* between a completion and the request that follows it */
    uint32_t wanted;

    struct sim sim;
    struct disk *disk;
    struct random_stream random;
    uint32_t submitted, completed;
    bool submitting;
    sim_time came[REQUESTS_MAX], took[REQUESTS_MAX];
    uint32_t order[REQUESTS_MAX]; /* packets as they were done */
    unsigned char times_done[REQUESTS_MAX];
    /* the first tenth is a warm-up; what is measured ends with the last submission, while the depth is kept */
    sim_time from, until;
    uint32_t measured;
    double busy;
};

/* For a disk of this configuration; to free. */
struct load *load_new(const struct disk_config *config);

/* Submits the first; the simulation is the caller's to run and the disk's to free. */
void load_start(struct load *load, uint32_t wanted);
/* Requests per second; fails the test unless each of `wanted` is done exactly once. */
double load_run(struct load *load, uint32_t wanted);

/* Of all requests, from submission to completion. */
double mean_time(const struct load *load);
sim_time worst_time(const struct load *load);
double utilization(const struct load *load);

/* Rate of one kind of request at a depth; in `time` the mean time of one, if wanted. `writes` is a share. */
double rate_at(const struct disk_config *config, uint32_t depth, uint32_t bytes, double writes, uint32_t wanted,
               double *time);

#endif
