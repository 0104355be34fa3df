/* A path, ready to run: the rows of the tables that one workload's packets meet, cut into stages.
 *
 * compose.c lines the rows up (sender's mode, switch, NICs, receiver's mode, and back for a request that is
 * answered); compile.c turns costs into picoseconds and cuts at the RING rows. All flows of a workload
 * share the program; where each flow's packets wait and who works on them is its route (route.h). */
#ifndef IOPATH_MODELS_PATHS_PROGRAM_H
#define IOPATH_MODELS_PATHS_PROGRAM_H

#include "models/config.h"
#include "models/paths/path.h"
#include "sim/time.h"

enum { STAGES_MAX = 20, ROWS_MAX = 224, COMPLETIONS_MAX = 6 };

/* What becomes of a frame when it leaves the NIC. */
enum hop {
    HOP_NONE,
    HOP_END,     /* the far host takes it: delivered at its last bit on the wire */
    HOP_SWITCH,  /* the NIC's internal switch hands it to another function of the same NIC */
    HOP_NETWORK, /* over the network to the other server's NIC */
    HOP_REFLECT, /* over the network to an ideal far host that answers at once, and back */
    HOP_INGRESS, /* it came from the far host: the path starts at the NIC's port */
};

/* What becomes of a packet of a tcp-stream when a stage is done. */
enum stage_end {
    END_GOES_ON,
    END_CUT_PACKETS, /* it is cut into frames, each a packet of its own */
    END_CUT_FRAMES,  /* it is cut into frames whose clean-up is one */
    END_MERGES,      /* it waits to be merged with what follows it */
    END_TCP_INPUT,   /* TCP decides: to the socket, out of order, or superfluous */
};

struct row {
    const struct step *step;
    enum place place; /* the step\'s, but dom0 where dom0 runs a guest\'s rows */
    int8_t guest;     /* whose GUEST, HYPERVISOR or DEVICE_MODEL place this is; -1: none */
    int8_t server;
    enum hop hop; /* WIRE and DEVICE rows that end the NIC's part */
    int frame_bytes, payload_bytes;
    int slots;                 /* of a ring that such a packet takes */
    int fragment_bytes;        /* of received packets that are merged of frames: what one brought; 0: they fill pages */
    int times;                 /* executions for one packet: frames that it is cut into */
    bool turnaround;           /* first row of the answer */
    sim_time traffic, copying; /* of the memory's bandwidth; of its bytes alone (models/hardware/memory.h) */
    int operations;            /* what one execution adds to the result's rates: pages of a grant */
    int lock_operations;       /* of the grant table's lock, and what of `cpu` it covers */
    sim_time locked;
    sim_time cpu, time; /* of one execution: CPU work; or time of a device or flight */
    int stage;
};

struct stage {
    sim_time work[WHEN_COUNT];     /* sums of the rows; FLIGHT and RETURN are times, the rest CPU work */
    uint64_t executed[WHEN_COUNT]; /* how often each kind of row was executed */
    bool flushes_each;             /* TLBs with every packet, not once per turn */
    sim_time locked;               /* part of EACH that a spin lock of the grant table covers */
    int lock_operations;           /* how often that lock is taken with each packet */
    bool maps;                     /* … to map or unmap its pages */
    sim_time pool_locked;          /* the same of the lock of pages that stay mapped (models/disk_workers.h) */
    int pool_operations;
    sim_time traffic; /* of EACH: time of the memory's bandwidth, and of the copies it is of when alone */
    sim_time copying;
    sim_time device_time; /* sum of what devices take for one packet alone */
    enum ring_id ring, release, reaps;
    enum worker worker;
    int8_t guest, server;   /* of the worker */
    int8_t rx_server;       /* NIC stages that receive: where, else -1 */
    int8_t completion;      /* index of the completion that starts when this stage is done, or -1 */
    int8_t drop_completion; /* … when the packet is lost at this stage's ring, or -1 */
    uint8_t slots;          /* of `ring` that a packet takes */
    uint8_t release_slots;  /* of `release` that it frees */
    int register_accesses;  /* served by the device model, per WAKE */
    int poll_registers;     /* … and per POLL */
    bool synchronous;
    enum hop hop;
    int frame_bytes, rx_frame_bytes;
    enum stage_end end;
    int pieces;               /* packets here that one of this program's size at the sender becomes */
    const struct stage *kind; /* the same stage of the program of one frame: what comes once per turn for all sizes */
};

