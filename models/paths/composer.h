/* Lining up rows, the inside of compose.c: what is being lined up and for whom. */
#ifndef IOPATH_MODELS_PATHS_COMPOSER_H
#define IOPATH_MODELS_PATHS_COMPOSER_H

#include "models/paths/program.h"

struct composer {
    struct program *program; /* that rows are added to */
    const struct model_config *config;
    enum workload_kind kind;
    enum sender sender;
    enum receiver receiver;
    int frame_bytes, payload_bytes;
    int fragment_bytes; /* that the packets are merged of, in memory of the NIC's driver; 0: of pages */
    int clock_reads;    /* of an application with each message it sends */
    bool foreign;       /* the packet lies in pages that the sending guest has granted */
    bool turnaround;    /* the next row is the first of the answer */
    /* tcp-stream: segments of the packet, of what it is here, of what the sender's kernel handed to its driver; the
     * payload of a segment and of one write; how often rows are executed for what came into the stage */
    int frames, frames_here, frames_handed, segment_bytes, write_bytes, times;
    bool is_ack, lro, cached;
    uint8_t requests; /* enum requests: of a block workload */
    bool answered;    /* http: the leg is the answer, so that its receiver is the client */
};

/* traits.c: the tables of a guest; what its rows depend on beside the protocol; the same of dom0, and of a protocol. */
const struct path_tables *party_tables(const struct composer *composer, const struct party *party);
enum only party_traits(const struct composer *composer, const struct party *party);
enum only dom0_traits(const struct composer *composer);
enum only protocol_traits(const struct composer *composer, bool answers);

/* What a party's frames pass between its back end and the wire; NULL: it has (a function of) the NIC. */
const struct backplane *party_backplane(const struct composer *composer, const struct party *party);
bool guest_uses_lro(const struct model_config *config, int guest);

/* computing.c: threads without packets; what an application reads the clock for with each message it sends. */
void compose_computing(struct composer *composer, const struct party *at, const struct workload_config *work);
/* … what a load generator reads it for with each block request, where that is more than an instruction. */
void compose_request_clock(const struct composer *composer, const struct party *at);
void compose_clock_reads(const struct composer *composer, const struct party *at, int reads);

/* rows.c: adds the rows of a table that this protocol and kernel take. */
void compose_table(struct composer *composer, const struct step *table, const struct party *at, enum only takes,
                   enum hop hop);

/* The stage that the rows added last belong to. */
int program_last_stage(const struct program *program);

/* A packet of `frames` full segments is what the next rows are about. */
void compose_frames(struct composer *composer, int frames);

/* A clean-up that begins when `stage` is done; the rows of its table. */
struct program *compose_completion(struct composer *composer, int stage, bool frees_socket);
void compose_into(struct composer *composer, struct program *completion, const struct step *table,
                  const struct party *at, enum only takes);

#endif
