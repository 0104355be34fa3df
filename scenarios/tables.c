/* The rows of the scenario file. */
#include <ctype.h>
#include <string.h>

#include "scenarios/catalog_tables.h"
#include "scenarios/input.h"

/* --- forms of texts --- */

/* Names stand in metric paths, guests[NAME].workloads[NAME].pps. */
static bool is_name(const char *text) {
    if (!isalnum((unsigned char)text[0])) return false;
    for (; *text != '\0'; text++)
        if (!isalnum((unsigned char)*text) && strchr("_.-", *text) == NULL) return false;
    return true;
}

static bool is_peer(const char *text) {
    return strcmp(text, "wire") == 0 || strcmp(text, "dom0") == 0 ||
           (strncmp(text, "guest ", 6) == 0 && is_name(text + 6));
}

/* "0-3", "0,2", "0-1,4" */
static bool is_cpu_list(const char *text) {
    for (;;) {
        size_t first = strspn(text, "0123456789");
        if (first == 0 || first > 2) return false;
        text += first;
        if (*text == '-') {
            size_t last = strspn(++text, "0123456789");
            if (last == 0 || last > 2) return false;
            text += last;
        }
        if (*text == '\0') return true;
        if (*text++ != ',') return false;
    }
}

/* At most as many vCPUs as a guest has queues. */
static bool is_irq_list(const char *text) {
    int cpus[QUEUES_MAX];
    return parse_cpu_list(text, cpus, QUEUES_MAX) > 0;
}

static bool is_figure(const char *text) {
    const char *dot = strrchr(text, '.');
    return dot != NULL && (strcmp(dot, ".svg") == 0 || strcmp(dot, ".png") == 0 || strcmp(dot, ".pdf") == 0);
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
    {"block", KIND_BLOCK, true},
    {"fork", KIND_FORK, true},
    {"replay", KIND_REPLAY, false},
    {NULL, 0, false},
};
static const struct choice modes[] = {
    {"native", 0, false},     {"pv", 0, false},          {"hvm", 0, false},    {"hvm-pv", 0, false},
    {"pvhvm", 0, false},      {"pvh", 0, false},         {"virtio", 0, false}, {"vhost", 0, false},
    {"vhost-user", 0, false}, {"passthrough", 0, false}, {"sriov", 0, false},  {"nitro", 0, false},
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
                                        {NULL, 0, false}};
static const struct choice receivers[] = {
    {"socket", RECEIVER_SOCKET, false}, {"drop", RECEIVER_DROP, false}, {NULL, 0, false}};
static const struct choice roles[] = {{"server", true, false}, {"client", false, false}, {NULL, 0, false}};
static const struct choice patterns[] = {{"random", 0, false}, {"sequential", 1, false}, {NULL, 0, false}};
static const struct choice max_rate[] = {{"max", WORD_MAX_RATE, false}, {NULL, 0, false}};
static const struct choice throttles[] = {
    {"adaptive", WORD_ADAPTIVE, false}, {"off", WORD_OFF, false}, {NULL, 0, false}};
static const struct choice deliveries[] = {{"injected", DELIVERY_INJECTED, false},
                                           {"posted", DELIVERY_POSTED, false},
                                           {"exit-less", DELIVERY_EXITLESS, false},
                                           {NULL, 0, false}};
static const struct choice credits[] = {{"full", 0, false}, {"spent", 1, false}, {NULL, 0, false}};
static const struct choice grant_methods[] = {{"auto", WORD_AUTO, false},
                                              {"copy", GRANTS_COPY, false},
                                              {"map", GRANTS_MAP, false},
                                              {"persistent", GRANTS_PERSISTENT, false},
                                              {NULL, 0, false}};
static const struct choice netfronts[] = {{"auto", WORD_AUTO, false},
                                          {"plain", NETFRONT_PLAIN, false},
                                          {"hardened", NETFRONT_HARDENED, false},
                                          {"patched", NETFRONT_PATCHED, false},
                                          {NULL, 0, false}};
static const struct choice grant_tables[] = {{"write-back", 0, false}, {"uncached", 1, false}, {NULL, 0, false}};
static const struct choice nic_models[] = {
    {"e1000", NIC_MODEL_E1000, false}, {"rtl8139", NIC_MODEL_RTL8139, false}, {NULL, 0, false}};
