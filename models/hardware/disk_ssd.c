/* Solid state disks: dies behind one interface, and a buffer that writes go into.
 *
 * A die serves first come first served, by arithmetic (sim/server.h has too few servers): what is asked of it is done
 * at a date known at once. Pages of 4 KiB are read from the dies in the order of their addresses, and programmed on
 * the dies in turn, whatever their address. */
#include <math.h>
#include <stdlib.h>

#include "models/hardware/disk_device.h"

/* Ours, makers publish neither: what the device reads ahead at a time, a page of flash (16 KiB) or as much as is asked
 * for, and for how many readers it keeps what it has read ahead. */
enum { AHEAD_BYTES = 4 * DISK_PAGE_BYTES, KEPT = 16 };

/* Two pieces one after the other: when the first is used up the device reads one more. Offsets. */
struct read_ahead {
    uint64_t next;     /* from where on it has not been asked for */
    uint64_t ends[2];  /* of the pieces */
    sim_time ready[2]; /* when each is in the buffer */
};

struct ssd {
    sim_time *die_free; /* of each die: when it is done with all that was asked of it */
    uint32_t dies;
    sim_time die_busy; /* of all together, what was asked of them */
    sim_time read, write;
    sim_time ahead;     /* to answer out of the buffer; 0: nothing is read ahead */
    uint64_t stripe;    /* pages of a read by itself that come from one die, one after the other … */
    sim_time page_out;  /* … so far apart */
    uint64_t read_next; /* offset at which a read would follow the last */
    struct read_ahead kept[KEPT];
    uint32_t forget; /* which of them next */
    struct disk_allowance reads;
    struct disk_slots writes; /* that wait for room in the buffer */
    double buffered;          /* bytes in whole pages, on their way into the buffer or not yet programmed */
    uint64_t next_write;      /* offset at which a write would follow the last */
    uint32_t turn;            /* of the dies to program: pages go where the device likes */
};

/* Seconds of all dies together for a request: so long for a page apart, and what the bandwidth allows, if that is less,
 * for one beside another: for those after the first, and for the first if it follows the request before. */
static double dies_s(const struct disk_config *config, double apart, double bps, double pages, bool follows) {
    double beside = apart;
    if (bps > 0) beside = fmin(apart, config->channels * (double)DISK_PAGE_BYTES / bps);
    return (follows ? beside : apart) + (pages - 1) * beside;
}

static double program_s(const struct disk_config *config, double pages, bool follows) {
    double apart = config->write_iops > 0 ? config->channels / config->write_iops : 0;
    return dies_s(config, apart, config->write_bps, pages, follows);
}

static uint64_t stripe_pages(const struct disk_config *config) {
    return config->stripe_bytes > DISK_PAGE_BYTES ? (uint64_t)(config->stripe_bytes / DISK_PAGE_BYTES) : 1;
}

static double page_out_s(const struct disk_config *config) {
    return config->die_bps > 0 ? DISK_PAGE_BYTES / config->die_bps : 0;
}

static double sense_s(const struct disk_config *config, double pages, bool follows) {
    if (!follows && config->stripe_bytes > DISK_PAGE_BYTES) {
        double stripes = ceil(pages * DISK_PAGE_BYTES / config->stripe_bytes);
        return stripes * config->read_s + (pages - stripes) * page_out_s(config);
    }
    return dies_s(config, config->read_s, config->read_bps, pages, follows);
}

static bool ssd_init(struct disk *disk) {
    const struct disk_config *config = &disk->config;
    struct ssd *ssd = disk->state = calloc(1, sizeof *ssd);
    if (ssd == NULL) return false;
    ssd->dies = (uint32_t)config->channels;
    ssd->die_free = calloc(ssd->dies, sizeof *ssd->die_free);
    ssd->read = sim_time_of(config->read_s);
    ssd->write = sim_time_of(config->write_s);
    ssd->ahead = sim_time_of(config->ahead_s);
    ssd->stripe = stripe_pages(config);
    ssd->page_out = sim_time_of(page_out_s(config));
    ssd->writes.first = DISK_NO_SLOT;
    ssd->read_next = ssd->next_write = UINT64_MAX;
    disk_allowance_init(&ssd->reads, config->read_iops, 0, 0);
    return ssd->die_free != NULL;
}

static void ssd_fini(struct disk *disk) { free(((struct ssd *)disk->state)->die_free); }

/* When the die is done with what it is asked for now. */
static sim_time ask_die(struct disk *disk, uint64_t die, sim_time service) {
    struct ssd *ssd = disk->state;
    sim_time *free_at = &ssd->die_free[die];
    if (*free_at < disk->sim->now) *free_at = disk->sim->now;
    ssd->die_busy += service;
    return *free_at += service;
}

/* --- reads --- */

/* When a die that is asked now for pages, which take it `service`, has the first of them. */
static sim_time sense(struct disk *disk, uint64_t die, sim_time service) {
    struct ssd *ssd = disk->state;
    return ask_die(disk, die % ssd->dies, service) - service + ssd->read;
}

