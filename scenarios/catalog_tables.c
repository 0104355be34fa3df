/* The rows of the catalog's files. */
#include "scenarios/catalog_tables.h"

#include <assert.h>

#include "scenarios/catalog.h"
#include "sim/scheduler.h"

static_assert(sizeof(enum hypervisor_kind) == sizeof(int) && sizeof(enum iommu_mode) == sizeof(int) &&
                  sizeof(enum enhanced_networking) == sizeof(int) && sizeof(enum scheduler_kind) == sizeof(int),
              "a choice is stored as an int");

#define WORD(name, value) \
    { name, value, false }
#define END_OF_WORDS \
    { NULL, 0, false }

static const struct choice hypervisors[] = {WORD("none", HYPERVISOR_NONE), WORD("xen", HYPERVISOR_XEN),
                                            WORD("kvm", HYPERVISOR_KVM), WORD("nitro", HYPERVISOR_NITRO), END_OF_WORDS};
const struct choice iommu_modes[] = {WORD("off", IOMMU_OFF), WORD("passthrough", IOMMU_PASSTHROUGH),
                                     WORD("deferred", IOMMU_DEFERRED), WORD("strict", IOMMU_STRICT), END_OF_WORDS};
const struct choice page_sizes[] = {WORD("4 KiB", 4096), WORD("2 MiB", 2097152), END_OF_WORDS};
static const struct choice lane_counts[] = {WORD("1", 1), WORD("2", 2),   WORD("4", 4),
                                            WORD("8", 8), WORD("16", 16), END_OF_WORDS};
static const struct choice payload_sizes[] = {WORD("128 B", 128), WORD("256 B", 256), END_OF_WORDS};
static const struct choice request_sizes[] = {WORD("128 B", 128),   WORD("256 B", 256),   WORD("512 B", 512),
                                              WORD("1024 B", 1024), WORD("2048 B", 2048), WORD("4096 B", 4096),
                                              END_OF_WORDS};
static const struct choice provenances[] = {WORD("measured", PROV_MEASURED), WORD("derived", PROV_DERIVED),
                                            WORD("fitted", PROV_FITTED), WORD("assumed", PROV_ASSUMED), END_OF_WORDS};
static const struct choice enhancements[] = {WORD("none", ENHANCED_NONE), WORD("ixgbevf", ENHANCED_IXGBEVF),
                                             WORD("ena", ENHANCED_ENA), END_OF_WORDS};

#define SOURCES \
    { "sources", FIELD_SOURCES, .text = "where the values come from: {KEY: [ID of the bibliography, …], …}" }
#define TIME(type, member, most, sentence)                                                                        \
    FIELD_QUANTITY, FIELD_AT(type, member), .dimensions = DIM_BIT(DIM_TIME), .maximum = (most), .required = true, \
                                            .text = (sentence)
#define COUNT(type, member, least, most, sentence) \
    FIELD_INTEGER, FIELD_AT(type, member), .minimum = (least), .maximum = (most), .required = true, .text = (sentence)
#define BYTES(type, member, least, most, sentence) \
    FIELD_BYTES, FIELD_AT(type, member), .minimum = (least), .maximum = (most), .required = true, .text = (sentence)
#define CHOICE(type, member, list, what, sentence) \
    FIELD_CHOICE, FIELD_AT(type, member), .choices = (list), .noun = (what), .required = true, .text = (sentence)
#define TEXT(type, member, sentence) FIELD_TEXT, FIELD_AT(type, member), .required = true, .text = (sentence)

/* --- host --- */

static const struct field iommu_fields[] = {
    {"mode", CHOICE(struct iommu_config, mode, iommu_modes, "an IOMMU mode", "off, passthrough, deferred or strict")},
    {"iotlb_entries", COUNT(struct iommu_config, iotlb_entries, 1, 1048576, "translations the IOTLB holds")},
    {"walkers", COUNT(struct iommu_config, walkers, 1, 16, "page walks at the same time")},
    {"page_size", CHOICE(struct iommu_config, page_bytes, page_sizes, "a page size", "of the mappings")},
    {"structure_cache", FIELD_INTEGER, FIELD_AT(struct iommu_config, structure_cache), .minimum = 0, .maximum = 65536,
     .fallback = "0",
     .text = "entries of the paging-structure cache of each upper level; 0: a walk always takes iommu.walk"},
    SOURCES,
};
const struct table iommu_table = {"host's IOMMU", "the host's IOMMU", TABLE_ROWS(iommu_fields),
                                  sizeof(struct iommu_config), false};

