/* The rows of a disk, and what its kind asks for and leaves no room for. */
#include <assert.h>
#include <string.h>

#include "scenarios/data.h"

static_assert(sizeof(enum disk_kind) == sizeof(int) && sizeof(enum disk_interface) == sizeof(int),
              "a choice is stored as an int");

static const struct choice kinds[] = {{"hdd", DISK_HDD, false},
                                      {"ssd", DISK_SSD, false},
                                      {"null", DISK_NULL, false},
                                      {"network", DISK_NETWORK, false},
                                      {NULL, 0, false}};
static const struct choice interfaces[] = {{"ahci", DISK_AHCI, false},
                                           {"nvme", DISK_NVME, false},
                                           {"memory", DISK_MEMORY, false},
                                           {"remote", DISK_REMOTE, false},
                                           {NULL, 0, false}};

/* Kinds of disk a key belongs to, and those that cannot do without it. */
#define HDD     (1u << DISK_HDD)
#define SSD     (1u << DISK_SSD)
#define NULL_   (1u << DISK_NULL)
#define NETWORK (1u << DISK_NETWORK)

#define RATE(member, sentence)                                                                                  \
    FIELD_QUANTITY, FIELD_AT(struct disk_config, member), .dimensions = DIM_BIT(DIM_BYTE_RATE), .minimum = 1e5, \
                                                          .maximum = 1e12, .text = (sentence)
#define TIME(member, most, sentence)                                                                          \
    FIELD_QUANTITY, FIELD_AT(struct disk_config, member), .dimensions = DIM_BIT(DIM_TIME), .maximum = (most), \
                                                          .text = (sentence)
#define NUMBER(member, least, most, sentence)                                                                   \
    FIELD_QUANTITY, FIELD_AT(struct disk_config, member), .dimensions = DIM_BIT(DIM_PLAIN), .minimum = (least), \
                                                          .maximum = (most), .text = (sentence)
#define SIZE(member, least, most, sentence)                                                                    \
    FIELD_QUANTITY, FIELD_AT(struct disk_config, member), .dimensions = DIM_BIT(DIM_SIZE), .minimum = (least), \
                                                          .maximum = (most), .text = (sentence)