static const struct choice drivers[] = {
    {"kernel", DRIVER_KERNEL, false}, {"poll", DRIVER_POLL, false}, {NULL, 0, false}};
static const struct choice automatic[] = {{"auto", WORD_AUTO, false}, {NULL, 0, false}};
static const struct choice plot_kinds[] = {{"bars", 0, false},       {"scaling", 1, false}, {"latency", 2, false},
                                           {"breakdown", 3, false},  {"heatmap", 4, false}, {"timeline", 5, false},
                                           {"validation", 6, false}, {NULL, 0, false}};

static int find_mode(const char *name) { return (int)mode_find(name); }

/* --- tables, innermost first --- */

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
     .text = "what it does: udp-stream, tcp-stream, udp-rr, tcp-rr, http, ping, spin, block, fork or replay"},
    {"direction", FIELD_CHOICE, FIELD_AT(struct workload_input, direction), .only = ONLY_STREAMS | ONLY(REPLAY),
     .choices = directions, .noun = "a direction", .fallback = "transmit",
     .text = "of a stream, seen from the guest; transit: from the wire to the wire, through the switch of its host"},
    {"peer", FIELD_TEXT, FIELD_AT(struct workload_input, peer), .only = ONLY_NETWORK, .check = is_peer,
     .fallback = "wire", .noun = "a peer; allowed are wire, dom0, guest NAME", .text = "wire is an ideal far host"},
    {"sender", FIELD_CHOICE, FIELD_AT(struct workload_input, sender), .only = ONLY(UDP_STREAM), .choices = senders,
     .noun = "a sender", .fallback = "socket",
     .text = "threads with a socket; the kernel's pktgen, which hands one packet again and again to the driver; or an "
             "application that sends by AF_XDP, of virtio, vhost and vhost-user at rate max"},
    {"receiver", FIELD_CHOICE, FIELD_AT(struct workload_input, receiver), .only = ONLY(UDP_STREAM),
     .choices = receivers, .noun = "a receiver", .fallback = "socket",
     .text = "threads that read a socket, or nobody: the stack drops what comes"},
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
     .dimensions = DIM_BIT(DIM_PACKET_RATE) | DIM_BIT(DIM_BIT_RATE), .minimum = 1, .maximum = 1e12, .choices = max_rate,
     .noun = "a rate; allowed are max, a packet rate (pps, kpps, Mpps) or a bit rate (Gbit/s, …)", .fallback = "max",
     .text = "offered; a bit rate counts the bits of frames with their CRC, without preamble and gap, of TCP the "
             "payload, which takes nothing else; requests take a packet rate, and max is one after the other"},
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
    {"interval", FIELD_QUANTITY, FIELD_AT(struct workload_input, interval), .only = ONLY(PING),
     .dimensions = DIM_BIT(DIM_TIME), .minimum = 0, .maximum = 3600, .fallback = "1 s",
     .text = "between the requests of a ping; 0 s: one after the other"},
    {"read", FIELD_QUANTITY, FIELD_AT(struct workload_input, read), .only = ONLY(BLOCK),
     .dimensions = DIM_BIT(DIM_SHARE), .minimum = 0, .maximum = 1, .fallback = "100 %",
     .text = "share of reads of a block workload"},
    {"pattern", FIELD_CHOICE, FIELD_AT(struct workload_input, pattern), .only = ONLY(BLOCK), .choices = patterns,
     .noun = "a pattern", .fallback = "random", .text = "where on the disk a block workload goes"},
    {"size", FIELD_QUANTITY, FIELD_AT(struct workload_input, size), .only = ONLY(BLOCK) | ONLY(FORK),
     .dimensions = DIM_BIT(DIM_SIZE), .minimum = 512, .maximum = 1099511627776.0, .fallback = "4 KiB",
     .text = "of a block request, or of the process that forks"},
    {"depth", FIELD_INTEGER, FIELD_AT(struct workload_input, depth), .only = ONLY(BLOCK), .minimum = 1, .maximum = 1024,
     .fallback = "1", .text = "block requests in flight per job"},
    {"jobs", FIELD_INTEGER, FIELD_AT(struct workload_input, jobs), .only = ONLY(BLOCK) | ONLY(SPIN), .minimum = 1,
     .maximum = 256, .fallback = "1", .text = "threads of a block or spin workload"},
    {"busy", FIELD_QUANTITY, FIELD_AT(struct workload_input, busy), .only = ONLY(SPIN),
     .dimensions = DIM_BIT(DIM_SHARE), .minimum = 0.001, .maximum = 1, .fallback = "100 %",
     .text = "share of each period that a spinning thread computes; 100 %: without a pause"},
    {"period", FIELD_QUANTITY, FIELD_AT(struct workload_input, period), .only = ONLY(SPIN),
     .dimensions = DIM_BIT(DIM_TIME), .minimum = 1e-4, .maximum = 10, .fallback = "10 ms",
     .text = "of a spinning thread that is busy for less than 100 %"},
    {"disk", FIELD_TEXT, FIELD_AT(struct workload_input, disk), .only = ONLY(BLOCK), .check = is_name,
     .noun = "a name of a disk", .text = "the host's disk a block workload uses"},
    {"file", FIELD_TEXT, FIELD_AT(struct workload_input, file), .only = ONLY(REPLAY),
     .text = "pcap or CSV that a replay sends, seen from the scenario file"},
    {"repeat", FIELD_BOOL, FIELD_AT(struct workload_input, repeat), .only = ONLY(REPLAY), .fallback = "true",
     .text = "a replay begins anew after its end, one mean distance later; else it stops"},
    {"speed", FIELD_QUANTITY, FIELD_AT(struct workload_input, speed), .only = ONLY(REPLAY),
     .dimensions = DIM_BIT(DIM_PLAIN), .minimum = 1e-6, .maximum = 1e6, .fallback = "1",
     .text = "of a replay: 2 sends the same frames in half the time"},
};
const struct table workload_table = {"workload", "traffic of one guest", TABLE_ROWS(workload_fields),
                                     sizeof(struct workload_input), true};

