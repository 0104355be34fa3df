#include "models/topology.h"

int guest_sockets(const struct host_config *host, const struct guest_config *guest) {
    int threads = host->cores_per_socket * host->threads_per_core;
    if (host->sockets < 2 || threads < 1) return 1;
    int needed = (guest->vcpus + threads - 1) / threads;
    return needed < 1 ? 1 : needed > host->sockets ? host->sockets : needed;
}

bool vcpus_are_paired(const struct host_config *host, const struct guest_config *guest) {
    return host->threads_per_core == 2 && guest->vcpus % 2 == 0;
}

int vcpu_socket(const struct host_config *host, const struct guest_config *guest, int vcpu) {
    int spanned = guest_sockets(host, guest);
    if (spanned == 1) return guest->socket;
    int cores = vcpus_are_paired(host, guest) ? guest->vcpus / 2 : guest->vcpus;
    int per_socket = (cores + spanned - 1) / spanned;
    return vcpu % cores / per_socket;
}

bool guest_crosses_sockets(const struct host_config *host, const struct guest_config *guest) {
    return guest_sockets(host, guest) > 1 || guest->socket != host->nic_socket;
}