static const struct field disk_fields[] = {
    {"name", FIELD_TEXT, FIELD_AT(struct disk_config, name), .required = true, .text = "the file's name without .yaml"},
    {"description", FIELD_TEXT, FIELD_AT(struct disk_config, description), .text = "one line"},
    {"kind", FIELD_CHOICE, FIELD_AT(struct disk_config, kind), .choices = kinds, .noun = "a kind of disk",
     .required = true,
     .text = "hdd: an arm over turning platters; ssd: dies behind an interface; \"null\", in quotes: nothing but time; "
             "network: a "
             "volume somewhere else"},
    {"interface", FIELD_CHOICE, FIELD_AT(struct disk_config, interface), .choices = interfaces,
     .noun = "an interface of a disk", .required = true,
     .text = "how a kernel talks to it: ahci (hdd, ssd), nvme (ssd), memory (null), remote (network)"},
    {"capacity", SIZE(capacity_bytes, 1e6, 1e15, "where random requests go"), .required = true},
    {"queue_depth", FIELD_INTEGER, FIELD_AT(struct disk_config, queue_depth), .minimum = 1, .maximum = 65536,
     .required = true, .text = "commands it holds; of ahci at most 32"},
    {"queues", FIELD_INTEGER, FIELD_AT(struct disk_config, queues), .minimum = 1, .maximum = 256, .only = SSD | NULL_,
     .text = "of its driver, each with an interrupt; one for each CPU when left out, of ahci always one"},
    {"read_rate", RATE(read_bps, "across the interface; unlimited when left out"), .only = SSD | NETWORK},
    {"write_rate", RATE(write_bps, "the same of writes; of hdd into the buffer"), .only = HDD | SSD | NETWORK},
    {"read_iops",
     NUMBER(read_iops, 1, 1e9,
            "reads per second; of network reads and writes, in the long run; unlimited "
            "when left out"),
     .only = SSD | NULL_ | NETWORK},
    {"write_iops",
     NUMBER(write_iops, 1, 1e9,
            "writes per second, of ssd of 4 KiB here and there, in the long run; of "
            "null unlimited when left out"),
     .only = SSD | NULL_, .needed = SSD},
    {"channels", FIELD_INTEGER, FIELD_AT(struct disk_config, channels), .minimum = 1, .maximum = 4096,
     .only = SSD | NETWORK, .needed = SSD | NETWORK,
     .text = "pages that are read at the same time, or requests that the store serves"},
    {"read", TIME(read_s, 10, "of a page of 4 KiB on its die, or of a request at the store"), .only = SSD | NETWORK,
     .needed = SSD | NETWORK},
    {"write", TIME(write_s, 10, "of a write that is in the buffer until it is reported, or of a request at the store"),
     .only = SSD | NETWORK, .needed = SSD | NETWORK},
    {"read_ahead", TIME(ahead_s, 10, "like read, of a read that follows another; read when left out"), .only = SSD},
    {"stripe",
     SIZE(stripe_bytes, 4096, 1 << 20,
          "of a read that follows none, what comes from one die; a page of 4 KiB when left out"),
     .only = SSD},
    {"die_rate", RATE(die_bps, "at which one die gives out a stripe"), .only = SSD},
    {"buffer", SIZE(buffer_bytes, 4096, 1e12, "written data that is not on the medium yet"), .only = HDD | SSD,
     .needed = SSD},
    {"write_cache", FIELD_BOOL, FIELD_AT(struct disk_config, write_cache), .fallback = "false", .only = HDD,
     .text = "a write is done when it is in the buffer"},
    {"protected", FIELD_BOOL, FIELD_AT(struct disk_config, protected_buffer), .fallback = "false", .only = SSD,
     .text = "the buffer survives a loss of power: a flush has nothing to write"},
    {"rpm", NUMBER(rpm, 1000, 30000, "revolutions per minute"), .only = HDD, .needed = HDD},
    {"seek_track", TIME(seek_track_s, 1, "seek to the next track"), .only = HDD, .needed = HDD},
    {"seek_average", TIME(seek_average_s, 1, "seek over a third of the stroke"), .only = HDD, .needed = HDD},
    {"seek_full", TIME(seek_full_s, 1, "seek over the full stroke"), .only = HDD, .needed = HDD},
    {"outer_rate", RATE(outer_bps, "of the medium at the outer edge"), .only = HDD, .needed = HDD},
    {"inner_rate", RATE(inner_bps, "of the medium at the inner edge"), .only = HDD, .needed = HDD},
    {"completion", TIME(null_s, 10, "from command to completion"), .only = NULL_, .needed = NULL_},
    {"one_way", TIME(one_way_s, 1, "to the store, and back"), .only = NETWORK, .needed = NETWORK},
    {"jitter", TIME(jitter_s, 1, "mean of an exponential addition to each way"), .only = NETWORK},
    {"unit", SIZE(unit_bytes, 512, 1e9, "what counts as one request; any size when left out"), .only = NETWORK},
    {"burst_iops", NUMBER(burst_iops, 1, 1e9, "requests per second while there are credits"), .only = NETWORK},
    {"credits", NUMBER(credits, 1, 1e9, "requests saved at the start, and at most"), .only = NETWORK},
    {"sources", FIELD_SOURCES, .text = "where the values come from: {KEY: [ID of the bibliography, …], …}"},
};
const struct table disk_table = {"disk", "a disk of a host", TABLE_ROWS(disk_fields), sizeof(struct disk_config),
                                 false};

static const struct field *disk_field(const char *key) {
    for (int i = 0; i < disk_table.field_count; i++)
        if (strcmp(disk_fields[i].key, key) == 0) return &disk_fields[i];
    return NULL;
}

