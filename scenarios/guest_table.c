/* The rows of a guest: itself, and the settings of its network. */
#include <string.h>

#include "scenarios/catalog_tables.h"
#include "scenarios/input.h"

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

static int find_mode(const char *name) { return (int)mode_find(name); }

/* --- words --- */

static const struct choice modes[] = {
    {"native", 0, false},     {"pv", 0, false},          {"hvm", 0, false},    {"hvm-pv", 0, false},
    {"pvhvm", 0, false},      {"pvh", 0, false},         {"virtio", 0, false}, {"vhost", 0, false},
    {"vhost-user", 0, false}, {"passthrough", 0, false}, {"sriov", 0, false},  {"nitro", 0, false},
    {NULL, 0, false},
};
static const struct choice throttles[] = {
    {"adaptive", WORD_ADAPTIVE, false}, {"off", WORD_OFF, false}, {NULL, 0, false}};
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
static const struct choice grant_pools[] = {{"queue", false, false}, {"disk", true, false}, {NULL, 0, false}};
static const struct choice disk_back_ends[] = {{"auto", WORD_AUTO, false},
                                               {"kernel", DISK_BACK_END_KERNEL, false},
                                               {"qemu", DISK_BACK_END_QEMU, false},
                                               {"iothread", DISK_BACK_END_THREAD, false},
                                               {"serial", DISK_BACK_END_SERIAL, false},
                                               {"tapdisk", DISK_BACK_END_TAPDISK, false},
                                               {NULL, 0, false}};
static const struct choice disk_models[] = {{"ide", DISK_MODEL_IDE, false},
                                            {"ahci", DISK_MODEL_AHCI, false},
                                            {"nvme", DISK_MODEL_NVME, false},
                                            {"nvme-ioeventfd", DISK_MODEL_NVME_EVENTFD, false},
                                            {NULL, 0, false}};
static const struct choice disk_aios[] = {
    {"threads", DISK_AIO_THREADS, false}, {"native", DISK_AIO_NATIVE, false}, {NULL, 0, false}};
static const struct choice net_back_ends[] = {
    {"tap", NET_BACK_END_TAP, false}, {"vale", NET_BACK_END_VALE, false}, {NULL, 0, false}};
static const struct choice drivers[] = {
    {"kernel", DRIVER_KERNEL, false}, {"poll", DRIVER_POLL, false}, {NULL, 0, false}};

/* --- tables, innermost first --- */

