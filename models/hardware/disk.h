/* Disks: what a block request takes from the moment the device has the command until it reports completion.
 *
 * All kinds hold at most `queue_depth` commands; those beyond wait in front, in order. A driver's work, its rings and
 * interrupts are not the disk's (models/paths).
 *
 * - `hdd`: one arm. A request takes the seek from where the arm is (a curve through the track-to-track, average and
 *   full-stroke times: square root for short, linear for long distances), the rotation until its first sector comes by
 *   (the platter turns all the time), and the transfer at the rate of its zone. Among the commands it holds it takes
 *   the one it reaches soonest (native command queueing), so that depth helps; one passed over for long goes first. A
 *   read that goes on where the last one ended only transfers (the disk reads ahead), a write does if it follows at
 *   once. With `write_cache` a write is done when it has crossed the interface into the buffer; the buffer drains
 *   through the same arm, which chooses among its oldest `queue_depth` writes as well, and writes wait while it is
 *   full.
 * - `ssd`: `channels` dies work at the same time. A read has a page of 4 KiB after `read_s`, pages of one request
 *   from dies of their own; the die follows from the address, so that random requests meet. It takes its die for as
 *   long, or for channels x 4 KiB / read_bps if that is less and the page follows another one of the same request or
 *   of one that ended there (flash is read in larger pages). A read that goes on where the last one ended makes the
 *   device read ahead, a page of flash or as much as is asked for; what it has read ahead is kept while others read,
 *   and comes after `ahead_s`. Of a read by itself `stripe_bytes` come from the same die, one page after the other at
 *   `die_bps`: large random reads meet fewer dies than they have pages. Then the data cross the interface (read_bps,
 *   write_bps: one transfer at a time, which is the bandwidth limit; SATA has one way for both directions). A write
 *   is done `write_s` after its data are in the buffer; the dies program it afterwards and writes wait when
 *   `buffer_bytes` are not yet programmed. Programming takes channels / write_iops of a die, and for pages that
 *   follow another one of the same or of the last write channels x 4 KiB / write_bps if that is less: they are put
 *   side by side, while pages written here and there cost the device more work later, which write_iops contains. The
 *   dies take turns at it, wherever the page belongs. Reads and programming of one die are first come first served.
 *   read_iops spaces reads at the front besides.
 * - `null`: `null_s` after the command, whatever it is, any number at once (null_blk with a timer; 0: at once, and a
 *   ramdisk, whose copy is its driver's work). read_iops and write_iops space its requests at the front.
 * - `network`: a volume somewhere else: the way there and back (one_way_s each, plus an exponential jitter of mean
 *   jitter_s each), and a store that serves `channels` requests at the same time, read_s or write_s each; the volume's
 *   bandwidth is that of its interface, one way for both directions. It has an allowance of requests: `read_iops` in
 *   the long run (reads and writes together; write_iops does not count), from which bursts are paid with credits
 *   (`burst_iops`, `credits`); a request larger than `unit_bytes` counts as several. Requests wait for their allowance
 *   in order, in the device.
 *
 * A flush is done when what the disk had reported as written, and held in a buffer that a loss of power would empty, is
 * on the medium. An hdd with `write_cache` takes no writes into its buffer until then; an ssd goes on. With a protected
 * buffer (capacitors), or none, there is nothing to do; `null` takes null_s; a volume has it safe before it reports a
 * write, so that a flush is a trip there and back.
 *
 * Not modelled: that AHCI has no other command beside a flush; garbage collection and wear, defects, thermal limits,
 * write amplification beyond write_iops; hits in the buffer of an ssd.
 *
 * Units: seconds, bytes, bytes per second. */
#ifndef IOPATH_MODELS_HARDWARE_DISK_H
#define IOPATH_MODELS_HARDWARE_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "models/costs.h"
#include "sim/diag.h"