#define OFFLOAD(member, usual, sentence) \
    { #member, FIELD_BOOL, FIELD_AT(struct offloads_input, member), .fallback = usual, .text = sentence }
static const struct field offloads_fields[] = {
    OFFLOAD(tso, "true", "the device segments TCP; its back end or the NIC behind it, if it is not a real one"),
    OFFLOAD(gso, "true", "the kernel segments late, just above a driver whose device does not"),
    OFFLOAD(gro, "true", "the kernel merges received segments"),
    OFFLOAD(lro, "false", "the device merges received segments; only of native and passthrough"),
    OFFLOAD(checksum, "true", "the device computes checksums; without it, it does not segment either"),
};
static const struct table offloads_table = {"offloads table", "what the guest's device takes off its CPU",
                                            TABLE_ROWS(offloads_fields), sizeof(struct offloads_input), false};

static const struct field tuning_fields[] = {
    {"interrupt_throttle", FIELD_MEASURE, FIELD_AT(struct tuning_input, interrupt_throttle),
     .dimensions = DIM_BIT(DIM_TIME), .minimum = 1e-6, .maximum = 0.01, .choices = throttles, .fallback = "adaptive",
     .noun = "an interrupt throttle; allowed are adaptive, off or a time between interrupts such as 50 us",
     .text = "interrupt moderation of the guest's own device"},
    {"iommu", FIELD_CHOICE, FIELD_AT(struct tuning_input, iommu), .choices = iommu_modes, .noun = "an IOMMU mode",
     .fallback = "off", .text = "the guest's own IOMMU, which the hypervisor emulates, for a device assigned to it"},
    {"grants", FIELD_CHOICE, FIELD_AT(struct tuning_input, grants), .choices = grant_methods,
     .noun = "a way of granting", .fallback = "auto",
     .text = "how netback gets at the guest's pages; auto: as the kernel of dom0 does"},
    {"netfront", FIELD_CHOICE, FIELD_AT(struct tuning_input, netfront), .choices = netfronts,
     .noun = "a way of taking responses", .fallback = "auto",
     .text =
         "how netfront takes back what it has sent; auto: hardened from kernel 5.16 on, else with what it receives"},
    {"grant_table", FIELD_CHOICE, FIELD_AT(struct tuning_input, grant_table), .choices = grant_tables,
     .noun = "a memory type", .fallback = "write-back", .text = "memory type of the grant table of an HVM guest"},
    {"rps_cpus", FIELD_INTEGER, FIELD_AT(struct tuning_input, rps_cpus), .minimum = 0, .maximum = VCPUS_MAX,
     .fallback = "0",
     .text = "vCPUs that receive packet steering spreads each queue's packets over, those of the "
             "interrupt's socket first; 0: none"},
    {"rps_interrupt_cpu", FIELD_BOOL, FIELD_AT(struct tuning_input, rps_interrupt_cpu), .fallback = "false",
     .text = "vCPUs that take interrupts may be among them"},
    {"irq_cpus", FIELD_TEXT, FIELD_AT(struct tuning_input, irq_cpus), .check = is_irq_list,
     .noun = "a list of at most 16 vCPUs such as \"0,8\" or \"0-3\"",
     .text =
         "vCPUs that take the interrupts of the queues in turn; vCPU 0 that of the first queue, and so on, when left "
         "out"},
    {"nic_model", FIELD_CHOICE, FIELD_AT(struct tuning_input, nic_model), .choices = nic_models, .fallback = "e1000",
     .noun = "a NIC that QEMU emulates", .text = "NIC of mode hvm"},
    {"driver", FIELD_CHOICE, FIELD_AT(struct tuning_input, driver), .choices = drivers, .fallback = "kernel",
     .noun = "a kind of driver",
     .text = "of a guest of mode vhost-user: the kernel's, or an application that polls in user space"},
    {"offloads", FIELD_TABLE, FIELD_AT(struct tuning_input, offloads), .table = &offloads_table,
     .text = "what the guest's device takes off its CPU"},
};
static const struct table tuning_table = {"tuning table", "settings of a guest's network", TABLE_ROWS(tuning_fields),
                                          sizeof(struct tuning_input), false};

static const struct field guest_fields[] = {
    {"name", FIELD_TEXT, FIELD_AT(struct guest_input, name), .check = is_name,
     .noun = "a name (letters, digits, _ . -)", .required = true,
     .text = "what results and `peer: guest NAME` call it"},
    {"count", FIELD_INTEGER, FIELD_AT(struct guest_input, count), .minimum = 1, .maximum = GUESTS_MAX, .fallback = "1",
     .text = "identical guests; several of sut are called sut0, sut1, …"},
    {"instance", FIELD_TEXT, FIELD_AT(struct guest_input, instance), .noun = "an instance type",
     .text = "type of the catalog; gives vcpus, memory and network"},
    {"mode", FIELD_CHOICE, FIELD_AT(struct guest_input, mode), .choices = modes, .find = find_mode, .noun = "a mode",
     .required = true, .text = "how the guest is virtualized: native, pv, hvm, pvhvm, sriov, …"},
    {"kernel", FIELD_TEXT, FIELD_AT(struct guest_input, kernel), .check = is_kernel_version,
     .noun = "a kernel version such as \"3.10\"",
     .text = "version of the guest's kernel; `iopath explain` lists what it has"},
    {"queues", FIELD_INTEGER, FIELD_AT(struct guest_input, queues), .minimum = 1, .maximum = 16,
     .text = "network queues; all that the device has when left out, never more than a paravirtual device and the "
             "kernels have"},
    {"server", FIELD_INTEGER, FIELD_AT(struct guest_input, server), .minimum = 1, .maximum = 8, .fallback = "1",
     .text = "guests with different numbers are on different machines, linked by the host's network"},
    {"vcpus", FIELD_INTEGER, FIELD_AT(struct guest_input, vcpus), .minimum = 1, .maximum = 128,
     .text = "CPUs of a guest without instance"},
    {"socket", FIELD_INTEGER, FIELD_AT(struct guest_input, socket), .minimum = 0, .maximum = 7, .fallback = "0",
     .text = "of the machine, from 0, where a guest that fits into one runs; larger guests span several"},
    {"memory", FIELD_QUANTITY, FIELD_AT(struct guest_input, memory), .dimensions = DIM_BIT(DIM_SIZE),
     .minimum = 1048576, .maximum = 70368744177664.0, .text = "of a guest without instance; selects nothing yet"},
    {"memory_pages", FIELD_CHOICE, FIELD_AT(struct guest_input, memory_pages), .choices = page_sizes,
     .noun = "a page size",
     .text = "pages that back its memory, for page walks of its CPUs and of the IOMMU; without it as the host says"},
    {"network", FIELD_QUANTITY, FIELD_AT(struct guest_input, network), .dimensions = DIM_BIT(DIM_BIT_RATE),
     .minimum = 1e6, .maximum = 400e9,
     .text = "limit of a guest without instance in each direction; none but the wire when left out"},
    {"network_burst", FIELD_QUANTITY, FIELD_AT(struct guest_input, network_burst), .dimensions = DIM_BIT(DIM_BIT_RATE),
     .minimum = 1e6, .maximum = 400e9,
     .text = "the same while a guest without instance has network credits; network when left out"},
    {"network_flow", FIELD_QUANTITY, FIELD_AT(struct guest_input, network_flow), .dimensions = DIM_BIT(DIM_BIT_RATE),
     .minimum = 1e6, .maximum = 400e9, .text = "limit of one flow of a guest without instance; none when left out"},
    {"network_packets", FIELD_QUANTITY, FIELD_AT(struct guest_input, network_packets),
     .dimensions = DIM_BIT(DIM_PACKET_RATE), .minimum = 1e3, .maximum = 1e9,
     .text = "limit of frames sent plus received of a guest without instance; none when left out"},
    {"network_credits", FIELD_CHOICE, FIELD_AT(struct guest_input, network_credits), .choices = credits,
     .noun = "a state of the network credits", .fallback = "full",
     .text = "at the start, of a guest that may burst: full, or spent"},
    {"placement_group", FIELD_BOOL, FIELD_AT(struct guest_input, placement_group), .fallback = "false",
     .text = "the guest and its peers share a cluster placement group: more for one flow"},
    {"weight", FIELD_INTEGER, FIELD_AT(struct guest_input, weight), .minimum = 1, .maximum = 65535, .fallback = "256",
     .text = "under a scheduler: share of the CPUs, relative to the other guests"},
    {"cap", FIELD_QUANTITY, FIELD_AT(struct guest_input, cap), .dimensions = DIM_BIT(DIM_SHARE), .minimum = 0.01,
     .maximum = 128,
     .text = "CPU time the guest may use at most, 100 % is one CPU; of Xen's credit scheduler; no cap when left out"},
    {"cpus", FIELD_TEXT, FIELD_AT(struct guest_input, cpus), .check = is_cpu_list,
     .noun = "a list of CPUs such as 0-3 or 0,2",
     .text = "shared CPUs its vCPUs may run on, from 0; all when left out"},
    {"cpu_credits", FIELD_QUANTITY, FIELD_AT(struct guest_input, cpu_credits), .dimensions = DIM_BIT(DIM_PLAIN),
     .maximum = 1e6,
     .text = "of a burstable instance at the start, minutes of a vCPU; enough for the run when left out"},
    {"tuning", FIELD_TABLE, FIELD_AT(struct guest_input, tuning), .table = &tuning_table,
     .text = "settings of the guest's network"},
    {"workloads", FIELD_LIST, FIELD_AT(struct guest_input, workloads), .table = &workload_table,
     .maximum = WORKLOADS_MAX, .text = "what the guest does; a guest without any is only a peer"},
};
const struct table guest_table = {"guest", "a virtual machine, or several alike", TABLE_ROWS(guest_fields),
                                  sizeof(struct guest_input), true};

static const struct field run_fields[] = {
    {"duration", FIELD_QUANTITY, FIELD_AT(struct run_input, duration), .dimensions = DIM_BIT(DIM_TIME), .minimum = 1e-6,
     .maximum = 3600, .fallback = "100 ms", .text = "simulated and measured, per replication"},
    {"warmup", FIELD_MEASURE, FIELD_AT(struct run_input, warmup), .dimensions = DIM_BIT(DIM_TIME), .minimum = 0,
     .maximum = 3600, .choices = automatic, .noun = "a warm-up; allowed are auto or a time", .fallback = "auto",
     .text = "simulated before measuring; auto finds it on a pilot run"},
    {"replications", FIELD_INTEGER, FIELD_AT(struct run_input, replications), .minimum = 1, .maximum = 10000,
     .fallback = "5", .text = "independent runs; intervals need two at least"},
    {"seed", FIELD_SEED, FIELD_AT(struct run_input, seed), .fallback = "1", .text = "of the random streams"},
    {"precision", FIELD_QUANTITY, FIELD_AT(struct run_input, precision), .dimensions = DIM_BIT(DIM_SHARE),
     .minimum = 1e-4, .maximum = 0.5, .fallback = "5 %", .text = "asked half width of the intervals"},
    {"uncertainty", FIELD_INTEGER, FIELD_AT(struct run_input, uncertainty), .minimum = 1, .maximum = 100000,
     .later = true, .text = "samples of the cost ranges for a prediction interval"},
};
static const struct table run_table = {"run table", "how long and how often to simulate", TABLE_ROWS(run_fields),
                                       sizeof(struct run_input), false};

static const struct field cost_fields[] = {
    {"name", FIELD_TEXT, FIELD_AT(struct cost_input, name), .noun = "the name of a cost", .required = true,
     .text = "a cost such as netback.tx; `iopath list costs` has them all"},
    {"value", FIELD_TEXT, FIELD_AT(struct cost_input, value), .noun = "a quantity", .required = true,
     .text = "the new value with its unit"},
};
static const struct table cost_table = {"cost", "a change of the host's cost set", TABLE_ROWS(cost_fields),
                                        sizeof(struct cost_input), true};

static const struct field sweep_fields[] = {
    {"set", FIELD_TEXT, FIELD_AT(struct sweep_input, path), .noun = "a path such as guests[0].mode", .required = true,
     .text = "the path of the key that varies, such as guests[0].mode"},
    {"values", FIELD_SCALARS, FIELD_AT(struct sweep_input, values), .required = true,
     .text = "the list of values it takes"},
};
static const struct table sweep_table = {"sweep axis", "a key that takes several values", TABLE_ROWS(sweep_fields),
                                         sizeof(struct sweep_input), true};

static const struct field plot_fields[] = {
    {"kind", FIELD_CHOICE, FIELD_AT(struct plot_input, kind), .choices = plot_kinds, .noun = "a kind of plot",
     .required = true, .text = "bars, scaling, latency, breakdown, heatmap, timeline or validation"},
    {"x", FIELD_TEXT, FIELD_AT(struct plot_input, request.x), .text = "path of the key on the x axis"},
    {"y", FIELD_TEXT, FIELD_AT(struct plot_input, request.y), .text = "metric on the y axis"},
    {"lines", FIELD_TEXT, FIELD_AT(struct plot_input, request.lines), .text = "path of the key with a line per value"},
    {"file", FIELD_TEXT, FIELD_AT(struct plot_input, request.file), .check = is_figure, .required = true,
     .noun = "a file name that ends in .svg, .png or .pdf", .text = "where to write it: a .svg, .png or .pdf"},
};
static const struct table plot_table = {"plot", "a figure of the scenario", TABLE_ROWS(plot_fields),
                                        sizeof(struct plot_input), true};

static const struct field expect_fields[] = {
    {"metric", FIELD_TEXT, FIELD_AT(struct expect_input, metric), .required = true,
     .text = "path of the metric, such as guests[sut].workloads[flood].pps"},
    {"relative_to", FIELD_TEXT, FIELD_AT(struct expect_input, relative_to),
     .text = "scenario file whose same metric is the base of a ratio"},
    {"value", FIELD_MEASURE, FIELD_AT(struct expect_input, value), .dimensions = DIM_ANY, .required = true,
     .text = "the published value with its unit; a plain number when relative"},
    {"tolerance", FIELD_QUANTITY, FIELD_AT(struct expect_input, tolerance), .dimensions = DIM_BIT(DIM_SHARE),
     .minimum = 0, .maximum = 10, .required = true, .text = "accepted relative error, such as 20 %"},
    {"source", FIELD_TEXT, FIELD_AT(struct expect_input, source), .check = is_source_id,
     .noun = "an id of the bibliography, such as M084", .text = "row of the bibliography the value is from"},
    {"missed", FIELD_TEXT, FIELD_AT(struct expect_input, missed),
     .text = "why the prediction is known to lie outside the tolerance"},
};
static const struct table expect_table = {"expectation", "a published value to compare with", TABLE_ROWS(expect_fields),
                                          sizeof(struct expect_input), true};

static const struct field scenario_fields[] = {
    {"name", FIELD_TEXT, FIELD_AT(struct scenario_input, name), .required = true,
     .text = "one line that says what is simulated"},
    {"description", FIELD_TEXT, FIELD_AT(struct scenario_input, description), .text = "one more line"},
    {"host", FIELD_TEXT, FIELD_AT(struct scenario_input, host), .noun = "a host",
     .text = "a host of the catalog, or the path of a file of the same form, seen from the scenario file"},
    {"iommu", FIELD_CHOICE, FIELD_AT(struct scenario_input, iommu), .choices = iommu_modes, .noun = "an IOMMU mode",
     .text = "mode of the host's IOMMU, instead of the one its file gives"},
    {"interrupts", FIELD_CHOICE, FIELD_AT(struct scenario_input, interrupts), .choices = deliveries,
     .noun = "a kind of delivery",
     .text = "how devices' interrupts reach a guest, instead of what the host's file says; exit-less needs KVM"},
    {"mitigations", FIELD_BOOL, FIELD_AT(struct scenario_input, mitigations),
     .text = "kernels and hypervisor keep the mitigations of 2018 on, instead of what the host's file says"},
    {"halt_poll", FIELD_QUANTITY, FIELD_AT(struct scenario_input, halt_poll), .dimensions = DIM_BIT(DIM_TIME),
     .minimum = 0, .maximum = 0.01,
     .text = "a halted vCPU of a KVM host polls for so long at most before its CPU sleeps, instead of what the host's "
             "file says"},
    {"scheduler", FIELD_TABLE, FIELD_AT(struct scenario_input, scheduler), .table = &scheduler_table,
     .text = "how guests share the CPUs, instead of the host's"},
    {"host_kernel", FIELD_TEXT, FIELD_AT(struct scenario_input, host_kernel), .check = is_kernel_version,
     .noun = "a kernel version such as \"3.10\"",
     .text = "kernel of dom0 or the KVM host, in place of what the host's file says"},
    {"hypervisor_version", FIELD_TEXT, FIELD_AT(struct scenario_input, hypervisor_version), .check = is_kernel_version,
     .noun = "a version such as \"4.5\"", .text = "version of the hypervisor, in place of what the host's file says"},
    {"switch", FIELD_TEXT, FIELD_AT(struct scenario_input, polling_switch), .noun = "a polling switch",
     .text = "product of the catalog whose costs the host's polling switch has; those of the cost set when left out"},
    {"guests", FIELD_LIST, FIELD_AT(struct scenario_input, guests), .table = &guest_table, .minimum = 1,
     .maximum = GUESTS_MAX, .text = "the virtual machines"},
    {"run", FIELD_TABLE, FIELD_AT(struct scenario_input, run), .table = &run_table, .text = "how long and how often"},
    {"costs", FIELD_LIST, FIELD_AT(struct scenario_input, costs), .table = &cost_table, .maximum = 1000,
     .text = "changes of the host's cost set"},
    {"sweep", FIELD_LIST, FIELD_AT(struct scenario_input, sweep), .table = &sweep_table, .maximum = 32,
     .text = "keys that `sweep` and `compare` vary"},
    {"plots", FIELD_LIST, FIELD_AT(struct scenario_input, plots), .table = &plot_table, .maximum = 100,
     .text = "figures of the scenario"},
    {"expect", FIELD_LIST, FIELD_AT(struct scenario_input, expect), .table = &expect_table, .maximum = 1000,
     .text = "published values that `validate` compares with"},
    {"fleet", FIELD_ANY, .later = true, .text = "racks of hosts and the traffic between them"},
};
const struct table scenario_table = {"scenario", "the whole file", TABLE_ROWS(scenario_fields),
                                     sizeof(struct scenario_input), false};

const struct table *const *schema_tables(int *count) {
    static const struct table *const all[] = {
        &scenario_table,   &guest_table,  &tuning_table,   &offloads_table, &workload_table, &run_table,
        &cost_table,       &sweep_table,  &plot_table,     &expect_table,   &host_table,     &scheduler_table,
        &iommu_table,      &dom0_table,   &network_table,  &nic_table,      &pcie_table,     &cost_set_table,
        &cost_value_table, &family_table, &instance_table, &source_table,
    };
    *count = (int)(sizeof all / sizeof *all);
    return all;
}