static const struct field dom0_fields[] = {
    {"vcpus", FIELD_INTEGER, FIELD_AT(struct dom0_config, vcpus), .minimum = 1, .maximum = 128, .fallback = "1",
     .text = "vCPUs; each on a CPU of its own, unless the scheduler table says otherwise"},
    {"netback_threads", FIELD_INTEGER, FIELD_AT(struct dom0_config, netback_threads), .minimum = 1, .maximum = 128,
     .fallback = "1", .text = "threads that serve the guests' vifs"},
    {"nic_irq_vcpu", FIELD_INTEGER, FIELD_AT(struct dom0_config, nic_irq_vcpu), .minimum = 0, .maximum = 127,
     .fallback = "0", .text = "vCPU that takes the NIC's interrupts, from 0"},
    {"kernel", FIELD_TEXT, FIELD_AT(struct dom0_config, kernel), .check = is_kernel_version,
     .noun = "a kernel version such as \"3.10\"",
     .text = "version of the kernel; `iopath explain` lists what it has, and what is assumed when left out"},
    SOURCES,
};
const struct table dom0_table = {"host's dom0", "the driver domain", TABLE_ROWS(dom0_fields),
                                 sizeof(struct dom0_config), false};

static const struct choice scheduler_kinds[] = {WORD("pinned", SCHEDULER_KIND_PINNED),
                                                WORD("credit", SCHEDULER_KIND_CREDIT), WORD("cfs", SCHEDULER_KIND_CFS),
                                                END_OF_WORDS};
#define SCHEDULER_TIME(member, least, usual, sentence)                                                              \
    FIELD_QUANTITY, FIELD_AT(struct scheduler_config, member), .dimensions = DIM_BIT(DIM_TIME), .minimum = (least), \
                                                               .maximum = 1, .fallback = (usual), .text = (sentence)
static const struct field scheduler_fields[] = {
    {"kind", FIELD_CHOICE, FIELD_AT(struct scheduler_config, kind), .choices = scheduler_kinds,
     .noun = "a kind of scheduler", .fallback = "pinned",
     .text = "pinned: every vCPU has a CPU of its own; credit: Xen's; cfs: Linux', of a KVM host"},
    {"cpus", FIELD_INTEGER, FIELD_AT(struct scheduler_config, cpus), .minimum = 1, .maximum = SCHEDULER_CPUS_MAX,
     .fallback = "1", .text = "that the guests of one server share; unless pinned"},
    {"slice", SCHEDULER_TIME(slice_s, 1e-3, "30 ms", "credit: of an entity, and period of the accounting (XN001)")},
    {"ratelimit",
     SCHEDULER_TIME(ratelimit_s, 0, "1 ms", "credit: least time before a preemption (XN003); 0 s before Xen 4.2")},
    {"boost", FIELD_BOOL, FIELD_AT(struct scheduler_config, boost), .fallback = "true",
     .text = "credit: a vCPU that wakes runs before those that compute"},
    {"migration_boost", FIELD_BOOL, FIELD_AT(struct scheduler_config, migration_boost), .fallback = "false",
     .text = "credit: who is preempted is boosted, too, a flaw that Xen 4.7 mended (XN005)"},
    {"latency", SCHEDULER_TIME(latency_s, 1e-4, "24 ms", "cfs: period in which everybody runs once")},
    {"granularity", SCHEDULER_TIME(granularity_s, 1e-5, "3 ms", "cfs: least slice")},
    {"wakeup_granularity", SCHEDULER_TIME(wakeup_granularity_s, 0, "4 ms",
                                          "cfs: lead that whoever runs may have before a woken one preempts it")},
    {"dom0_pinned", FIELD_BOOL, FIELD_AT(struct scheduler_config, dom0_pinned), .fallback = "true",
     .text = "dom0's vCPUs (the host's interrupt CPUs) have CPUs of their own beside the shared ones"},
    {"dom0_weight", FIELD_INTEGER, FIELD_AT(struct scheduler_config, dom0_weight), .minimum = 1, .maximum = 65535,
     .fallback = "256", .text = "of dom0 when it is not pinned"},
};
const struct table scheduler_table = {"scheduler table", "how guests share CPUs", TABLE_ROWS(scheduler_fields),
                                      sizeof(struct scheduler_config), false};