/* In the order of the file what does not belong there, then what is missing. */
static enum iop_status check_keys(const struct node *root, enum disk_kind kind, struct diag *diag) {
    for (int i = 0; i < root->count; i++) {
        const struct node *node = root->children[i];
        const struct field *field = disk_field(node->key);
        if (field != NULL && field->only != 0 && !(field->only & (1u << kind)))
            return node_fail_key(node, diag, "'%s' is not a key of disks of kind %s", node->key, disk_kind_name(kind));
    }
    for (int i = 0; i < disk_table.field_count; i++) {
        const struct field *field = &disk_fields[i];
        if ((field->needed & (1u << kind)) && node_child(root, field->key) == NULL)
            return node_fail(root, diag, "'%s' is missing, which disks of kind %s need: %s", field->key,
                             disk_kind_name(kind), field->text);
    }
    return IOP_OK;
}

static enum iop_status check_interface(const struct node *root, const struct disk_config *disk, struct diag *diag) {
    static const unsigned fits[] = {
        [DISK_AHCI] = HDD | SSD, [DISK_NVME] = SSD, [DISK_MEMORY] = NULL_, [DISK_REMOTE] = NETWORK};
    if (!(fits[disk->interface] & (1u << disk->kind)))
        return node_fail(node_child(root, "interface"), diag, "no disk of kind %s has the interface %s",
                         disk_kind_name(disk->kind), disk_interface_name(disk->interface));
    if (disk->interface == DISK_AHCI && disk->queue_depth > 32)
        return node_fail(node_child(root, "queue_depth"), diag, "'%d' is out of range; a disk of AHCI holds 1 to 32",
                         disk->queue_depth);
    return IOP_OK;
}

static enum iop_status check_hdd(const struct node *root, const struct disk_config *disk, struct diag *diag) {
    if (disk->seek_track_s > disk->seek_average_s)
        return node_fail(node_child(root, "seek_track"), diag, "is longer than seek_average");
    if (disk->seek_average_s > disk->seek_full_s)
        return node_fail(node_child(root, "seek_average"), diag, "is longer than seek_full");
    if (disk->inner_bps > disk->outer_bps)
        return node_fail(node_child(root, "inner_rate"), diag, "is higher than outer_rate");
    if (disk->write_cache && disk->buffer_bytes <= 0)
        return node_fail(node_child(root, "write_cache"), diag, "a write cache needs a buffer");
    return IOP_OK;
}

static enum iop_status check_network(const struct node *root, const struct disk_config *disk, struct diag *diag) {
    enum { MONTH_S = 30 * 86400 }; /* simulated time has no room for much more */
    bool bursts = disk->burst_iops > 0 || disk->credits > 0;
    if (bursts && (disk->burst_iops <= disk->read_iops || disk->credits <= 0 || disk->read_iops <= 0)) {
        const struct node *node = node_child(root, disk->burst_iops > 0 ? "burst_iops" : "credits");
        return node_fail(node, diag, "a burst needs credits, burst_iops and a lower read_iops");
    }
    if (bursts && disk->credits > disk->read_iops * MONTH_S)
        return node_fail(node_child(root, "credits"), diag, "more than a month of read_iops");
    return IOP_OK;
}

static enum iop_status check_disk(const struct node *root, const struct disk_config *disk, struct diag *diag) {
    enum iop_status status = check_keys(root, disk->kind, diag);
    if (status == IOP_OK) status = check_interface(root, disk, diag);
    if (status != IOP_OK) return status;
    if (disk->kind == DISK_HDD) return check_hdd(root, disk, diag);
    if (disk->kind == DISK_NETWORK) return check_network(root, disk, diag);
    if ((disk->stripe_bytes > 0) != (disk->die_bps > 0))
        return node_fail(node_child(root, disk->stripe_bytes > 0 ? "stripe" : "die_rate"), diag,
                         "stripe and die_rate are given together");
    if (disk->ahead_s > disk->read_s) return node_fail(node_child(root, "read_ahead"), diag, "is longer than read");
    return IOP_OK;
}

enum iop_status catalog_disk(const char *name, struct disk_config *disk, struct diag *diag) {
    *disk = (struct disk_config){0};
    struct document document;
    enum iop_status status = catalog_read_file("disks", name, &disk_table, &document, disk, diag);
    if (status != IOP_OK) return status;
    status = check_disk(document.root, disk, diag);
    document_fini(&document);
    return status;
}
