/* An event loop: one thread that serves many connections, as nginx's workers and load generators are. It sleeps in
 * epoll_wait only when none of its connections is ready; otherwise the call returns all that are, and the thread
 * reads, works and writes for one after the other before it calls again.
 *
 * The first arrival at an idle thread wakes it; while it works, arrivals join the ready list in silence.
 *
 * A connection's state moves between the core that receives for it and the core of its thread. Where the thread runs is
 * chosen when it is woken (models/guest/runqueue.h).
 *
 * A queueing discipline that has sent 64 packets in a row goes on in a softirq; another core that comes with a packet
 * before that has begun takes it over. (That of other workloads stays where it found itself until it is empty.)
 *
 * Not modelled: accepting connections, timers, files: what a request takes in user space is one cost. */
#include "models/paths/path.h"

/* clang-format off: a table reads by its rows */

static const struct step wait_and_read[] = {
    {PLACE_GUEST, RING, "ready connections", COST_NONE, EACH, .ring = RING_READY},
    {PLACE_GUEST, COMPUTE, "connection of another core: socket, tcp, epoll", COST_CACHE_LINE, PASSING,
     .times = COST_CONNECTION_LINES},
    {PLACE_GUEST, COMPUTE, "connection of the other socket: socket, tcp, epoll", COST_CACHE_FAR, PASSING_FAR,
     .times = COST_CONNECTION_LINES, .only = FOR_NUMA},
    {PLACE_GUEST, COMPUTE, "sk_buff that another core has freed", COST_CACHE_LINE, PASSING,
     .times = COST_RECYCLED_LINES, .only = FOR_UNSTEERED},
    {PLACE_GUEST, COMPUTE, "sk_buff that the other socket has freed", COST_CACHE_FAR, PASSING_FAR,
     .times = COST_RECYCLED_LINES, .only = FOR_UNSTEERED | FOR_NUMA},
    ROWS_OF(thread_wakeup),
    {PLACE_GUEST, COMPUTE, "epoll_wait: system call", COST_SYSCALL, POLL, .only = FOR_OWN_TRAPS},
    {PLACE_GUEST, COMPUTE, "epoll_wait: system call through Xen", COST_SYSCALL_PV, POLL, .only = FOR_PV_KERNEL},
    {PLACE_GUEST, COMPUTE, "epoll_wait", COST_EPOLL_WAIT, POLL},
    {PLACE_GUEST, COMPUTE, "epoll_wait: one ready connection", COST_EPOLL_READY, EACH},
    {PLACE_GUEST, COMPUTE, "connection of another core: socket, tcp, epoll", COST_CACHE_LINE, FOREIGN,
     .times = COST_CONNECTION_LINES},
    {PLACE_GUEST, COMPUTE, "connection of the other socket: socket, tcp, epoll", COST_CACHE_FAR, FOREIGN_FAR,
     .times = COST_CONNECTION_LINES, .only = FOR_NUMA},
    {PLACE_GUEST, COMPUTE, "message of another core: sk_buff, data", COST_CACHE_LINE, FOREIGN,
     .times = COST_SOCKET_LINES},
    ROWS_OF(stack_read),
    END_OF_PATH,
};

const struct step loop_serves[] = {
    ROWS_OF(wait_and_read),
    {PLACE_GUEST, COMPUTE, "server: parse, answer", COST_HTTP_SERVE, EACH},
    END_OF_PATH,
};

const struct step loop_asks[] = {
    ROWS_OF(wait_and_read),
    {PLACE_GUEST, COMPUTE, "client: parse, next request", COST_HTTP_ASK, EACH},
    END_OF_PATH,
};

/* The discipline below many threads that move about. */
const struct step loop_queue[] = {
    {PLACE_GUEST, IRQ, "discipline: go on in a softirq after 64 packets", COST_SOFTIRQ, POLL},
    END_OF_PATH,
};

/* clang-format on */