#define OFFLOAD(member, usual, sentence) \
    { #member, FIELD_BOOL, FIELD_AT(struct offloads_input, member), .fallback = usual, .text = sentence }
static const struct field offloads_fields[] = {
    OFFLOAD(tso, "true", "the device segments TCP; its back end or the NIC behind it, if it is not a real one"),
    OFFLOAD(gso, "true", "the kernel segments late, just above a driver whose device does not"),
    OFFLOAD(gro, "true", "the kernel merges received segments"),
    OFFLOAD(lro, "false", "the device merges received segments; only of native and passthrough"),
    OFFLOAD(checksum, "true", "the device computes checksums; without it, it does not segment either"),
};
const struct table offloads_table = {"offloads table", "what the guest's device takes off its CPU",
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
    {"net_back_end", FIELD_CHOICE, FIELD_AT(struct tuning_input, net_back_end), .choices = net_back_ends,
     .fallback = "tap", .noun = "a back end",
     .text =
         "what QEMU connects an e1000 of mode hvm under KVM to: a tap device of the host's bridge, or VALE, netmap's "
         "switch, which only guests are attached to and which needs switch: vale"},
    {"disk_queues", FIELD_INTEGER, FIELD_AT(struct tuning_input, disk_queues), .minimum = 1, .maximum = 128,
     .text = "rings of a paravirtual disk; when left out one per vCPU where both kernels have them, else one"},
    {"disk_ring_pages", FIELD_INTEGER, FIELD_AT(struct tuning_input, disk_ring_pages), .minimum = 1, .maximum = 64,
     .fallback = "1", .text = "pages of a ring of blkfront, 32 requests each"},
    {"disk_grant_pool", FIELD_CHOICE, FIELD_AT(struct tuning_input, disk_grant_pool), .choices = grant_pools,
     .noun = "a pool of grants", .fallback = "queue",
     .text =
         "where blkback keeps persistent grants: of each queue, as Linux since 4.5; of a disk, under a lock that its "
         "queues share, as patches before did"},
    {"disk_back_end", FIELD_CHOICE, FIELD_AT(struct tuning_input, disk_back_end), .choices = disk_back_ends,
     .noun = "a back end", .fallback = "auto",
     .text =
         "who serves a paravirtual disk: the kernel (blkback, vhost-blk), QEMU's main loop, an I/O thread of it, a "
         "thread that serves one request at a time, or tapdisk3; auto: the kernel under Xen and in mode vhost, QEMU "
         "in mode virtio"},
    {"disk_aio", FIELD_CHOICE, FIELD_AT(struct tuning_input, disk_aio), .choices = disk_aios,
     .noun = "a kind of asynchronous I/O", .fallback = "threads",
     .text = "how QEMU reaches the host's disk: a pool of threads, or io_submit"},
    {"disk_poll", FIELD_QUANTITY, FIELD_AT(struct tuning_input, disk_poll), .dimensions = DIM_BIT(DIM_TIME),
     .minimum = 0, .maximum = 0.01,
     .text = "an I/O thread of QEMU polls for so long at most before it sleeps (poll-max-ns), 0 s: never; QEMU's "
             "default when left out"},
    {"disk_model", FIELD_CHOICE, FIELD_AT(struct tuning_input, disk_model), .choices = disk_models,
     .noun = "a controller", .fallback = "ide",
     .text = "the disk controller that QEMU emulates for mode hvm; nvme-ioeventfd: doorbells signal an eventfd"},
    {"disk_grants", FIELD_CHOICE, FIELD_AT(struct tuning_input, disk_grants), .choices = grant_methods,
     .noun = "a way to cross domains", .fallback = "auto",
     .text =
         "of blkfront and blkback: map for each request, or persistent; auto: as the kernels do; copy: of back ends "
         "in user space"},
    {"offloads", FIELD_TABLE, FIELD_AT(struct tuning_input, offloads), .table = &offloads_table,
     .text = "what the guest's device takes off its CPU"},
};
const struct table tuning_table = {"tuning table", "settings of a guest's network", TABLE_ROWS(tuning_fields),
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
     .minimum = 1048576, .maximum = 70368744177664.0,
     .text = "of a guest without instance: what Xen clears when it boots, 1 GiB when left out"},
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
    {"ebs", FIELD_QUANTITY, FIELD_AT(struct guest_input, ebs), .dimensions = DIM_BIT(DIM_BIT_RATE), .minimum = 1e6,
     .maximum = 400e9,
     .text = "bandwidth of a guest without instance to its network volumes, each way; no limit when left out"},
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
    {"clock", FIELD_CHOICE, FIELD_AT(struct guest_input, clock), .choices = clock_sources, .noun = "a clock source",
     .text =
         "what its applications read the time from; when left out what Linux chooses: xen, kvm-clock, or tsc on bare "
         "metal and of mode hvm"},
    {"tuning", FIELD_TABLE, FIELD_AT(struct guest_input, tuning), .table = &tuning_table,
     .text = "settings of the guest's network"},
    {"workloads", FIELD_LIST, FIELD_AT(struct guest_input, workloads), .table = &workload_table,
     .maximum = WORKLOADS_MAX, .text = "what the guest does; a guest without any is only a peer"},
};
const struct table guest_table = {"guest", "a virtual machine, or several alike", TABLE_ROWS(guest_fields),
                                  sizeof(struct guest_input), true};