static void page_read(struct sim *sim, void *object, uint64_t slot) {
    struct disk *disk = object;
    struct disk_command *command = &disk->commands[slot];
    sim_time across =
        disk_link_cross(&disk->link, sim->now, command->request.bytes / disk_pages(command->request.bytes), false);
    if (--command->pages == 0) sim_at(sim, across, disk_complete, disk, slot);
}

/* Asks dies for pages from `offset` on; when the last of them will be read. */
static sim_time sense_ahead(struct disk *disk, uint64_t offset, uint64_t bytes) {
    uint64_t first = offset / DISK_PAGE_BYTES, pages = bytes / DISK_PAGE_BYTES;
    sim_time service = sim_time_of(sense_s(&disk->config, (double)pages, true) / (double)pages), ready = 0;
    for (uint64_t i = 0; i < pages; i++) {
        sim_time done = sense(disk, first + i, service);
        if (done > ready) ready = done;
    }
    return ready;
}

/* What has been read ahead that holds the request; NULL: nothing. */
static struct read_ahead *find_ahead(struct ssd *ssd, const struct disk_request *request) {
    for (int i = 0; i < KEPT; i++)
        if (ssd->kept[i].next <= request->offset && request->offset + request->bytes <= ssd->kept[i].ends[1])
            return &ssd->kept[i];
    return NULL;
}

/* A read that goes on where the last one ended makes the device read ahead; between those of other readers a reader
 * gets what was read ahead for it, and no more. */
static void go_ahead(struct disk *disk, const struct disk_request *request, struct read_ahead *ahead) {
    struct ssd *ssd = disk->state;
    uint64_t end = request->offset + request->bytes;
    bool follows = request->offset == ssd->read_next;
    ssd->read_next = end;
    if (ahead != NULL) ahead->next = end;
    if (!follows || ssd->ahead == 0) return;
    if (ahead == NULL) {
        ahead = &ssd->kept[ssd->forget];
        ssd->forget = (ssd->forget + 1) % KEPT;
        *ahead = (struct read_ahead){.next = end, .ends = {end, end}};
    }
    if (ahead->next < ahead->ends[0]) return;
    uint64_t bytes = request->bytes > AHEAD_BYTES ? request->bytes : AHEAD_BYTES;
    ahead->ready[0] = ahead->ready[1];
    ahead->ends[0] = ahead->ends[1];
    ahead->ready[1] = sense_ahead(disk, ahead->ends[0], bytes);
    ahead->ends[1] += bytes;
}

/* Pages of a request come … a stripe of them from each die, which gives them out one after the other: of a read by
 * itself. */
static void read_stripes(struct disk *disk, uint64_t first, uint32_t pages, uint64_t slot) {
    struct ssd *ssd = disk->state;
    for (uint64_t page = first; page < first + pages;) {
        uint64_t die = page / ssd->stripe, end = (die + 1) * ssd->stripe;
        if (end > first + pages) end = first + pages;
        sim_time service = ssd->read + (sim_time)(end - page - 1) * ssd->page_out;
        sim_time at = sense(disk, die, service);
        for (; page < end; page++, at += ssd->page_out) sim_at(disk->sim, at, page_read, disk, slot);
    }
}

/* … from dies of their own: the next of a read that goes on, or of a disk without stripes. */
static void read_pages(struct disk *disk, uint64_t first, uint32_t pages, bool follows, uint64_t slot) {
    sim_time service = sim_time_of(sense_s(&disk->config, pages, follows) / pages);
    for (uint32_t i = 0; i < pages; i++) sim_at(disk->sim, sense(disk, first + i, service), page_read, disk, slot);
}

/* … out of the buffer, into which they were read ahead, or soon will be. */
static void read_buffered(struct disk *disk, const struct read_ahead *ahead, const struct disk_request *request,
                          uint32_t pages, uint64_t slot) {
    const struct ssd *ssd = disk->state;
    sim_time ready = ahead->ready[request->offset + request->bytes > ahead->ends[0]], at = disk->sim->now + ssd->ahead;
    for (uint32_t i = 0; i < pages; i++) sim_at(disk->sim, ready > at ? ready : at, page_read, disk, slot);
}

static void begin_read(struct sim *sim, void *object, uint64_t slot) {
    (void)sim;
    struct disk *disk = object;
    struct disk_command *command = &disk->commands[slot];
    const struct disk_request *request = &command->request;
    struct ssd *ssd = disk->state;
    uint64_t first = request->offset / DISK_PAGE_BYTES;
    bool follows = request->offset == ssd->read_next;
    struct read_ahead *ahead = find_ahead(ssd, request);
    command->pages = (uint32_t)disk_pages(request->bytes);
    if (ahead != NULL)
        read_buffered(disk, ahead, request, command->pages, slot);
    else if (follows || ssd->stripe == 1)
        read_pages(disk, first, command->pages, follows, slot);
    else
        read_stripes(disk, first, command->pages, slot);
    go_ahead(disk, request, ahead);
}