struct program {
    int guest, workload;            /* whose packets these are */
    int frame_bytes, payload_bytes; /* of a stream */
    int stage_count;
    struct stage stages[STAGES_MAX];
    uint64_t executed_before[STAGES_MAX][WHEN_COUNT]; /* of each stage, as of the end of the warm-up */
    int row_count;
    struct row rows[ROWS_MAX];
    int completion_count;
    struct program *completions[COMPLETIONS_MAX]; /* what follows for the sender when a frame has left */
    bool frees_socket;                            /* of a completion: the sender's buffer is free when it ends */
    bool is_completion;
    bool after_loss;  /* a completion that only lost frames take */
    bool reversed;    /* of a stream: the direction towards the guest */
    bool lro;         /* the receiving device merges frames of a tcp-stream */
    bool is_ack;      /* acknowledgements of a tcp-stream */
    enum block_op op; /* of a block request */
    int qdisc_stage;  /* where the flow's own packets pass the sender's queueing discipline */
};

/* Who takes part: a guest, dom0 of a server, or the ideal far host. */
enum party_kind { PARTY_GUEST, PARTY_DOM0, PARTY_FAR };
struct party {
    enum party_kind kind;
    int guest; /* of PARTY_GUEST */
    int server;
};

/* The path of one workload; for a stream in the direction asked for. NULL on failure. */
struct program *program_new(const struct model_config *config, int guest, int workload, enum direction direction,
                            struct diag *diag);
/* Of a tcp-stream: the path of packets of `frames` full segments, or (0) of the acknowledgements of that direction. */
struct program *program_new_stream(const struct model_config *config, int guest, int workload, enum direction direction,
                                   int frames, struct diag *diag);
/* The most segments in one packet: that TCP hands down in that direction; at all. The payload of one segment. */
int stream_packet_frames(const struct model_config *config, int guest, int workload, enum direction direction);
int stream_frames_max(const struct workload_config *work);
int stream_segment_bytes(const struct workload_config *work);
/* Whether the kernel of a guest cuts packets itself: its device cannot, or may not. */
bool stream_cut_in_software(const struct model_config *config, int guest);
/* Bytes of one write: the message, or as much of it as the send buffer takes at once. */
int stream_write_bytes(const struct model_config *config, const struct workload_config *work);
/* Whether the send buffers of all its flows fit into a last-level cache. */
bool stream_is_cached(const struct model_config *config, const struct workload_config *work);
/* One register access of `guest`, served by its device model. */
struct program *program_register_access(const struct model_config *config, int guest, struct diag *diag);
/* The same of a stream whose frames have another size than the workload's. */
struct program *program_new_sized(const struct model_config *config, int guest, int workload, enum direction direction,
                                  int frame_bytes, struct diag *diag);
/* Of a block workload's requests that do `op` with so many bytes. */
struct program *program_new_block(const struct model_config *config, int guest, int workload, enum block_op op,
                                  int bytes, struct diag *diag);
void program_free(struct program *program);

/* A program without rows; NULL without memory. */
struct program *program_empty(int guest, int workload);
/* compose.c: fills rows, completions and the stage attachments. */
void program_compose(struct program *program, const struct model_config *config, enum direction direction);
void program_compose_stream(struct program *program, const struct model_config *config, enum direction direction,
                            int frames);
void program_compose_register_access(struct program *program, const struct model_config *config);
/* compile.c: fills stages from rows. */
void program_compile(struct program *program, const struct model_config *config);

/* Ethernet (with CRC), IPv4 and transport headers of one packet: UDP and ICMP 46, TCP with timestamps 70. */
int protocol_overhead_bytes(enum workload_kind kind);

/* Ethernet frame with CRC that carries `payload` bytes of the workload's protocol, at least 64. */
int frame_of_payload(enum workload_kind kind, int payload);

/* Clock of everything on the server a guest runs on. */
double server_clock_hz(const struct model_config *config, int server);

#endif
