/* The rows of a workload. */
#include <ctype.h>
#include <string.h>

#include "scenarios/input.h"

bool is_name(const char *text) {
    if (!isalnum((unsigned char)text[0])) return false;
    for (; *text != '\0'; text++)
        if (!isalnum((unsigned char)*text) && strchr("_.-", *text) == NULL) return false;
    return true;
}

static bool is_peer(const char *text) {
    return strcmp(text, "wire") == 0 || strcmp(text, "dom0") == 0 ||
           (strncmp(text, "guest ", 6) == 0 && is_name(text + 6));
}

/* --- words --- */

static const struct choice kinds[] = {
    {"udp-stream", KIND_UDP_STREAM, false},
    {"tcp-stream", KIND_TCP_STREAM, false},
    {"udp-rr", KIND_UDP_RR, false},
    {"tcp-rr", KIND_TCP_RR, false},
    {"http", KIND_HTTP, false},
    {"ping", KIND_PING, false},
    {"spin", KIND_SPIN, false},
    {"block", KIND_BLOCK, false},
    {"fork", KIND_FORK, false},
    {"syscall", KIND_SYSCALL, false},
    {"clock", KIND_CLOCK, false},
    {"boot", KIND_BOOT, false},
    {"replay", KIND_REPLAY, false},
    {NULL, 0, false},
};
static const struct choice directions[] = {{"transmit", DIRECTION_TRANSMIT, false},
                                           {"receive", DIRECTION_RECEIVE, false},
                                           {"both", DIRECTION_BOTH, false},
                                           {"transit", DIRECTION_TRANSIT, false},
                                           {NULL, 0, false}};
static const struct choice arrival_kinds[] = {{"constant", ARRIVALS_CONSTANT, false},
                                              {"poisson", ARRIVALS_POISSON, false},
                                              {"onoff", ARRIVALS_ONOFF, false},
                                              {NULL, 0, false}};
static const struct choice senders[] = {{"socket", SENDER_SOCKET, false},
                                        {"pktgen", SENDER_PKTGEN, false},
                                        {"af-xdp", SENDER_AF_XDP, false},
                                        {"netmap", SENDER_NETMAP, false},
                                        {NULL, 0, false}};
static const struct choice receivers[] = {{"socket", RECEIVER_SOCKET, false},
                                          {"drop", RECEIVER_DROP, false},
                                          {"netmap", RECEIVER_NETMAP, false},
                                          {NULL, 0, false}};
static const struct choice roles[] = {{"server", true, false}, {"client", false, false}, {NULL, 0, false}};
static const struct choice pinnings[] = {
    {"late", PINNING_LATE, false}, {"early", PINNING_EARLY, false}, {NULL, 0, false}};
static const struct choice calls[] = {{"vdso", false, false}, {"syscall", true, false}, {NULL, 0, false}};
static const struct choice patterns[] = {{"random", 0, false}, {"sequential", 1, false}, {NULL, 0, false}};
static const struct choice waits[] = {{"sleep", false, false}, {"poll", true, false}, {NULL, 0, false}};
static const struct choice engines[] = {{"async", false, false}, {"sync", true, false}, {NULL, 0, false}};
static const struct choice monitors[] = {{"qemu", MONITOR_QEMU, false},
                                         {"firecracker", MONITOR_FIRECRACKER, false},
                                         {"cloud-hypervisor", MONITOR_CLOUD_HYPERVISOR, false},
                                         {NULL, 0, false}};
static const struct choice loaders[] = {{"auto", WORD_AUTO, false},
                                        {"direct", LOADER_DIRECT, false},
                                        {"bios", LOADER_BIOS, false},
                                        {"pv-grub", LOADER_PV_GRUB, false},
                                        {NULL, 0, false}};
static const struct choice firmwares[] = {
    {"seabios", FIRMWARE_SEABIOS, false}, {"qboot", FIRMWARE_QBOOT, false}, {NULL, 0, false}};
static const struct choice images[] = {
    {"auto", WORD_AUTO, false}, {"bzimage", true, false}, {"vmlinux", false, false}, {NULL, 0, false}};
