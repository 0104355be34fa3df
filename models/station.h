/* A station: whoever works on packets with a CPU, one interpreter for all of them.
 *
 * A sender's thread, the queueing discipline, a NAPI softirq, netback, QEMU, a reader: each takes packets
 * from its queues, spends its CPU's time on them as their stages say, hands them on and takes the next,
 * until there are none; then it arms its queues and sleeps until the next push notifies it.
 *
 * Modelled: notification suppression; what telling costs the teller, what flies, what waking costs the
 * woken (more if its CPU was idle); interrupt moderation; turns of a poll loop over a batch; a softirq
 * that has used up its budget continues as a task (ksoftirqd), and one that steers packets to other CPUs tells them
 * when its poll is over; what moves between sockets takes longer; back-pressure from full rings and losses at those
 * that drop; synchronous calls during which the caller's CPU stalls, or that it serves itself under a lock; turns so
 * long that other tasks of the CPU have theirs in between; poll loops, which nobody tells and which find what there is
 * when they look.
 *
 * station.c has the loop's turns and the locks they need, filling.c what a turn takes, delivery.c how packets move
 * between stages, back_pressure.c what holds them back, telling.c how stations wake each other, polling.c how a poll
 * loop finds work, register_access.c the calls of a device model. */
#ifndef IOPATH_MODELS_STATION_H
#define IOPATH_MODELS_STATION_H

#include "models/big_lock.h"
#include "models/hypervisor/event_channel.h"
#include "models/poll_loop.h"
#include "models/route.h"
#include "models/ticket_lock.h"
#include "sim/poll_window.h"
#include "sim/processor.h"

enum { BATCH_MAX = 256, NAPI_WEIGHT = 64, GRO_HELD_MAX = 8 };

struct machine;

/* What only some stations do, so that the others pay one test per turn and packet for all of it. */
enum feature {
    POLLS_PORTS = 1,       /* loop */
    MAKES_PACKETS = 2,     /* urgent, held */
    SHARES_GRANTS = 4,     /* lock */
    SHARES_BIG_LOCK = 8,   /* big_lock */
    UNMAPS = 16,           /* dma */
    SERVES_CALLERS = 32,   /* of_caller */
    TELLS_LATE = 64,       /* untold */
    YIELDS = 128,          /* shared_by_loops */
    SHARES_RUNQUEUE = 256, /* runqueue */
    READS_BYTES = 512,     /* turn_bytes */
    HANDLES_EVENTS = 1024, /* channel */
    TAKES_SLICES = 2048,   /* slice */
};

/* The lock of a grant table, of TLB flushes, of the pages that blkback keeps mapped for the queues of a disk. */
enum lock_kind { LOCK_OF_TABLE, LOCK_OF_FLUSHES, LOCK_OF_POOL };

