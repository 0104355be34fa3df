/* The cost set: what one operation of a mechanism costs, by name.
 *
 * COST_TABLE is the one list of all cost parameters. The catalog reader, the range check, `iopath list
 * costs`, `explain --sources` and the generated reference are made from it. A value lives in a YAML file
 * of models/catalog/costs/, never in code.
 *
 * Units: COST_CYCLES parameters are CPU work, held in cycles; a file may give them in cycles or in time,
 * which is multiplied with the set's `clock`, the clock they were measured at. COST_TIME parameters are
 * latencies no CPU is busy for, in seconds. COST_RATE parameters are copy rates in bytes per second.
 * COST_COUNT parameters are plain numbers (cache lines, register accesses), and so are COST_SETTING ones, which a
 * kernel or a device is configured with (ring sizes, buffers, budgets): those are known, not estimated. */
#ifndef IOPATH_MODELS_COSTS_H
#define IOPATH_MODELS_COSTS_H

#include <stddef.h>

enum cost_unit { COST_CYCLES, COST_TIME, COST_RATE, COST_COUNT, COST_SETTING };

/*  X(enumerator, "catalog.name", unit, "one sentence")
 *  The part of the name before the dot is the category under which the cost is reported. */
#define COST_TABLE(X)                                                                                                  \
    /* guest and dom0 kernel: processor */                                                                             \
    X(SYSCALL, "syscall.native", CYCLES, "enter and leave the kernel, native or HVM")                                  \
    X(SYSCALL_PV, "syscall.pv", CYCLES, "enter and leave the kernel of a 64-bit PV guest, through Xen")                \
    X(CLOCK_TSC, "clock.tsc", CYCLES, "read the time from the time-stamp counter, in user space or in the kernel")     \
    X(CLOCK_PV, "clock.pv", CYCLES, "read the time from the counter and the hypervisor's page, the last value kept")   \
    X(CLOCK_EMULATED, "clock.tsc_emulated", CYCLES, "read a time-stamp counter that the hypervisor emulates")          \
    X(FORK_PROCESS, "fork.process", CYCLES, "fork: what does not depend on the size: task, memory areas, child's end") \
    X(FORK_ENTRY, "fork.entry", CYCLES,                                                                                \
      "fork: copy one entry of a page table, count its page twice, write-protect it")                                  \
    X(FORK_ENTRY_BYTES, "fork.entry_bytes", COUNT, "fork: bytes of entries and page descriptor read and written")      \
    X(FORK_ENTRIES, "fork.table_entries", SETTING, "entries of one page of a page table")                              \
    X(FORK_FLUSH, "fork.tlb_flush", CYCLES, "flush the TLB of the CPU that forks")                                     \
    X(PV_WRITE, "paging.pv_write", CYCLES, "Xen: fault on a PV guest's page table, validate and do the write, return") \
    X(PV_VALIDATE, "paging.pv_validate", CYCLES, "Xen: check one entry of a page table that is pinned")                \
    /* boots */                                                                                                        \
    X(BOOT_XL, "boot.xl", CYCLES, "toolstack of Xen: read the configuration, create and build a domain")               \
    X(BOOT_HOTPLUG, "boot.hotplug", CYCLES, "dom0: scripts and programs that set up a domain's vif and disk")          \
    X(BOOT_MEMORY, "boot.memory", CYCLES, "Xen: allocate 1 MiB of a domain's memory and clear it")                     \
    X(BOOT_ENTRIES, "boot.table_entries", SETTING, "entries of page tables for 1 MiB of a domain's memory")            \
    X(XENSTORE, "xenstore.request", CYCLES, "xenstored: one request, by socket or ring, with its answer")              \
    X(BOOT_STORE, "boot.toolstack_requests", COUNT, "XenStore requests that create a domain")                          \
    X(BOOT_FRONT, "boot.front_end_requests", COUNT, "XenStore requests of a guest that connects its front ends")       \
    X(BOOT_QEMU, "boot.qemu", CYCLES, "QEMU: from its process's begin to the guest's first instruction")               \
    X(BOOT_MICROVM, "boot.microvm", CYCLES, "Firecracker or Cloud Hypervisor: begin of its process, CPU time")         \
    X(BOOT_MICROVM_WAIT, "boot.microvm_wait", TIME, "… what it waits beyond that")                                     \
    X(BOOT_SEABIOS, "boot.seabios", CYCLES, "SeaBIOS: begin to boot loader, accesses to devices not included")         \
    X(BOOT_SEABIOS_ACCESSES, "boot.seabios_accesses", COUNT, "SeaBIOS: registers of emulated devices it accesses")     \
    X(BOOT_QBOOT, "boot.qboot", CYCLES, "qboot: begin to kernel, accesses to devices not included")                    \
    X(BOOT_QBOOT_ACCESSES, "boot.qboot_accesses", COUNT, "qboot: registers of emulated devices it accesses")           \
    X(BOOT_DISK_ACCESSES, "boot.disk_accesses", COUNT, "firmware: registers per 4 KiB read from an emulated disk")     \
    X(BOOT_PV_GRUB, "boot.pv_grub", CYCLES, "PV-GRUB: its small kernel, its menu, start of the kernel it has read")    \
    X(BOOT_DECOMPRESS, "boot.decompress", RATE, "kernel: decompress itself, in bytes of the result")                   \
    X(BOOT_RATIO, "boot.compressed_share", COUNT, "size of a compressed kernel over that in memory")                   \
    X(BOOT_KERNEL, "boot.kernel", CYCLES, "kernel: begin to init, accesses to emulated devices not included")          \
    X(BOOT_PCI_ACCESSES, "boot.pci_accesses", COUNT, "kernel: registers it accesses to find devices of a PC with PCI") \
    X(BOOT_MMIO_ACCESSES, "boot.mmio_accesses", COUNT, "… of a machine without PCI: virtio-mmio, timers")              \
    X(BOOT_KEYBOARD, "boot.keyboard", CYCLES, "kernel: wait for a keyboard controller that half answers")              \
    X(BOOT_SERIAL, "boot.serial_accesses", COUNT, "kernel: registers of a serial port for each byte of its console")   \
    X(SCHED_WAKEUP, "sched.wakeup", CYCLES, "waker: make a thread runnable")                                           \
    X(SCHED_SWITCH, "sched.switch", CYCLES, "switch to a woken thread")                                                \
    X(SWITCH_PV, "sched.switch_pv", CYCLES, "Xen: what a PV guest asks for when it switches to a woken thread")        \
    X(IDLE_SHALLOW, "idle.shallow_exit", TIME, "leave the idle state a CPU enters first")                              \
    X(IDLE_DEEP, "idle.deep_exit", TIME, "leave the idle state of a CPU idle for longer than idle.deep_after")         \
    X(IDLE_DEEP_AFTER, "idle.deep_after", TIME, "idle time after which the deeper idle state is entered")              \
    X(CACHE_LINE, "cache.line_transfer", CYCLES,                                                                       \
      "fetch one cache line that another core of the socket holds modified")                                           \
    X(COPY_HOT, "copy.hot", RATE, "copy data that is in the cache")                                                    \
    X(COPY_COLD, "copy.cold", RATE, "copy data that is not in the cache")                                              \
    X(COPY_LLC, "copy.llc", RATE,                                                                                      \
      "copy between buffers that are in the last-level cache and that no other core wrote")                            \
    X(MEMORY_RATE, "memory.bandwidth", RATE, "what the memory of a socket passes, read and written together")          \
    X(COPY_CALL, "copy.call", CYCLES, "set up one copy between user and kernel")                                       \
    X(APP_SEND, "app.send", CYCLES, "what the application does itself for each message it sends")                      \
    /* event loops, steering of received packets, sockets of the machine */                                            \
    X(EPOLL_WAIT, "epoll.wait", CYCLES, "one epoll_wait, system call and what it returns not included")                \
    X(EPOLL_READY, "epoll.ready", CYCLES, "one ready connection that epoll_wait returns")                              \
    /* block requests */                                                                                               \
    X(BLOCK_APP, "block.app", CYCLES, "load generator: one block request in user space")                               \
    X(BLOCK_DIRECT, "block.direct", CYCLES, "direct I/O: system call's own part, pin the user's pages")                \
    X(BLOCK_PAGE, "block.page", CYCLES, "each page of a request: pin, add to the bio, map for the device, release")    \
    X(BLOCK_BIO, "block.bio", CYCLES, "bio and request of the block layer, to its driver")                             \
    X(BLOCK_END, "block.end", CYCLES, "end of a bio and its request")                                                  \
    X(BLOCK_EVENT, "block.event", CYCLES, "unpin the pages, leave an event or wake who waits")                         \
    X(BLOCK_REAP, "block.reap", CYCLES, "io_getevents: take one event")                                                \
    X(BLOCK_LINES, "block.queue_lines", COUNT,                                                                         \
      "cache lines of a hardware queue and a request that move between cores")                                         \
    X(NVME_SUBMIT, "nvme.submit", CYCLES, "nvme driver: map the data, command, doorbell")                              \
    X(NVME_COMPLETE, "nvme.complete", CYCLES, "nvme driver: take a completion entry, unmap")                           \
    X(AHCI_SUBMIT, "ahci.submit", CYCLES, "ahci and libata: command table, registers")                                 \
    X(AHCI_COMPLETE, "ahci.complete", CYCLES, "ahci and libata: registers, finish a command")                          \
    X(AHCI_TABLES, "ahci.tables", CYCLES, "libata above an emulated controller: task file or command table")           \
    X(IDE_COMMAND, "ide.command_accesses", COUNT, "register accesses that start a command of an IDE disk with DMA")    \
    X(IDE_INTERRUPT, "ide.interrupt_accesses", COUNT, "register accesses of its interrupt")                            \
    X(AHCI_INTERRUPT, "ahci.interrupt_accesses", COUNT, "register accesses of an AHCI interrupt")                      \
    X(MEMORY_DISK, "ramdisk.request", CYCLES, "ramdisk or null_blk: one request, copy not included")                   \
    X(VIRTBLK_SUBMIT, "virtblk.submit", CYCLES, "guest virtio_blk: map the data, descriptors")                         \
    X(VIRTBLK_COMPLETE, "virtblk.complete", CYCLES, "guest virtio_blk: take a used entry, unmap")                      \
    X(VIRTBLK_PARSE, "virtblk.parse", CYCLES, "QEMU virtio-blk: pop an entry, map its memory, make a request")         \
    X(VIRTBLK_FINISH, "virtblk.finish", CYCLES, "QEMU virtio-blk: callbacks of a finished request, used entry")        \
    X(VIRTBLK_RING, "virtblk.ring", SETTING, "requests a virtqueue of a disk holds")                                   \
    X(QEMU_POOL, "qemu.pool", CYCLES, "QEMU: queue a request for its thread pool")                                     \
    X(IOTHREAD_LOOP, "qemu.iothread", CYCLES, "QEMU: one turn of an I/O thread's event loop")                          \
    X(IOTHREAD_POLL_MOST, "qemu.poll_most", TIME,                                                                      \
      "the longest time that an I/O thread of QEMU polls before it sleeps")                                            \
    X(IOTHREAD_POLL_FIRST, "qemu.poll_first", TIME, "the least time that it polls")                                    \
    X(BLKFRONT_SUBMIT, "blkfront.submit", CYCLES, "blkfront: one ring request, segments not included")                 \
    X(BLKFRONT_COMPLETE, "blkfront.complete", CYCLES, "blkfront: one response")                                        \
    X(BLKIF_SEGMENT, "blkfront.segment", CYCLES, "blkfront or its back end: one segment of a request")                 \
    X(BLKIF_RING, "blkfront.ring_slots", SETTING, "requests in one page of a blkif ring")                              \
    X(BLKBACK_REQUEST, "blkback.request", CYCLES, "blkback: take one ring request, grants and bio not included")       \
    X(BLKBACK_RESPOND, "blkback.respond", CYCLES, "blkback: response of one request")                                  \
    X(TAPDISK_LOOP, "tapdisk.loop", CYCLES, "tapdisk3: one turn of its event loop")                                    \
    X(TAPDISK_REQUEST, "tapdisk.request", CYCLES, "back end in user space: parse one request, buffers")                \
    X(TAPDISK_RESPOND, "tapdisk.respond", CYCLES, "back end in user space: response of one request")                   \
    X(GNTDEV_MAP, "grant.user_page", CYCLES, "grant device: page tables of a process for one page, or their end")      \
    X(HTTP_SERVE, "http.serve", CYCLES, "server application: one request in user space")                               \
    X(HTTP_ASK, "http.ask", CYCLES, "client application: one answer and the next request in user space")               \
    X(SOCKET_LINES, "socket.message_lines", COUNT,                                                                     \
      "cache lines that a read fetches of a message another core received")                                            \
    X(CONNECTION_LINES, "socket.connection_lines", COUNT,                                                              \
      "cache lines of a connection that move between its thread's core and the one that receives for it")              \
    X(RECYCLED_LINES, "socket.recycled_lines", COUNT,                                                                  \
      "cache lines of a new sk_buff that a driver fetches when another core has freed the last one")                   \
    X(STEER, "steering.choose", CYCLES, "receive packet steering: hash the flow, choose a CPU, enqueue")               \
    X(STEER_LINES, "steering.enqueue_lines", COUNT, "cache lines of another CPU's backlog that an enqueue fetches")    \
    X(STEERED_LINES, "steering.packet_lines", COUNT, "cache lines that the CPU steered to fetches per packet")         \
    X(STEER_BACKLOG, "steering.backlog", SETTING, "packets that a CPU's backlog holds (netdev_max_backlog)")           \
    X(CACHE_FAR, "cache.socket_crossing", CYCLES, "what a cache line takes longer when another socket holds it")       \
    X(MEMORY_READ, "cache.memory_read", CYCLES, "read one cache line from memory")                                     \
    X(DEVICE_LINES, "driver.device_lines", COUNT, "lines per packet read of what a device wrote: descriptor, header")  \
    X(WAKEUP_LINES, "sched.wakeup_lines", COUNT, "cache lines of run queue and task that waking a thread fetches")     \
    X(DMA_FAR, "pcie.dma_far", TIME, "what a DMA read takes longer when the memory is on the other socket")            \
    /* sockets and protocols */                                                                                        \
    X(SOCKET_SEND, "socket.send", CYCLES, "sendto/write in the socket layer: sk_buff, send buffer accounting")         \
    X(SOCKET_RECV, "socket.receive", CYCLES, "recvfrom/read in the socket layer: dequeue, accounting, free")           \
    X(SOCKET_ENQUEUE, "socket.enqueue", CYCLES, "append a received packet to the socket's queue")                      \
    X(SOCKET_SNDBUF, "socket.sndbuf_bytes", SETTING, "send buffer of a socket, bytes of sk_buff true size")            \
    X(SOCKET_RCVBUF, "socket.rcvbuf_bytes", SETTING, "receive buffer of a socket, bytes of sk_buff true size")         \
    X(SKB_TRUESIZE, "socket.skb_overhead_bytes", COUNT, "true size of a small sk_buff beyond its data")                \
    X(UDP_SEND, "udp.send", CYCLES, "UDP and IPv4 output")                                                             \
    X(UDP_RECV, "udp.receive", CYCLES, "UDP input: socket lookup, checks")                                             \
    X(TCP_SEND, "tcp.send", CYCLES, "TCP output of one segment, IPv4 output included")                                 \
    X(TCP_RECV, "tcp.receive", CYCLES, "TCP input of one segment")                                                     \
    X(TCP_RTO, "tcp.rto", TIME, "least time until TCP sends a lost segment again")                                     \
    X(TIMEOUT, "socket.timeout", TIME, "time until an application asks again whose UDP request or ping was lost")      \
    /* tcp-stream */                                                                                                   \
    X(TCP_WMEM, "tcp.wmem_bytes", SETTING, "send buffer of a TCP stream, bytes of payload")                            \
    X(TCP_RMEM, "tcp.rmem_bytes", SETTING, "window that the receiver of a TCP stream has room for, bytes of payload")  \
    X(TCP_IW, "tcp.initial_window", SETTING, "segments a TCP stream may send before the first acknowledgement")        \
    X(TCP_BELOW, "tcp.queued_bytes", SETTING, "payload of one flow in the queues below TCP (TCP small queues)")        \
    X(TCP_DELAYED, "tcp.delayed_ack", TIME, "delay of an acknowledgement that nothing else sends")                     \
    X(GSO_SEGMENT, "gso.segment", CYCLES, "software segmentation: sk_buff and headers of one frame")                   \
    X(GRO_FRAME, "gro.frame", CYCLES, "look up a received frame's flow and merge the frame with its packet")           \
    X(CHECKSUM, "checksum.pass", RATE, "pass over data to compute its checksum")                                       \
    X(ICMP_ECHO, "icmp.echo", CYCLES, "turn an ICMP echo request into its reply")                                      \
    X(IP_RECV, "ip.receive", CYCLES, "Ethernet and IPv4 input")                                                        \
    X(ETH_SEND, "ethernet.send", CYCLES, "neighbour lookup and Ethernet header")                                       \
    X(QDISC, "qdisc.packet", CYCLES, "queueing discipline: enqueue, dequeue, locks")                                   \
    X(QDISC_LINES, "qdisc.foreign_lines", COUNT, "cache lines that move to the core that sends another core's packet") \
    X(ENQUEUE_LINES, "qdisc.enqueue_lines", COUNT, "cache lines that an enqueue fetches while another core sends")     \
    X(CLEAN_LINES, "driver.clean_lines", COUNT, "cache lines that freeing a packet of another core fetches")           \
    X(QDISC_LIMIT, "qdisc.limit", SETTING, "packets that the queueing discipline holds (txqueuelen)")                  \
    /* the kernel's packet generator, and packets that nobody listens for */                                           \
    X(PKTGEN, "pktgen.packet", CYCLES, "pktgen: one packet of a burst of one, cloned, the driver's lock; no driver")   \
    X(XSK_APP, "xsk.application", CYCLES, "AF_XDP: the application fills one small frame and its descriptor")          \
    X(XSK_TX, "xsk.tx", CYCLES, "AF_XDP: the driver takes one descriptor and later completes it; no driver")           \
    X(XSK_RING, "xsk.ring", SETTING, "descriptors of an AF_XDP socket's transmit ring")                                \
    X(XSK_BATCH, "xsk.batch", SETTING, "frames that the application fills before it tells the kernel")                 \
    X(UDP_DROP, "udp.drop", CYCLES, "UDP input that finds no listener: lookup, drop, free")                            \
    /* halt polling of KVM */                                                                                          \
    X(HALT_POLL_MOST, "idle.poll_most", TIME,                                                                          \
      "the longest time that a halted vCPU polls by default of its host's kernel")                                     \
    X(HALT_POLL_FIRST, "idle.poll_first", TIME, "the least time that a halted vCPU polls, where KVM polls")            \
    /* drivers and interrupts */                                                                                       \
    X(DRIVER_TX, "driver.tx", CYCLES, "ixgbe/igb: map, descriptor, doorbell store, per packet")                        \
    X(DRIVER_TX_CLEAN, "driver.tx_clean", CYCLES, "ixgbe/igb: reclaim one sent packet, free it")                       \
    X(DRIVER_RX, "driver.rx", CYCLES, "ixgbe/igb: take one packet from the ring, build the sk_buff, refill")           \
    X(NAPI_POLL, "napi.poll", CYCLES, "one turn of a poll loop, whatever it finds")                                    \
    X(NAPI_BUDGET, "napi.budget", SETTING, "packets of one softirq run before it yields to tasks (netdev_budget)")     \
    X(IRQ_ENTRY, "irq.entry", CYCLES, "interrupt entry and exit, handler, scheduling the softirq")                     \
    X(IPI, "irq.ipi", TIME, "inter-processor interrupt until the other, awake CPU takes it")                           \
    X(IRQ_POSTED, "irq.posted", CYCLES, "posted interrupt: delivery by the CPU and virtual end of interrupt")          \
    X(SOFTIRQ, "irq.softirq", CYCLES, "raise and enter a softirq")                                                     \
    /* virtual memory of a guest, where a scenario says how it is backed */                                            \
    X(TLB_MISSES, "paging.misses", COUNT, "TLB misses in a microsecond of a kernel's or application's work")           \
    X(LARGE_MISSES, "paging.large_misses", COUNT, "the same where memory comes in pages of 2 MiB")                     \
    X(WALK_REFERENCE, "paging.reference", TIME, "one reference of a page walk, caches of its tables included")         \
    /* mitigations of 2018, where they are on */                                                                       \
    X(KPTI_SYSCALL, "mitigation.syscall", CYCLES, "what page-table isolation adds to a system call")                   \
    X(KPTI_NESTED, "mitigation.syscall_nested", CYCLES, "the same in a guest with nested paging")                      \
    X(KPTI_IRQ, "mitigation.interrupt", CYCLES, "what page-table isolation adds to an interrupt")                      \
    X(IBPB_SWITCH, "mitigation.switch", CYCLES, "what predictor barriers and isolation add to a context switch")       \
    X(XPTI, "mitigation.pv_entry", CYCLES, "what Xen's page-table isolation adds to each entry from a PV domain")      \
    X(XPTI_SYSCALL, "mitigation.pv_syscall", CYCLES, "… to a system call of a 64-bit PV guest, which enters it twice") \
    X(MITIGATED_EXIT, "mitigation.exit", CYCLES, "what a VM exit and entry take longer")                               \
    X(RETPOLINE, "mitigation.indirect_call", CYCLES, "what a retpoline adds to an indirect call")                      \
    X(RETPOLINES, "mitigation.indirect_calls", COUNT, "indirect calls of a packet's way through the kernel")           \
    /* Xen and HVM */                                                                                                  \
    X(EXIT, "exit.hardware", CYCLES, "VM exit and entry, hardware only")                                               \
    X(EXIT_IRQ, "exit.interrupt", CYCLES, "exit on a device interrupt, its handling and injection into the guest")     \
    X(EXIT_EOI, "exit.eoi", CYCLES, "trapped end of interrupt")                                                        \
    X(EXIT_HLT, "exit.hlt", CYCLES, "block and later resume a vCPU that went idle: exit, schedule, entry")             \
    X(EXIT_IPI, "exit.ipi", CYCLES, "sender's exit of a virtual inter-processor interrupt")                            \
    X(EXIT_DECODE, "exit.mmio_decode", CYCLES, "fetch and decode the instruction of an MMIO exit")                     \
    X(EXIT_IOREQ, "exit.ioreq", CYCLES, "exit, post the request to the device model, later complete it and enter")     \
    X(HYPERCALL_PV, "hypercall.pv", CYCLES, "hypercall of a PV guest")                                                 \
    X(HYPERCALL_HVM, "hypercall.hvm", CYCLES, "hypercall of an HVM guest (a light exit)")                              \
    X(EVTCHN_SEND, "evtchn.send", CYCLES, "hypervisor: send on an event channel, hypercall entry not included")        \
    X(EVTCHN_IPI, "evtchn.ipi", TIME, "from the send until the other CPU takes the interrupt, when it is awake")       \
    X(EVTCHN_UPCALL, "evtchn.upcall", CYCLES, "Xen entry and event-channel upcall into a PV domain")                   \
    X(EVTCHN_VECTOR, "evtchn.vector", CYCLES, "exit, vector callback and event-channel scan in an HVM guest")          \
    X(PIRQ, "evtchn.pirq", CYCLES, "Xen: take a device interrupt and bind it to dom0's event channel, with EOI")       \
    X(GRANT_ACCESS, "grant.access", CYCLES, "frontend: grant one page (a table entry, no hypercall)")                  \
    X(GRANT_END, "grant.end_access", CYCLES, "frontend: end the access of one page")                                   \
    X(GRANT_COPY, "grant.copy", CYCLES, "grant copy of one packet, bytes not included")                                \
    X(GRANT_OPERATION, "grant.copy_operation", CYCLES,                                                                 \
      "of a grant copy what is not finding its two pages, pinning them and letting go of them")                        \
    X(GRANT_SOURCE, "grant.copy_source", CYCLES,                                                                       \
      "a grant copy from another guest's page: find and pin that page by its grant, let go of it")                     \
    X(GRANT_MAP, "grant.map", CYCLES, "map one granted page, in a batch")                                              \
    X(GRANT_UNMAP, "grant.unmap", CYCLES, "unmap one granted page, in a batch, TLB flush not included")                \
    X(GRANT_FLUSH, "grant.tlb_flush", CYCLES, "TLB flush of an unmap batch, per dom0 vCPU that must be interrupted")   \
    X(GRANT_HEADER, "grant.header_bytes", SETTING, "bytes of a packet that netback copies; what is beyond is mapped")  \
    /* persistent grants; netback with workers per queue */                                                            \
    X(COPY_PAGE, "copy.page", CYCLES, "allocate a page to copy another one into, and free it")                         \
    X(GRANT_LOOKUP, "grant.lookup", CYCLES, "back end: find the mapping of one persistently granted page")             \
    X(GRANT_SHOOTDOWN, "grant.shootdown", CYCLES, "another vCPU of dom0 takes the interrupt of a TLB flush, refills")  \
    X(GRANT_LOCK_HOLD, "grant.lock_hold", CYCLES, "a grant copy or map under the table's spin lock: find the entry")   \
    X(GRANT_LOCK_LINES, "grant.lock_lines", COUNT,                                                                     \
      "cache lines that come along with the grant table's lock from another CPU, per operation")                       \
    X(UNMAP_BATCH, "grant.unmap_batch", SETTING, "pages that are unmapped before one TLB flush")                       \
    X(UNCACHED_STORE, "memory.uncached_store", CYCLES, "store to memory that is not cached, ordered")                  \
    X(UNCACHED_READ, "memory.uncached_read", CYCLES, "read from memory that is not cached")                            \
    X(BUS_LOCK, "memory.bus_lock", CYCLES, "locked operation on memory that is not cached")                            \
    X(GRANT_STORES, "grant.entry_stores", COUNT, "stores that fill the entry of a granted page")                       \
    X(JIFFY, "kernel.jiffy", TIME, "tick of a kernel's timers, unit of the delays of late events")                     \
    X(NETFRONT_SLOT, "netfront.slot", CYCLES, "netfront: a further slot of a packet, sending or receiving")            \
    X(NETFRONT_BUFFER, "netfront.rx_buffer", CYCLES,                                                                   \
      "netfront: sk_buff of a further slot of a received packet, made and freed")                                      \
    X(NETBACK_SLOT, "netback.slot", CYCLES, "netback: a further slot of a packet, sending or receiving")               \
    X(NETBACK_IN_PLACE, "netback.rx_in_place", CYCLES,                                                                 \
      "netback: put one packet into the guest's ring where it is transmitted, without a thread between")               \
    X(NETFRONT_TX, "netfront.tx", CYCLES, "netfront: ring request of one packet")                                      \
    X(NETFRONT_REAP, "netfront.reap", CYCLES, "netfront: take a transmit response, free the packet")                   \
    X(NETFRONT_RX, "netfront.rx", CYCLES, "netfront: take one received packet, build the sk_buff, repost a buffer")    \
    X(NETBACK_TX, "netback.tx", CYCLES, "netback: take one packet from the guest, build the sk_buff")                  \
    X(NETBACK_RX, "netback.rx", CYCLES, "netback: put one packet into the guest's ring")                               \
    X(NETBACK_RESPOND, "netback.respond", CYCLES, "netback: transmit response of one packet")                          \
    X(NETBACK_BATCH, "netback.batch", SETTING, "packets netback handles with one grant hypercall")                     \
    X(NETIF_RING, "netback.ring_slots", SETTING, "slots of a netif ring")                                              \
    X(NETBACK_QUEUE, "netback.rx_queue", SETTING, "packets that may wait in dom0 for a vif")                           \
    X(BRIDGE, "bridge.forward", CYCLES, "dom0 software bridge: look up and forward one frame")                         \
    X(FILTER, "filter.packet", CYCLES, "dom0 packet filter with connection tracking")                                  \
    X(VSWITCH, "vswitch.packet", CYCLES,                                                                               \
      "what the cloud's dom0 does beyond bridge and filter: mapping, encapsulation, shaping")                          \
    /* limits of instances */                                                                                          \
    X(SHAPER_BURST, "shaper.burst_bytes", COUNT, "bytes that a vif or a flow sends at once whatever its limit")        \
    X(SHAPER_FRAMES, "shaper.burst_frames", COUNT, "received frames that may run ahead of a packet allowance")         \
    X(SHAPER_QUEUE, "shaper.queue_bytes", COUNT, "received bytes that wait in the NIC for an instance's limit")        \
    X(SHAPER_CREDIT, "shaper.credit_time", TIME, "time the baseline takes to fill an instance's network credits")      \
    /* device model */                                                                                                 \
    X(QEMU_LOOP, "qemu.main_loop", CYCLES, "device model: one turn of its main loop: wait on all descriptors, timers") \
    X(QEMU_DISPATCH, "qemu.dispatch", CYCLES, "device model: take an I/O request, find the device, answer it")         \
    X(QEMU_TX, "qemu.tx", CYCLES, "device model e1000: fetch a descriptor, map and copy a frame, write it back")       \
    X(QEMU_RX, "qemu.rx", CYCLES, "device model e1000: store a frame and its descriptor in guest memory")              \
    X(QEMU_IRQ, "qemu.irq", CYCLES, "device model: raise or lower the guest's interrupt line (hypercall)")             \
    X(TAP_WRITE, "tap.write", CYCLES, "dom0 kernel: write one frame to a tap device, system call not included")        \
    X(TAP_READ, "tap.read", CYCLES, "dom0 kernel: read one frame from a tap device, system call not included")         \
    X(TAP_BATCH, "tap.batch", CYCLES, "vhost: hand a batch of frames in its own buffers to a tap device")              \
    X(TAP_BUFFER, "tap.buffer", CYCLES, "tap device: sk_buff around one frame of such a batch, into the stack")        \
    X(TAP_QUEUE, "tap.queue", SETTING, "frames that wait in a tap device")                                             \
    X(E1000_TX, "e1000.tx", CYCLES, "guest e1000 driver: descriptor of one frame")                                     \
    X(E1000_RX, "e1000.rx", CYCLES, "guest e1000 driver: take one frame, build the sk_buff")                           \
    X(E1000_CLEAN, "e1000.clean", CYCLES, "guest e1000 driver: reclaim one sent frame, free it")                       \
    X(E1000_REFILL, "e1000.refill_batch", SETTING,                                                                     \
      "received frames after which the driver posts buffers (writes RDT)")                                             \
    X(E1000_RING, "e1000.ring", SETTING, "descriptors of an e1000 ring")                                               \
    X(E1000_MITIGATION, "e1000.mitigation", TIME,                                                                      \
      "least time between two interrupts of an emulated e1000, when the driver's throttle is adaptive")                \
    X(RTL8139_TX, "rtl8139.tx", CYCLES, "guest 8139too driver: transmit buffer of one frame, copy not included")       \
    X(RTL8139_RX, "rtl8139.rx", CYCLES, "guest 8139too driver: sk_buff of one frame, copy not included")               \
    X(RTL8139_BUFFERS, "rtl8139.buffers", SETTING, "transmit buffers of an rtl8139")                                   \
    X(RTL8139_RX_BYTES, "rtl8139.rx_bytes", SETTING, "bytes of its receive ring, as the driver sets it up")            \
    /* virtio under KVM */                                                                                             \
    X(VIRTIO_TX, "virtio.tx", CYCLES, "guest virtio_net: put one packet into the virtqueue")                           \
    X(VIRTIO_CLEAN, "virtio.clean", CYCLES, "guest virtio_net: reclaim one sent packet, free it")                      \
    X(VIRTIO_RX, "virtio.rx", CYCLES, "guest virtio_net: take one received packet, build the sk_buff, refill")         \
    X(VIRTIO_RING, "virtio.ring", SETTING, "entries of a virtqueue")                                                   \
    X(VIRTIO_RX_BUFFER, "virtio.rx_buffer", CYCLES,                                                                    \
      "guest virtio_net: a further buffer of a received packet, and its refill")                                       \
    X(VIRTQ_HOST, "virtio.host", CYCLES, "back end: take or fill one entry of a virtqueue, mark it used")              \
    X(VIRTQ_QEMU_PAGE, "virtio.qemu_page", CYCLES, "QEMU: map a further page of a virtqueue entry")                    \
    X(VIRTQ_QEMU, "virtio.qemu", CYCLES,                                                                               \
      "back end in QEMU: the same by its address space, with an element of the heap")                                  \
    X(SWITCH_POLL, "switch.poll", CYCLES, "poll loop: look at one port, whatever it finds")                            \
    X(SWITCH_VIRTQ, "switch.virtqueue", CYCLES,                                                                        \
      "polling switch: take or fill one entry of a virtqueue, bytes not included")                                     \
    X(SWITCH_LOOKUP, "switch.lookup", CYCLES, "polling switch: look up the flow of one frame")                         \
    X(PMD, "switch.pmd", CYCLES, "poll-mode driver: one frame in or out of the NIC")                                   \
    X(POLLED_LINES, "switch.virtqueue_lines", COUNT,                                                                   \
      "cache lines that a poll loop fetches from another core with the first entry of a burst")                        \
    X(VIRTIO_PMD, "pmd.virtio", CYCLES,                                                                                \
      "guest's poll-mode driver: one frame into or out of a virtqueue, reclaim included")                              \
    X(POLLING_APP, "pmd.application", CYCLES, "application that polls: make or take one frame")                        \
    X(NETMAP_SLOT, "netmap.slot", CYCLES, "netmap: one frame's slot of a ring, in application and driver together")    \
    X(VALE_RING, "netmap.vale_ring", COUNT, "slots of a ring of a VALE port")                                          \
    X(EXIT_KICK, "exit.ioeventfd", CYCLES, "guest's kick: exit, signal an eventfd, entry")                             \
    X(IRQFD, "irq.irqfd", CYCLES, "back end: signal an irqfd, which raises the guest's interrupt")                     \
    /* schedulers */                                                                                                   \
    X(DOMAIN_SWITCH, "sched.domain_switch", CYCLES, "hypervisor: change a CPU from one domain's vCPU to another's")    \
    X(SPIN_PIECE, "spin.piece", CYCLES, "computing between two looks of a spinning thread at its clock")               \
    /* PCIe and IOMMU */                                                                                               \
    X(DOORBELL, "pcie.doorbell", TIME, "posted write of a register until the device sees it")                          \
    X(DMA_READ, "pcie.dma_read", TIME, "DMA read of 64 B, request to data, device engine not included")                \
    X(DMA_WRITE, "pcie.dma_write", TIME, "posted DMA write of 64 B until it is visible")                               \
    X(MSI, "pcie.msi", TIME, "MSI write until the CPU's interrupt controller has it")                                  \
    X(IOTLB_WALK, "iommu.walk", TIME,                                                                                  \
      "page walk of an IOTLB miss; one read of it where the host has paging-structure caches")                         \
    X(IOTLB_LOOKUP, "iommu.lookup", TIME, "4 KiB through the IOMMU without a miss, with such caches")                  \
    X(DMA_ADDRESS, "iommu.address", CYCLES, "driver: find and free the device address of a buffer")                    \
    X(DMA_MAP, "iommu.map", CYCLES, "driver: map one buffer, address not included")                                    \
    X(DMA_UNMAP, "iommu.unmap", CYCLES, "driver: unmap one buffer, invalidation not included")                         \
    X(DMA_DEFER, "iommu.defer", CYCLES, "driver: put an unmapped buffer on the list of the next flush")                \
    X(INVALIDATE, "iommu.invalidate", CYCLES, "kernel: prepare an invalidation, notice its end")                       \
    X(QUEUE_LOCK, "iommu.queue_lock", CYCLES, "kernel: write its descriptors, under the queue's lock")                 \
    X(QUEUE_WAIT, "iommu.queue", TIME, "IOMMU: take one invalidation from its queue and answer")                       \
    X(FLUSH_BATCH, "iommu.flush_batch", SETTING, "unmapped buffers that a deferred flush waits for")                   \
    X(FLUSH_AGE, "iommu.flush_age", TIME, "after which it does not wait any longer")                                   \
    X(VIOMMU_MAP, "iommu.guest_map", CYCLES, "guest with an IOMMU of its own: map one buffer")                         \
    X(VIOMMU_UNMAP, "iommu.guest_unmap", CYCLES, "guest with an IOMMU of its own: unmap one buffer")                   \
    X(VIOMMU_INVALIDATE, "iommu.guest_invalidate", CYCLES, "guest's part of an invalidation")                          \
    X(VIOMMU_TRAP, "iommu.guest_trap", CYCLES, "hypervisor's part of it: the trap of the queue's register")