static const struct field network_fields[] = {
    {"one_way", TIME(struct network_config, one_way_s, 1, "propagation and switches between two hosts")},
    {"jitter", FIELD_QUANTITY, FIELD_AT(struct network_config, jitter_s), .dimensions = DIM_BIT(DIM_TIME), .maximum = 1,
     .fallback = "0 s", .text = "mean of an exponential addition"},
    {"buffer", FIELD_BYTES, FIELD_AT(struct network_config, buffer_bytes), .minimum = 9038, .maximum = 1073741824,
     .fallback = "512 KiB", .text = "that the last switch holds for one port"},
    SOURCES,
};
const struct table network_table = {"host's network", "what lies between two hosts", TABLE_ROWS(network_fields),
                                    sizeof(struct network_config), false};

static const struct field host_fields[] = {
    {"name", TEXT(struct host_file, host.name, "the file's name without .yaml")},
    {"description", FIELD_TEXT, FIELD_AT(struct host_file, host.description), .text = "one line"},
    {"hypervisor", CHOICE(struct host_file, host.hypervisor, hypervisors, "a hypervisor", "none, xen, kvm or nitro")},
    {"hypervisor_version", FIELD_TEXT, FIELD_AT(struct host_file, host.hypervisor_version), .text = "such as \"4.2\""},
    {"sockets", COUNT(struct host_file, host.sockets, 1, 8, "CPU sockets")},
    {"cores_per_socket", COUNT(struct host_file, host.cores_per_socket, 1, 128, "cores of a socket")},
    {"threads_per_core", COUNT(struct host_file, host.threads_per_core, 1, 2, "hardware threads of a core")},
    {"nic_socket", FIELD_INTEGER, FIELD_AT(struct host_file, host.nic_socket), .minimum = 0, .maximum = 7,
     .fallback = "0", .text = "socket whose PCIe lanes the NIC is on, from 0; dom0 runs there"},
    {"clock", FIELD_QUANTITY, FIELD_AT(struct host_file, host.clock_hz), .dimensions = DIM_BIT(DIM_FREQUENCY),
     .minimum = 1e8, .maximum = 1e10, .required = true, .text = "of the CPU"},
    {"last_level_cache", FIELD_BYTES, FIELD_AT(struct host_file, host.cache_bytes), .minimum = 65536,
     .maximum = 1073741824, .text = "of a socket; without it, large enough for all send buffers"},
    {"smt_share", FIELD_QUANTITY, FIELD_AT(struct host_file, host.smt_share), .dimensions = DIM_BIT(DIM_SHARE),
     .minimum = 0.3, .maximum = 1, .fallback = "100 %", .text = "speed of a hardware thread whose sibling is busy"},
    {"posted_interrupts", FIELD_BOOL, FIELD_AT(struct host_file, host.posted_interrupts), .fallback = "false",
     .text = "the CPU delivers a device's interrupt to a running vCPU without an exit"},
    {"halt_poll", FIELD_QUANTITY, FIELD_AT(struct host_file, host.halt_poll_s), .dimensions = DIM_BIT(DIM_TIME),
     .minimum = 0, .maximum = 0.01,
     .text = "a halted vCPU of a KVM host polls for so long at most before its CPU sleeps; when left out as the kernel "
             "does: from 4.4 on 200 us, else and without a version not at all"},
    {"shadow_paging", FIELD_BOOL, FIELD_AT(struct host_file, host.shadow_paging), .fallback = "false",
     .text = "CPUs without nested paging: the hypervisor keeps shadows of its guests' page tables"},
    {"meltdown", FIELD_BOOL, FIELD_AT(struct host_file, host.meltdown), .fallback = "true",
     .text = "the CPU is open to Meltdown, so that `mitigations` include the isolation of page tables"},
    {"mitigations", FIELD_BOOL, FIELD_AT(struct host_file, host.mitigations), .fallback = "false",
     .text = "kernels and hypervisor keep the mitigations of 2018 on"},
    {"iommu", FIELD_TABLE, FIELD_AT(struct host_file, host.iommu), .table = &iommu_table, .required = true,
     .text = "the host's IOMMU"},
    {"dom0", FIELD_TABLE, FIELD_AT(struct host_file, host.dom0), .table = &dom0_table,
     .text = "the driver domain, of a hypervisor that has one"},
    {"scheduler", FIELD_TABLE, FIELD_AT(struct host_file, host.scheduler), .table = &scheduler_table,
     .text = "how guests share the CPUs"},
    {"nic", TEXT(struct host_file, nic, "a NIC of the catalog, or the path of a file")},
    {"network", FIELD_TABLE, FIELD_AT(struct host_file, host.network), .table = &network_table, .required = true,
     .text = "what lies between two of these hosts"},
    {"costs", TEXT(struct host_file, costs, "a cost set of the catalog, or the path of a file")},
    SOURCES,
};
const struct table host_table = {"host", "a machine under guests", TABLE_ROWS(host_fields), sizeof(struct host_file),
                                 false};