struct station {
    struct machine *machine;
    struct processor *cpu;
    uint32_t features;         /* once everything is wired */
    enum context context;      /* in which it works */
    enum context wake_context; /* in which it is told */
    bool inline_;              /* runs on the CPU of whoever found it idle (queueing discipline) … */
    bool shared_by_loops;      /* … and goes on in a softirq after a poll's length of packets … */
    bool lets_go;              /* … which is about to begin: who comes with a packet now goes on instead */
    bool of_caller;            /* runs on the CPU of whoever asks and waits (QEMU on a vCPU's thread) */
    bool running;              /* awake or on the way to be */
    enum worker worker;
    int guest, server;
    int index; /* which one of its kind: queue, thread or flow */
    int input_count, input_capacity, next_input;
    bool cleans_first; /* sent packets before received ones, not in turn */
    struct queue **inputs;
    struct moderation *moderation; /* of the interrupt that wakes it, or NULL */
    event_id interrupt;            /* … while it is still to come */
    struct dma_map *dma;           /* buffers of its device that it unmaps, or NULL */
    struct stage *flush_stage;     /* whose rows say what telling the IOMMU costs */
    int flushes;                   /* how often it has to, before the packets of this turn go on */
    struct route *register_route;  /* how it reaches its device model, or NULL */
    sim_time debt;                 /* telling others, to be paid with the next turn */
    uint32_t budget, worked;       /* packets per softirq, and since it last slept */
    int input_quota, turn_limit;   /* packets of one turn: from each input, and in all */
    int batch_count;
    int poll_length, poll_left;    /* packets of one turn of a softirq's poll loop, and of this one still to come */
    int poll_registers;            /* accesses due at the end of this turn of the poll loop */
    bool registers_first;          /* … before its packets go on: the last one starts the device */
    int registers_left;            /* accesses still to make before it works on */
    enum context turn_context;     /* of this turn */
    enum context register_context; /* … and the context that makes them */
    struct ticket_lock *lock;      /* that others take as well, or NULL */
    enum lock_kind lock_kind;      /* what it protects */
    struct ticket_lock *table_locks[2]; /* of grant tables: for packets that are copied, that are mapped */
    bool flushes_tlbs;                  /* after unmaps (models/tlb_flush.h) */
    int disk;                           /* of the host, that a thread of a back end serves */
    sim_time locked;                    /* what of this turn's work needs the lock */
    int lock_operations;
    sim_time lock_wanted;        /* since when it spins */
    struct queue *urgent;        /* of frames and packets that it has made itself, or NULL; served first */
    uint32_t held[GRO_HELD_MAX]; /* packets that may grow until the poll ends (models/guest/merging.h) */
    int held_count;
    uint32_t turn_bytes;       /* payload of one turn, a reading; 0: no limit */
    bool told_by_own_cpu;      /* no interrupt was needed to wake it */
    struct cpus *cpus;         /* a thread that chooses among them when it is woken; NULL: it stays where it is */
    struct runqueue *runqueue; /* of its CPU: of such a thread while it is awake, of softirqs beside such threads */
    bool is_thread;            /* a softirq that has used up its budget */
    bool poll_takes_all;       /* a turn of its loop is over when all that was there at its begin is done */
    /* A softirq that steers packets: whom it has to tell when its poll is over. */
    struct station **untold;
    struct station *own_backlog; /* of its CPU, if packets are steered there as well */
    int untold_count;
    uint32_t untold_packets; /* handled since it last told */
    bool waits_to_be_told;   /* it is on such a list … */
    struct stage *told_of;   /* … because of a packet before this stage */
    uint32_t batch[BATCH_MAX];
    struct event_channel *channel;      /* of the events it handles, if they have one of their own, or NULL */
    struct big_lock *big_lock;          /* that it holds while it works, or NULL */
    sim_time held_back;                 /* work that waits for the lock */
    int big_lock_turns, big_lock_limit; /* turns since it took the lock, and after how many it lets go */
    struct poll_loop loop;              /* of a station that polls its inputs */
    event_id reach;                     /* when an idle poll loop comes to a port that has something */
    sim_time reach_at;
    sim_time polled_before;  /* of a poll loop: its CPU's work as of the end of the warm-up */
    struct poll_window spin; /* of a thread that spins before it sleeps (models/spinning.h) */
    event_id spin_end;       /* … while it does */
    sim_time spins_since, spun_before;
    sim_time traffic, copying; /* of this turn: time of the memory's bandwidth, and of the copies when alone … */
    struct stage *copy_stage;  /* … and where the time is booked that they take longer */
    sim_time slice;            /* after so much of a turn's work other tasks of its CPU have theirs; 0: none so long */
    sim_time left;             /* of this turn's work, beyond the slice that runs */
    sim_time busy;             /* CPU work it has asked for */
    char name[NAME_MAX_BYTES];
};

/* A packet has come to stage packet->stage of its route; `from` worked on it last, NULL: a device. May lose
 * it. */
void station_deliver(struct machine *machine, uint32_t packet, struct station *from);

/* The stage packet->stage is done: completions start, slots are freed, and the packet goes on or ends. */
void station_finish(struct machine *machine, uint32_t packet, struct station *from);

/* The station handles all packets that wait in `queue` at once, in passing; the work comes with its next turn. */
void station_drain(struct station *station, struct queue *queue);

/* Everything is wired: finds out which features the stations have. */
void stations_ready(struct machine *machine);

/* The turn's work under the lock is done. */
void station_resumed(struct station *station);

/* Promises `station` room in the queue in front of stage `next` of a route, or has it told when there is some.
 * `reserved`: whether the packet then holds slots. A queue that drops promises them to pktgen only, whose driver
 * stops it before the queue is full. */
bool station_reserve(struct station *station, const struct route *route, int next, bool *reserved);

/* Starts the clean-up that completion `index` of the packet's route describes. */
void station_complete(struct machine *machine, const struct packet *packet, int index, struct station *from);

/* The packet that stands for that clean-up, not yet on its way; PACKET_NONE if nothing is left to do. */
uint32_t station_new_completion(struct machine *machine, const struct packet *packet, int index, struct station *from);

/* A packet ends its path unfinished: in front of its stage, or (LOST_NIC) at the NIC that should receive it. */
void station_lose(struct machine *machine, uint32_t packet, enum lost where, struct station *from);

#endif
