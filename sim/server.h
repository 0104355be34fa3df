/* A first-come first-served resource with one or more servers, by arithmetic instead of events.
 *
 * A request made at `now` for `service` starts when a server is free and its completion is known at once
 * (Lindley's recursion, exact for FIFO). Links, DMA engines, MACs and page walkers are servers. Requests
 * must be made in the order of their times; one made for a time before the last counts as made then. */
#ifndef IOPATH_SIM_SERVER_H
#define IOPATH_SIM_SERVER_H

#include <assert.h>

#include "sim/time.h"

enum { SERVER_MAX = 16 };

struct server {
    int servers;
    sim_time last; /* latest request */
    sim_time busy; /* total service given */
    uint64_t requests;
    sim_time free_at[SERVER_MAX];
};

void server_init(struct server *server, int servers);

/* When the service that starts no earlier than `ready` will be complete. */
static inline sim_time server_request(struct server *server, sim_time ready, sim_time service) {
    if (ready < server->last) ready = server->last;
    server->last = ready;
    int first = 0;
    for (int i = 1; i < server->servers; i++)
        if (server->free_at[i] < server->free_at[first]) first = i;
    sim_time start = server->free_at[first] > ready ? server->free_at[first] : ready;
    server->free_at[first] = start + service;
    server->busy += service;
    server->requests++;
    return start + service;
}

/* When a request would find a free server. */
static inline sim_time server_free_at(const struct server *server) {
    sim_time first = server->free_at[0];
    for (int i = 1; i < server->servers; i++)
        if (server->free_at[i] < first) first = server->free_at[i];
    return first;
}

#endif