/* --- NIC --- */

static const struct field pcie_fields[] = {
    {"generation", COUNT(struct pcie_link, generation, 1, 4, "of PCI Express")},
    {"lanes", CHOICE(struct pcie_link, lanes, lane_counts, "a number of lanes", "1, 2, 4, 8 or 16")},
    {"mps", CHOICE(struct pcie_link, mps_bytes, payload_sizes, "a maximum payload size", "maximum payload size")},
    {"mrrs",
     CHOICE(struct pcie_link, mrrs_bytes, request_sizes, "a maximum read request size", "maximum read request size")},
    SOURCES,
};
const struct table pcie_table = {"NIC's PCIe link", "the NIC's link to the host", TABLE_ROWS(pcie_fields),
                                 sizeof(struct pcie_link), false};

static const struct field nic_fields[] = {
    {"name", TEXT(struct nic_config, name, "the file's name without .yaml")},
    {"description", FIELD_TEXT, FIELD_AT(struct nic_config, description), .text = "one line"},
    {"link", FIELD_QUANTITY, FIELD_AT(struct nic_config, link_bps), .dimensions = DIM_BIT(DIM_BIT_RATE), .minimum = 1e6,
     .maximum = 400e9, .required = true, .text = "rate of one port"},
    {"pcie", FIELD_TABLE, FIELD_AT(struct nic_config, pcie), .table = &pcie_table, .required = true,
     .text = "the link to the host"},
    {"virtual_functions", COUNT(struct nic_config, virtual_functions, 0, 256, "VFs of a port; 0: no SR-IOV")},
    {"vf_queues", COUNT(struct nic_config, vf_queues, 0, 16, "queue pairs of a VF")},
    {"pf_queues", COUNT(struct nic_config, pf_queues, 1, 128, "queue pairs the physical function's driver uses")},
    {"tx_ring", COUNT(struct nic_config, tx_ring, 8, 4096, "transmit descriptors of a queue")},
    {"rx_ring", COUNT(struct nic_config, rx_ring, 8, 16384, "receive descriptors of a queue")},
    {"descriptor", BYTES(struct nic_config, descriptor_bytes, 8, 128, "size of a descriptor")},
    {"tx_fetch_batch", COUNT(struct nic_config, tx_fetch_batch, 1, 64, "descriptors fetched with one read")},
    {"tx_writeback_batch", COUNT(struct nic_config, tx_writeback_batch, 1, 256, "descriptors written back together")},
    {"rx_refill_batch", COUNT(struct nic_config, rx_refill_batch, 1, 4096, "buffers posted with one tail write")},
    {"rx_fifo", BYTES(struct nic_config, rx_fifo_bytes, 2048, 67108864, "on-chip packet buffer for receiving")},
    {"outstanding_reads", COUNT(struct nic_config, outstanding_reads, 1, 32, "DMA reads in flight")},
    {"dma_engine", TIME(struct nic_config, dma_engine_s, 1e-4, "the device's own share of a DMA read")},
    {"itr_lowest", TIME(struct nic_config, itr_lowest_s, 0.1, "adaptive moderation, lowest latency")},
    {"itr_low", TIME(struct nic_config, itr_low_s, 0.1, "adaptive moderation, low latency")},
    {"itr_bulk", TIME(struct nic_config, itr_bulk_s, 0.1, "adaptive moderation, bulk")},
    {"itr_sent", FIELD_QUANTITY, FIELD_AT(struct nic_config, itr_sent_s), .dimensions = DIM_BIT(DIM_TIME),
     .maximum = 0.1, .fallback = "0 s",
     .text = "moderation of sent frames by itself; itr_lowest is then that of received ones, and nothing adapts"},
    {"low_latency_queue", FIELD_BOOL, FIELD_AT(struct nic_config, low_latency_queue), .fallback = "false",
     .text = "the driver writes descriptors and headers into the device, which fetches none"},
    {"card", FIELD_QUANTITY, FIELD_AT(struct nic_config, card_s), .dimensions = DIM_BIT(DIM_TIME), .maximum = 1e-3,
     .fallback = "0 s",
     .text = "a frame's way through the device beside DMA and wire, in each direction: packet buffers, or what a "
             "card does for the cloud's networking"},
    SOURCES,
};
const struct table nic_table = {"NIC", "a network adapter", TABLE_ROWS(nic_fields), sizeof(struct nic_config), false};