enum disk_kind { DISK_HDD, DISK_SSD, DISK_NULL, DISK_NETWORK };
/* How a kernel talks to it, which decides its driver's rows: registers and one queue (ahci), queues in memory (nvme), a
 * function call (memory: null_blk, brd), a volume behind a network (remote: the store's own path is not modelled). */
enum disk_interface { DISK_AHCI, DISK_NVME, DISK_MEMORY, DISK_REMOTE };

struct disk_config {
    char name[CATALOG_NAME_MAX];
    char description[160];
    enum disk_kind kind;
    enum disk_interface interface;
    double capacity_bytes;        /* offsets of random requests spread over it */
    int queue_depth;              /* commands it holds; 1 to 65536 */
    double read_bps, write_bps;   /* bytes per second across the interface; 0: no limit; hdd: into the buffer only */
    double read_iops, write_iops; /* 0: no limit of its own; network: read_iops is that of both */
    int queues;                   /* of its driver, each with an interrupt; 0: one for each CPU; of ahci always one */
    int channels;                 /* ssd, network: requests or pages at the same time */
    double read_s, write_s;       /* ssd: page read, write into the buffer; network: at the store */
    double ahead_s;               /* ssd: page that was read ahead, at most read_s; 0: read_s */
    double stripe_bytes, die_bps; /* ssd: of a read by itself from one die, and how fast; 0: a page */
    double buffer_bytes;          /* ssd and hdd with write cache: written and not yet on the medium */
    bool write_cache;             /* hdd */
    bool protected_buffer;        /* ssd: survives a loss of power */
    double rpm;                   /* hdd: revolutions per minute */
    double seek_track_s, seek_average_s, seek_full_s;
    double outer_bps, inner_bps; /* hdd: media rate at both edges, bytes per second */
    double null_s;               /* null */
    double one_way_s, jitter_s;  /* network */
    double unit_bytes;           /* network: what counts as one request; 0: any size */
    double burst_iops, credits;  /* network: rate while there are credits; requests saved at the start, at most */
};

struct sim;
struct disk;

struct disk_request {
    uint64_t offset; /* bytes from the start of the disk */
    uint32_t bytes;
    bool write;
    bool flush;      /* neither reads nor writes; offset and bytes do not count */
    uint32_t packet; /* the owner's name for it */
};

/* Called when the device reports the completion of a request. */
typedef void disk_done(void *owner, uint32_t packet);

/* "hdd", "ahci" */
const char *disk_kind_name(enum disk_kind kind);
const char *disk_interface_name(enum disk_interface interface);

/* NULL without memory. `stream` is the number of its random stream. The configuration is copied and must be in range
 * (scenarios/disk_table.c); `done` and `owner` are the caller's. */
struct disk *disk_new(struct sim *sim, const struct disk_config *config, uint32_t stream, disk_done *done, void *owner);
void disk_free(struct disk *disk); /* NULL: nothing to do */

/* The disk has the command now, or as soon as it holds fewer than queue_depth. `done` comes from an event, never from
 * in here; what it submits goes behind what waits. */
void disk_submit(struct disk *disk, const struct disk_request *request);

/* Busy time so far of what limits the disk, as time of one server: of n channels a busy one counts 1/n. The largest of
 * arm, dies or store, interface, and time in which the allowance lets nobody start. */
double disk_busy_s(const struct disk *disk);

/* The most requests of this kind per second that the disk can do, and the mean time of one on an idle disk, over
 * random offsets; sequential: each follows the last. The rate counts with a full queue, the outer edge of a hdd if
 * sequential, a full allowance of credits, and is INFINITY where nothing limits it. One kind
 * alone: a hdd that has reads and cached writes to choose from may do a little more than the mean of both. */
double disk_rate_bound(const struct disk_config *config, uint32_t bytes, bool write, bool sequential);
double disk_time_alone(const struct disk_config *config, uint32_t bytes, bool write, bool sequential);

/* Mean time of a flush when there is nothing to write. */
double disk_flush_time(const struct disk_config *config);

#endif