static const struct choice max_rate[] = {{"max", WORD_MAX_RATE, false}, {NULL, 0, false}};

/* --- the table --- */

/* Kinds of workload a key belongs to. */
#define ONLY(kind)   (1u << KIND_##kind)
#define ONLY_STREAMS (ONLY(UDP_STREAM) | ONLY(TCP_STREAM))
#define ONLY_RR      (ONLY(UDP_RR) | ONLY(TCP_RR) | ONLY(HTTP))
#define ONLY_NETWORK (ONLY_STREAMS | ONLY_RR | ONLY(PING) | ONLY(REPLAY))

static const struct field workload_fields[] = {
    {"name", FIELD_TEXT, FIELD_AT(struct workload_input, name), .check = is_name,
     .noun = "a name (letters, digits, _ . -)", .text = "what results call it; the kind when left out"},
    {"kind", FIELD_CHOICE, FIELD_AT(struct workload_input, kind), .choices = kinds, .noun = "a kind of workload",
     .required = true,
     .text =
         "what it does: udp-stream, tcp-stream, udp-rr, tcp-rr, http, ping, spin, fork, syscall, clock, boot, block or "
         "replay"},
    {"direction", FIELD_CHOICE, FIELD_AT(struct workload_input, direction), .only = ONLY_STREAMS | ONLY(REPLAY),
     .choices = directions, .noun = "a direction", .fallback = "transmit",
     .text = "of a stream, seen from the guest; transit: from the wire to the wire, through the switch of its host"},
    {"through", FIELD_SCALARS, FIELD_AT(struct workload_input, through), .only = ONLY(UDP_STREAM) | ONLY(REPLAY),
     .text = "of a stream in transit: guests that forward it, in this order, with `driver: poll`, by name; up to 8"},
    {"peer", FIELD_TEXT, FIELD_AT(struct workload_input, peer), .only = ONLY_NETWORK, .check = is_peer,
     .fallback = "wire", .noun = "a peer; allowed are wire, dom0, guest NAME", .text = "wire is an ideal far host"},
    {"sender", FIELD_CHOICE, FIELD_AT(struct workload_input, sender), .only = ONLY(UDP_STREAM), .choices = senders,
     .noun = "a sender", .fallback = "socket",
     .text = "threads with a socket; the kernel's pktgen, which hands one packet again and again to the driver; or an "
             "application at rate max: one that sends by AF_XDP, of virtio, vhost and vhost-user, or netmap's pkt-gen, "
             "of virtio, vhost and of hvm under KVM"},
    {"receiver", FIELD_CHOICE, FIELD_AT(struct workload_input, receiver), .only = ONLY(UDP_STREAM),
     .choices = receivers, .noun = "a receiver", .fallback = "socket",
     .text = "threads that read a socket; nobody: the stack drops what comes; or netmap's pkt-gen, of the guests that "
             "can send with it"},
    {"frame", FIELD_BYTES, FIELD_AT(struct workload_input, frame), .only = ONLY(UDP_STREAM), .minimum = 64,
     .maximum = 65535, .fallback = "64 B",
     .text = "Ethernet frame of a stream, header and CRC included; above 9018 B only between guests and dom0 of one "
             "machine"},
    {"payload", FIELD_BYTES, FIELD_AT(struct workload_input, payload), .only = ONLY(UDP_STREAM) | ONLY(PING),
     .minimum = 1, .maximum = 65507, .text = "instead of frame: UDP payload, or data of a ping"},
    {"mtu", FIELD_BYTES, FIELD_AT(struct workload_input, mtu), .only = ONLY_NETWORK, .minimum = 576, .maximum = 9000,
     .fallback = "1500 B", .text = "largest IP packet"},
    {"message", FIELD_BYTES, FIELD_AT(struct workload_input, message), .only = ONLY_STREAMS, .minimum = 1,
     .maximum = 1 << 20,
     .text = "bytes of one write of the application: of UDP instead of frame, of TCP 64 KiB when left out"},
    {"rate", FIELD_MEASURE, FIELD_AT(struct workload_input, rate), .only = ONLY_STREAMS | ONLY_RR | ONLY(BLOCK),
     .dimensions = DIM_BIT(DIM_PACKET_RATE) | DIM_BIT(DIM_BIT_RATE) | DIM_BIT(DIM_REQUEST_RATE), .minimum = 1,
     .maximum = 1e12, .choices = max_rate,
     .noun = "a rate; allowed are max, a packet rate (pps, kpps, Mpps), a bit rate (Gbit/s, …) or, of block, IOPS",
     .fallback = "max",
     .text = "offered; a bit rate counts the bits of frames with their CRC, without preamble and gap, of TCP the "
             "payload, which takes nothing else; requests take a packet rate, or of block IOPS, and max is one after "
             "the other"},
    {"arrivals", FIELD_CHOICE, FIELD_AT(struct workload_input, arrivals), .only = ONLY_STREAMS | ONLY_RR | ONLY(BLOCK),
     .choices = arrival_kinds, .noun = "a kind of arrivals", .fallback = "constant",
     .text = "how sends at a rate are spaced"},
    {"burst", FIELD_QUANTITY, FIELD_AT(struct workload_input, burst), .only = ONLY_STREAMS,
     .dimensions = DIM_BIT(DIM_TIME), .minimum = 1e-9, .maximum = 3600, .fallback = "1 ms",
     .text = "mean time of a burst of onoff arrivals, exponential; rate is that of the burst"},
    {"idle", FIELD_QUANTITY, FIELD_AT(struct workload_input, idle), .only = ONLY_STREAMS,
     .dimensions = DIM_BIT(DIM_TIME), .minimum = 1e-9, .maximum = 3600, .fallback = "1 ms",
     .text = "mean time between two bursts of onoff arrivals, exponential"},
    {"flows", FIELD_INTEGER, FIELD_AT(struct workload_input, flows), .only = ONLY_STREAMS, .minimum = 1, .maximum = 256,
     .fallback = "1", .text = "sockets of a stream, one thread each"},
    {"request", FIELD_BYTES, FIELD_AT(struct workload_input, request), .only = ONLY_RR, .minimum = 1, .maximum = 65507,
     .fallback = "1 B", .text = "payload of a request"},
    {"response", FIELD_BYTES, FIELD_AT(struct workload_input, response), .only = ONLY_RR, .minimum = 1,
     .maximum = 65507, .fallback = "1 B", .text = "payload of the answer"},
    {"concurrency", FIELD_INTEGER, FIELD_AT(struct workload_input, concurrency), .only = ONLY_RR, .minimum = 1,
     .maximum = 4096, .fallback = "1", .text = "transactions in flight, one socket each; a thread each, but for http"},
    {"role", FIELD_CHOICE, FIELD_AT(struct workload_input, role), .only = ONLY(HTTP), .choices = roles,
     .noun = "a role", .fallback = "server",
     .text = "server: the guest answers and its peer asks; client: the other way round"},
    {"threads", FIELD_INTEGER, FIELD_AT(struct workload_input, threads), .only = ONLY(HTTP), .minimum = 1,
     .maximum = 256, .text = "event loops of the server, which share the connections; one per vCPU when left out"},
    {"client_threads", FIELD_INTEGER, FIELD_AT(struct workload_input, client_threads), .only = ONLY(HTTP), .minimum = 1,
     .maximum = 256, .text = "event loops of the client; one per vCPU when left out, wire needs none"},
    {"waiting", FIELD_CHOICE, FIELD_AT(struct workload_input, waiting), .only = ONLY_RR, .choices = waits,
     .noun = "a way to wait", .fallback = "sleep",
     .text = "how threads of both sides wait for messages: asleep, or polling their sockets (epoll_wait without a "
             "timeout), which keeps their CPUs busy"},
    {"interval", FIELD_QUANTITY, FIELD_AT(struct workload_input, interval), .only = ONLY(PING),
     .dimensions = DIM_BIT(DIM_TIME), .minimum = 0, .maximum = 3600, .fallback = "1 s",
     .text = "between the requests of a ping; 0 s: one after the other"},
    {"read", FIELD_QUANTITY, FIELD_AT(struct workload_input, read), .only = ONLY(BLOCK),
     .dimensions = DIM_BIT(DIM_SHARE), .minimum = 0, .maximum = 1, .fallback = "100 %",
     .text = "share of reads of a block workload"},
    {"pattern", FIELD_CHOICE, FIELD_AT(struct workload_input, pattern), .only = ONLY(BLOCK), .choices = patterns,
     .noun = "a pattern", .fallback = "random",
     .text = "where on the disk a block workload goes: each job in a part of its own, anywhere or from its start on"},
    {"engine", FIELD_CHOICE, FIELD_AT(struct workload_input, engine), .only = ONLY(BLOCK), .choices = engines,
     .noun = "an engine", .fallback = "async",
     .text = "async: io_submit and io_getevents, depth requests of a job in flight; sync: pread and pwrite, in which "
             "the job sleeps"},
    {"fsync", FIELD_INTEGER, FIELD_AT(struct workload_input, fsync), .only = ONLY(BLOCK), .minimum = 1,
     .maximum = 1000000,
     .text =
         "after so many writes a job calls fsync, and sleeps until the disk has flushed its buffer; never when left "
         "out"},
    {"size", FIELD_QUANTITY, FIELD_AT(struct workload_input, size), .only = ONLY(BLOCK) | ONLY(FORK),
     .dimensions = DIM_BIT(DIM_SIZE), .minimum = 512, .maximum = 1099511627776.0, .fallback = "4 KiB",
     .text = "of a block request; of a process that forks, its resident memory, which must be said"},
    {"depth", FIELD_INTEGER, FIELD_AT(struct workload_input, depth), .only = ONLY(BLOCK), .minimum = 1, .maximum = 1024,
     .fallback = "1",
     .text = "block requests in flight per job; those beyond that are due, by a rate or a file, wait, which counts as "
             "latency"},
    {"jobs", FIELD_INTEGER, FIELD_AT(struct workload_input, jobs), .minimum = 1, .maximum = 256,
     .only = ONLY(BLOCK) | ONLY(SPIN) | ONLY(SYSCALL) | ONLY(CLOCK), .fallback = "1",
     .text = "threads of a block, spin, syscall or clock workload"},
    {"busy", FIELD_QUANTITY, FIELD_AT(struct workload_input, busy), .only = ONLY(SPIN),
     .dimensions = DIM_BIT(DIM_SHARE), .minimum = 0.001, .maximum = 1, .fallback = "100 %",
     .text = "share of each period that a spinning thread computes; 100 %: without a pause"},
    {"period", FIELD_QUANTITY, FIELD_AT(struct workload_input, period), .only = ONLY(SPIN) | ONLY(FORK) | ONLY(BOOT),
     .dimensions = DIM_BIT(DIM_TIME), .minimum = 1e-4, .maximum = 10, .fallback = "10 ms",
     .text = "of a spinning thread that is busy for less than 100 %; from one fork or boot to the next, without it one "
             "after the other"},
    {"vmm", FIELD_CHOICE, FIELD_AT(struct workload_input, vmm), .only = ONLY(BOOT), .choices = monitors,
     .noun = "a monitor", .fallback = "qemu",
     .text = "of a boot under KVM: the process that is the machine; Xen's toolstack is xl, its device model QEMU"},
    {"loader", FIELD_CHOICE, FIELD_AT(struct workload_input, loader), .only = ONLY(BOOT), .choices = loaders,
     .noun = "a loader", .fallback = "auto",
     .text =
         "of a boot: direct, the toolstack or monitor has the kernel as a file; bios, the firmware reads it from an "
         "emulated disk; pv-grub, of mode pv; auto: bios of Xen's HVM guests, else direct"},
    {"firmware", FIELD_CHOICE, FIELD_AT(struct workload_input, firmware), .only = ONLY(BOOT), .choices = firmwares,
     .noun = "a firmware", .fallback = "seabios", .text = "of a boot in a machine that QEMU emulates"},
    {"image", FIELD_CHOICE, FIELD_AT(struct workload_input, image), .only = ONLY(BOOT), .choices = images,
     .noun = "a form of a kernel", .fallback = "auto",
     .text = "of a boot: a bzImage decompresses itself; auto: vmlinux for firecracker, else bzimage"},
    {"kernel", FIELD_QUANTITY, FIELD_AT(struct workload_input, kernel), .only = ONLY(BOOT),
     .dimensions = DIM_BIT(DIM_SIZE), .minimum = 4096, .maximum = 1 << 29, .fallback = "16.5 MB",
     .text = "of a boot: size of the kernel, decompressed"},
    {"initrd", FIELD_QUANTITY, FIELD_AT(struct workload_input, initrd), .only = ONLY(BOOT),
     .dimensions = DIM_BIT(DIM_SIZE), .minimum = 0, .maximum = 1 << 29, .fallback = "0 B",
     .text = "of a boot: size of the file that is loaded beside the kernel"},
    {"console", FIELD_BYTES, FIELD_AT(struct workload_input, console), .only = ONLY(BOOT), .minimum = 0,
     .maximum = 1 << 20, .fallback = "0 B",
     .text = "of a boot: what the kernel writes to its console, byte by byte where that is an emulated serial port"},
    {"prepared", FIELD_BOOL, FIELD_AT(struct workload_input, prepared), .only = ONLY(BOOT), .fallback = "false",
     .text = "of a boot under KVM: the monitor runs and is configured already"},
    {"pinning", FIELD_CHOICE, FIELD_AT(struct workload_input, pinning), .only = ONLY(FORK), .choices = pinnings,
     .noun = "a time of pinning", .fallback = "late",
     .text = "of a fork in a PV guest: Xen checks a page of the new page table when it is full, or each entry as it is "
             "written"},
    {"source", FIELD_CHOICE, FIELD_AT(struct workload_input, source), .only = ONLY(CLOCK), .choices = clock_sources,
     .noun = "a clock source", .text = "what a clock workload reads the time from; the guest's clock when left out"},
    {"call", FIELD_CHOICE, FIELD_AT(struct workload_input, call), .only = ONLY(CLOCK), .choices = calls,
     .noun = "a way to read the clock", .fallback = "vdso",
     .text = "vdso: in user space where the source can be read there; syscall: always in the kernel"},
    {"clock_reads", FIELD_INTEGER, FIELD_AT(struct workload_input, clock_reads), .only = ONLY(UDP_STREAM) | ONLY_RR,
     .minimum = 0, .maximum = 1000, .fallback = "0",
     .text = "readings of its guest's clock that an application adds to each message it sends"},
    {"disk", FIELD_TEXT, FIELD_AT(struct workload_input, disk), .only = ONLY(BLOCK), .check = is_name,
     .noun = "a name of a disk",
     .text = "the disk a block workload uses: a name of the scenario's `disks`, or a disk of the catalog, of which the "
             "machine then has one"},
    {"file", FIELD_TEXT, FIELD_AT(struct workload_input, file), .only = ONLY(REPLAY) | ONLY(BLOCK),
     .text = "pcap or CSV that a replay sends, seen from the scenario file; of block a CSV of the requests (time, "
             "offset, size, op), instead of rate, read, pattern and size"},
    {"repeat", FIELD_BOOL, FIELD_AT(struct workload_input, repeat), .only = ONLY(REPLAY) | ONLY(BLOCK),
     .fallback = "true", .text = "what a file says begins anew after its end, one mean distance later; else it stops"},
    {"speed", FIELD_QUANTITY, FIELD_AT(struct workload_input, speed), .only = ONLY(REPLAY) | ONLY(BLOCK),
     .dimensions = DIM_BIT(DIM_PLAIN), .minimum = 1e-6, .maximum = 1e6, .fallback = "1",
     .text = "of a file: 2 sends the same frames or requests in half the time"},
};
const struct table workload_table = {"workload", "traffic of one guest", TABLE_ROWS(workload_fields),
                                     sizeof(struct workload_input), true};