/* --- cost set --- */

static const struct field cost_value_fields[] = {
    {"name", TEXT(struct cost_row, name, "a cost such as grant.copy")},
    {"value", TEXT(struct cost_row, value, "the value with its unit")},
    {"low", FIELD_TEXT, FIELD_AT(struct cost_row, low), .text = "lower end of its range; the value when left out"},
    {"high", FIELD_TEXT, FIELD_AT(struct cost_row, high), .text = "upper end of its range; the value when left out"},
    {"how", CHOICE(struct cost_row, how, provenances, "a provenance", "measured, derived, fitted or assumed")},
    {"source", FIELD_IDS, FIELD_AT(struct cost_row, source), .text = "ids of the bibliography"},
    {"note", FIELD_TEXT, FIELD_AT(struct cost_row, note), .text = "how it was derived or why it was assumed"},
};
const struct table cost_value_table = {"cost", "what one operation costs", TABLE_ROWS(cost_value_fields),
                                       sizeof(struct cost_row), true};

static const struct field cost_set_fields[] = {
    {"name", TEXT(struct cost_file, name, "the file's name without .yaml")},
    {"description", FIELD_TEXT, FIELD_AT(struct cost_file, description), .text = "one line"},
    {"clock", FIELD_QUANTITY, FIELD_AT(struct cost_file, clock), .dimensions = DIM_BIT(DIM_FREQUENCY), .minimum = 1e8,
     .maximum = 1e10, .required = true, .text = "of the CPU: times of CPU work become cycles at this clock"},
    {"base", FIELD_TEXT, FIELD_AT(struct cost_file, base), .text = "cost set that gives what this one leaves out"},
    {"costs", FIELD_LIST, FIELD_AT(struct cost_file, costs), .table = &cost_value_table, .maximum = 1000,
     .required = true, .text = "every cost of the model, unless there is a base"},
};
const struct table cost_set_table = {"cost set", "what the operations of a host cost", TABLE_ROWS(cost_set_fields),
                                     sizeof(struct cost_file), false};

/* --- instance types --- */