/* --- writes --- */

static void take_writes(struct disk *disk);

static void page_programmed(struct sim *sim, void *object, uint64_t word) {
    (void)sim, (void)word;
    struct disk *disk = object;
    ((struct ssd *)disk->state)->buffered -= DISK_PAGE_BYTES;
    take_writes(disk);
}

static void in_buffer(struct sim *sim, void *object, uint64_t slot) {
    struct disk *disk = object;
    struct ssd *ssd = disk->state;
    const struct disk_request *request = &disk->commands[slot].request;
    uint32_t pages = (uint32_t)disk_pages(request->bytes);
    bool follows = request->offset == ssd->next_write;
    ssd->next_write = request->offset + request->bytes;
    sim_time time = sim_time_of(program_s(&disk->config, pages, follows) / pages);
    for (uint32_t i = 0; i < pages; i++) {
        sim_at(sim, ask_die(disk, ssd->turn, time), page_programmed, disk, 0);
        ssd->turn = (ssd->turn + 1) % ssd->dies;
    }
    sim_after(sim, ssd->write, disk_complete, disk, slot);
}

/* Writes go into the buffer in order; one that is larger than the buffer goes when the buffer is empty. */
static void take_writes(struct disk *disk) {
    struct ssd *ssd = disk->state;
    while (ssd->writes.first != DISK_NO_SLOT) {
        uint32_t bytes = disk->commands[ssd->writes.first].request.bytes;
        double room = disk_pages(bytes) * DISK_PAGE_BYTES;
        if (ssd->buffered > 0 && ssd->buffered + room > disk->config.buffer_bytes) return;
        uint32_t slot = disk_slots_pop(disk, &ssd->writes);
        ssd->buffered += room;
        sim_at(disk->sim, disk_link_cross(&disk->link, disk->sim->now, bytes, true), in_buffer, disk, slot);
    }
}

static void ssd_start(struct disk *disk, uint32_t slot) {
    struct ssd *ssd = disk->state;
    if (disk->commands[slot].request.write) {
        disk_slots_push(disk, &ssd->writes, slot);
        take_writes(disk);
        return;
    }
    sim_time at = disk_allowance_start(&ssd->reads, disk->sim->now, 1);
    if (at > disk->sim->now)
        sim_at(disk->sim, at, begin_read, disk, slot);
    else
        begin_read(disk->sim, disk, slot);
}

/* What is in the buffer is programmed when the dies are done with what they were asked for. */
static void ssd_flush(struct disk *disk, uint32_t slot) {
    const struct ssd *ssd = disk->state;
    sim_time done = disk->sim->now;
    for (uint32_t i = 0; i < ssd->dies && !disk->config.protected_buffer; i++)
        if (ssd->die_free[i] > done) done = ssd->die_free[i];
    sim_at(disk->sim, done, disk_complete, disk, slot);
}

/* --- what is measured, and what to expect --- */

static sim_time ssd_busy(const struct disk *disk) {
    const struct ssd *ssd = disk->state;
    return disk_busiest(disk, ssd->die_busy, ssd->die_free, ssd->dies, &ssd->reads);
}

static double ssd_rate_bound(const struct disk_config *config, uint32_t bytes, bool write, bool sequential) {
    double pages = disk_pages(bytes), rate = INFINITY;
    double die_s = write ? program_s(config, pages, sequential) : sense_s(config, pages, sequential);
    rate = disk_rate_min(rate, disk_cross_s(config, bytes, write));
    rate = disk_rate_min(rate, die_s / config->channels);
    return !write && config->read_iops > 0 && config->read_iops < rate ? config->read_iops : rate;
}

/* The pages of a long read come in rounds of one from each die; the next round is read while one crosses. What was read
 * ahead is in the buffer as a whole. */
static double ssd_time_alone(const struct disk_config *config, uint32_t bytes, bool write, bool sequential) {
    double across = disk_cross_s(config, bytes, write);
    if (write) return across + config->write_s;
    if (sequential && config->ahead_s > 0) return config->ahead_s + across;
    if (config->stripe_bytes > DISK_PAGE_BYTES) {
        double stripe = fmin((double)stripe_pages(config), disk_pages(bytes));
        return config->read_s + fmax(across, (stripe - 1) * page_out_s(config) + across / disk_pages(bytes));
    }
    double pages = disk_pages(bytes), rounds = ceil(pages / config->channels);
    double last = (pages - (rounds - 1) * config->channels) / pages;
    double round = sense_s(config, pages, sequential) / pages;
    return config->read_s + fmax(across, (rounds - 1) * round + across * last);
}

const struct disk_model disk_ssd = {ssd_init, ssd_fini, ssd_start, ssd_flush, ssd_busy, ssd_rate_bound, ssd_time_alone};
