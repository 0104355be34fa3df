#include "sim/server.h"

#include <string.h>

void server_init(struct server *server, int servers) {
    assert(servers >= 1 && servers <= SERVER_MAX);
    memset(server, 0, sizeof *server);
    server->servers = servers;
}