static const struct field instance_fields[] = {
    {"name", TEXT(struct instance_row, type.name, "as sold, such as c3.8xlarge")},
    {"cpu", TEXT(struct instance_row, type.cpu, "model of the CPU")},
    {"host", TEXT(struct instance_row, type.host, "the host of the catalog it runs on")},
    {"vcpus", COUNT(struct instance_row, type.vcpus, 1, 128, "virtual CPUs")},
    {"clock", FIELD_QUANTITY, FIELD_AT(struct instance_row, type.clock_hz), .dimensions = DIM_BIT(DIM_FREQUENCY),
     .minimum = 1e8, .maximum = 1e10, .required = true, .text = "of the CPU"},
    {"memory", FIELD_QUANTITY, FIELD_AT(struct instance_row, type.memory_bytes), .dimensions = DIM_BIT(DIM_SIZE),
     .minimum = 1048576, .maximum = 70368744177664.0, .required = true, .text = "of the guest"},
    {"pv", FIELD_BOOL, FIELD_AT(struct instance_row, type.pv), .required = true, .text = "boots PV images"},
    {"hvm", FIELD_BOOL, FIELD_AT(struct instance_row, type.hvm), .required = true, .text = "boots HVM images"},
    {"enhanced_networking",
     CHOICE(struct instance_row, type.enhanced, enhancements, "a kind of enhanced networking", "none, ixgbevf or ena")},
    {"network_class", FIELD_TEXT, FIELD_AT(struct instance_row, type.network_class), .text = "as advertised"},
    {"network", FIELD_QUANTITY, FIELD_AT(struct instance_row, type.network_bps), .dimensions = DIM_BIT(DIM_BIT_RATE),
     .minimum = 1e6, .maximum = 400e9, .text = "limit in each direction; none but the wire when left out"},
    {"burst", FIELD_QUANTITY, FIELD_AT(struct instance_row, type.burst_bps), .dimensions = DIM_BIT(DIM_BIT_RATE),
     .minimum = 1e6, .maximum = 400e9, .text = "the same while it has network credits; network when left out"},
    {"flow", FIELD_QUANTITY, FIELD_AT(struct instance_row, type.flow_bps), .dimensions = DIM_BIT(DIM_BIT_RATE),
     .minimum = 1e6, .maximum = 400e9, .text = "limit of one flow; none of its own when left out"},
    {"flow_in_group", FIELD_QUANTITY, FIELD_AT(struct instance_row, type.flow_in_group_bps),
     .dimensions = DIM_BIT(DIM_BIT_RATE), .minimum = 1e6, .maximum = 400e9,
     .text = "limit of one flow inside a placement group; none of its own when left out"},
    {"packets", FIELD_QUANTITY, FIELD_AT(struct instance_row, type.network_pps), .dimensions = DIM_BIT(DIM_PACKET_RATE),
     .minimum = 1e3, .maximum = 1e9, .text = "limit of frames sent plus received; none known when left out"},
    {"ebs", FIELD_QUANTITY, FIELD_AT(struct instance_row, type.ebs_bps), .dimensions = DIM_BIT(DIM_BIT_RATE),
     .minimum = 1e6, .maximum = 400e9,
     .text = "bandwidth to network volumes if EBS-optimized; none of its own when left out"},
    {"cpu_credits", FIELD_QUANTITY, FIELD_AT(struct instance_row, type.cpu_credits_per_hour),
     .dimensions = DIM_BIT(DIM_PLAIN), .maximum = 10000,
     .text = "that a burstable type earns per hour, minutes of a vCPU; not burstable when left out"},
    {"source", FIELD_TEXT, FIELD_AT(struct instance_row, type.source), .text = "where the values come from"},
};
const struct table instance_table = {"instance type", "a size of guest as sold", TABLE_ROWS(instance_fields),
                                     sizeof(struct instance_row), true};

static const struct field family_fields[] = {
    {"family", TEXT(struct family_file, family, "the file's name without .yaml")},
    {"description", FIELD_TEXT, FIELD_AT(struct family_file, description), .text = "one line"},
    {"types", FIELD_LIST, FIELD_AT(struct family_file, types), .table = &instance_table, .minimum = 1, .maximum = 200,
     .required = true, .text = "the instance types of the family"},
};
const struct table family_table = {"instance family", "instance types that differ in size", TABLE_ROWS(family_fields),
                                   sizeof(struct family_file), false};

/* --- bibliography --- */

#define CITED(member, sentence) FIELD_TEXT, FIELD_AT(struct source, member), .shorten = true, .text = (sentence)
static const struct field source_fields[] = {
    {"id", FIELD_TEXT, FIELD_AT(struct source, id), .check = is_source_id, .noun = "an id such as M084",
     .required = true, .text = "what catalog and scenarios cite, such as M084"},
    {"title", CITED(title, "of the publication")},
    {"authors", CITED(authors, "of the publication")},
    {"venue", CITED(venue, "where it appeared")},
    {"year", FIELD_INTEGER, FIELD_AT(struct source, year), .minimum = 1950, .maximum = 2100, .text = "it appeared"},
    {"url", CITED(url, "where to read it")},
    {"conditions", CITED(conditions, "what was measured, on what, and the value as published")},
    {"provenance", CITED(provenance, "how the value was obtained from the publication")},
};
const struct table source_table = {"source", "a row of the bibliography", TABLE_ROWS(source_fields),
                                   sizeof(struct source), false};