enum cost {
#define X(id, name, unit, text) COST_##id,
    COST_TABLE(X)
#undef X
        COST_COUNT_, /* number of parameters */
    COST_NONE = -1,
};

/* How a value was obtained. */
enum provenance { PROV_MEASURED, PROV_DERIVED, PROV_FITTED, PROV_ASSUMED };
const char *provenance_name(enum provenance how);

enum { COST_SOURCES_MAX = 8, SOURCE_ID_MAX = 12, CATALOG_NAME_MAX = 48 };

struct cost_value {
    double value, low, high; /* in the unit of the parameter; low <= value <= high */
    enum provenance how;
    int sources;
    char source[COST_SOURCES_MAX][SOURCE_ID_MAX]; /* row ids of the bibliography */
    char note[160];                               /* how it was derived or why it was assumed; may be "" */
};

struct cost_set {
    char name[CATALOG_NAME_MAX];
    char description[160];
    double clock_hz; /* of the CPU the values belong to: times of CPU work become cycles at this clock */
    struct cost_value values[COST_COUNT_];
};

struct cost_parameter {
    const char *name;
    enum cost_unit unit;
    const char *text;
};

const struct cost_parameter *cost_parameter(enum cost cost); /* never NULL for a valid id */
enum cost cost_find(const char *name);                       /* COST_NONE when there is none */
const char *cost_unit_name(enum cost_unit unit);             /* "cycles", "s", "B/s", "" */

#endif
