/* Hard disks: one arm, a platter that turns all the time, and a choice of what to reach next. */
#include "models/hardware/disk_hdd.h"

#include <math.h>
#include <stdlib.h>

#include "models/hardware/disk_device.h"

/* A job that has been passed over so often (per command that the disk may hold) goes next, so that a sequential stream
 * keeps nobody waiting for ever. Ours: makers do not publish theirs. */
enum { PASSED_MOST = 8 };

/* What the arm may do next: a command the disk holds, or a write in the buffer. */
struct hdd_job {
    struct disk_request request;
    uint32_t slot; /* DISK_NO_SLOT: of the buffer, told to be done already */
    uint32_t passed;
    sim_time angle; /* of the first sector, 0 to a revolution */
};

struct hdd {
    struct hdd_job *jobs, current;
    uint32_t count, buffered;  /* jobs; those of them from the buffer, up to queue_depth as well */
    struct disk_fifo behind;   /* in the buffer, but not yet a job */
    struct disk_slots writes;  /* that wait for room in the buffer */
    struct disk_slots flushes; /* that wait until it is empty */
    double buffer_used;
    sim_time revolution;
    double arm;         /* where it is, 0 to 1 */
    uint64_t read_next; /* where the last read ended, unless the arm has moved since */
    bool working;
    sim_time ends, busy;
};

static bool hdd_init(struct disk *disk) {
    struct hdd *hdd = disk->state = calloc(1, sizeof *hdd);
    if (hdd == NULL) return false;
    hdd->revolution = sim_time_of(hdd_revolution_s(&disk->config));
    hdd->read_next = UINT64_MAX;
    hdd->writes.first = hdd->flushes.first = DISK_NO_SLOT;
    hdd->jobs = calloc((size_t)disk->config.queue_depth * 2, sizeof *hdd->jobs);
    return disk_fifo_init(&hdd->behind, 16) && hdd->jobs != NULL;
}

static void hdd_fini(struct disk *disk) {
    struct hdd *hdd = disk->state;
    free(hdd->jobs);
    disk_fifo_fini(&hdd->behind);
}

static double place_of(const struct disk *disk, double offset) { return fmin(offset / disk->config.capacity_bytes, 1); }

static void add_job(struct disk *disk, const struct disk_request *request, uint32_t slot) {
    struct hdd *hdd = disk->state;
    double media_time_ps = hdd_media_time_s(&disk->config, (double)request->offset) * 1e12;
    hdd->jobs[hdd->count++] = (struct hdd_job){
        .request = *request, .slot = slot, .angle = (sim_time)fmod(media_time_ps, (double)hdd->revolution)};
}

/* --- the arm --- */

/* Until the first sector is under the head. Reading on is free at any time: the disk reads ahead. */
static sim_time reach(const struct disk *disk, const struct hdd_job *job) {
    const struct hdd *hdd = disk->state;
    if (!job->request.write && job->request.offset == hdd->read_next) return 0;
    double distance = fabs(place_of(disk, (double)job->request.offset) - hdd->arm);
    sim_time seek = sim_time_of(hdd_seek_s(&disk->config, distance));
    sim_time wait = job->angle - (disk->sim->now + seek) % hdd->revolution;
    if (wait < 0) wait += hdd->revolution;
    /* just missed by the rounding of times: a write that follows the last at once */
    if (wait > hdd->revolution - SIM_NS * 10) wait = 0;
    return seek + wait;
}

static uint32_t choose(const struct disk *disk) {
    const struct hdd *hdd = disk->state;
    uint32_t oldest = 0, soonest = 0;
    for (uint32_t i = 1; i < hdd->count; i++)
        if (hdd->jobs[i].passed > hdd->jobs[oldest].passed) oldest = i;
    if (hdd->jobs[oldest].passed >= PASSED_MOST * (uint32_t)disk->config.queue_depth) return oldest;
    sim_time least = SIM_TIME_MAX;
    for (uint32_t i = 0; i < hdd->count; i++) {
        sim_time time = reach(disk, &hdd->jobs[i]);
        if (time < least) soonest = i;
        if (time < least) least = time;
    }
    return soonest;
}

static void served(struct sim *sim, void *object, uint64_t word);

static void work(struct disk *disk) {
    struct hdd *hdd = disk->state;
    if (hdd->working || hdd->count == 0) return;
    uint32_t next = choose(disk);
    sim_time time = reach(disk, &hdd->jobs[next]);
    hdd->current = hdd->jobs[next];
    hdd->jobs[next] = hdd->jobs[--hdd->count];
    for (uint32_t i = 0; i < hdd->count; i++) hdd->jobs[i].passed++;
    const struct disk_request *request = &hdd->current.request;
    double from = (double)request->offset, to = from + request->bytes;
    time += sim_time_of(hdd_media_time_s(&disk->config, to) - hdd_media_time_s(&disk->config, from));
    hdd->arm = place_of(disk, to);
    hdd->read_next = request->write ? UINT64_MAX : request->offset + request->bytes;
    hdd->working = true;
    hdd->busy += time;
    hdd->ends = disk->sim->now + time;
    sim_at(disk->sim, hdd->ends, served, disk, 0);
}

/* --- the buffer --- */

static void take_writes(struct disk *disk) {
    struct hdd *hdd = disk->state;
    while (hdd->writes.first != DISK_NO_SLOT && hdd->flushes.first == DISK_NO_SLOT) {
        const struct disk_request *request = &disk->commands[hdd->writes.first].request;
        if (hdd->buffer_used > 0 && hdd->buffer_used + request->bytes > disk->config.buffer_bytes) break;
        uint32_t slot = disk_slots_pop(disk, &hdd->writes);
        hdd->buffer_used += request->bytes;
        disk_fifo_push(&hdd->behind, request);
        sim_at(disk->sim, disk_link_cross(&disk->link, disk->sim->now, request->bytes, true), disk_complete, disk,
               slot);
    }
    while (hdd->behind.count > 0 && hdd->buffered < (uint32_t)disk->config.queue_depth) {
        struct disk_request request = disk_fifo_pop(&hdd->behind);
        add_job(disk, &request, DISK_NO_SLOT);
        hdd->buffered++;
    }
}

static void hdd_flush(struct disk *disk, uint32_t slot) {
    struct hdd *hdd = disk->state;
    if (hdd->buffer_used > 0)
        disk_slots_push(disk, &hdd->flushes, slot);
    else
        sim_after(disk->sim, 0, disk_complete, disk, slot);
}

/* The buffer is empty: flushes are done, and what is asked for next goes behind the writes that have waited. */
static void end_flushes(struct disk *disk) {
    struct hdd *hdd = disk->state;
    struct disk_slots done = hdd->flushes;
    hdd->flushes.first = DISK_NO_SLOT;
    take_writes(disk);
    while (done.first != DISK_NO_SLOT) sim_after(disk->sim, 0, disk_complete, disk, disk_slots_pop(disk, &done));
}

/* The arm does not wait for the host: it goes on to what the disk has before anybody is told. */
static void served(struct sim *sim, void *object, uint64_t word) {
    (void)word;
    struct disk *disk = object;
    struct hdd *hdd = disk->state;
    struct hdd_job job = hdd->current;
    hdd->working = false;
    if (job.slot == DISK_NO_SLOT) {
        hdd->buffered--;
        hdd->buffer_used -= job.request.bytes;
        take_writes(disk);
        if (hdd->buffer_used <= 0 && hdd->flushes.first != DISK_NO_SLOT) end_flushes(disk);
    }
    work(disk);
    if (job.slot != DISK_NO_SLOT) disk_complete(sim, disk, job.slot);
}

static void hdd_start(struct disk *disk, uint32_t slot) {
    struct hdd *hdd = disk->state;
    const struct disk_request *request = &disk->commands[slot].request;
    if (request->write && disk->config.write_cache) {
        disk_slots_push(disk, &hdd->writes, slot);
        take_writes(disk);
    } else {
        add_job(disk, request, slot);
    }
    work(disk);
}

/* --- what is measured, and what to expect --- */

static sim_time hdd_busy(const struct disk *disk) {
    const struct hdd *hdd = disk->state;
    return hdd->busy - (hdd->working ? hdd->ends - disk->sim->now : 0);
}

/* Sequential: at the outer edge. Random: the soonest of a full queue, each time anew; what is left over from the last
 * choice is farther than that, so that the arm is slower. Of the commands it holds one is being told to the host while
 * the arm chooses; the buffer has its next write at once. */
static double hdd_rate_bound(const struct disk_config *config, uint32_t bytes, bool write, bool sequential) {
    bool cached = write && config->write_cache;
    double queued = fmax(config->queue_depth - 1, 1);
    if (cached) queued = fmin(fmax(floor(config->buffer_bytes / fmax(bytes, 1)), 1), config->queue_depth);
    double time_s = sequential ? bytes / config->outer_bps : hdd_soonest_s(config, queued) + bytes * hdd_byte_s(config);
    double rate = disk_rate_min(INFINITY, time_s);
    return cached ? disk_rate_min(rate, disk_cross_s(config, bytes, true)) : rate;
}

static double hdd_time_alone(const struct disk_config *config, uint32_t bytes, bool write, bool sequential) {
    if (write && config->write_cache) return disk_cross_s(config, bytes, true);
    double transfer = bytes * hdd_byte_s(config);
    return sequential ? transfer : hdd_mean_seek_s(config) + hdd_revolution_s(config) / 2 + transfer;
}

const struct disk_model disk_hdd = {hdd_init, hdd_fini, hdd_start, hdd_flush, hdd_busy, hdd_rate_bound, hdd_time_alone};
