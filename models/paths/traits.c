/* What decides which rows of a table a party takes: its kernel, its device, its interrupts, the protocol. */
#include "models/paths/composer.h"
#include "models/topology.h"

const struct path_tables *party_tables(const struct composer *composer, const struct party *party) {
    return guest_path(&composer->config->guests[party->guest]);
}

static enum only host_features(const struct composer *composer) {
    return composer->config->host.mitigations ? FOR_MITIGATED : 0;
}

/* What the guest's rows depend on beside the protocol: its kernel, and how interrupts reach it. */
enum only party_traits(const struct composer *composer, const struct party *party) {
    const struct path_tables *tables = party_tables(composer, party);
    const struct host_config *host = &composer->config->host;
    const struct guest_config *guest = &composer->config->guests[party->guest];
    enum only device = host->exitless_interrupts ? FOR_EXITLESS : host->posted_interrupts ? FOR_POSTED : FOR_INJECTED;
    enum only model = host->hypervisor == HYPERVISOR_XEN ? FOR_DOM0_MODEL : FOR_THREAD_MODEL;
    enum only takes =
        tables->kernel | model | (tables->delivery != 0 ? tables->delivery : device) | host_features(composer);
    static const enum only grants[] = {
        [GRANTS_COPY] = FOR_GRANT_COPY, [GRANTS_MAP] = FOR_GRANT_MAP, [GRANTS_PERSISTENT] = FOR_GRANT_PERSISTENT};
    takes |= grants[guest->grants];
    takes |= guest->netfront == NETFRONT_ONE_CHANNEL ? FOR_ONE_CHANNEL : FOR_OWN_CHANNEL;
    if (guest->netfront == NETFRONT_PLAIN || guest->netfront == NETFRONT_HARDENED) takes |= FOR_REAPING;
    if (guest->grants_uncached) takes |= FOR_UNCACHED;
    if (guest->offloads.no_checksum) takes |= FOR_CHECKSUM;
    if (guest_crosses_sockets(host, guest)) takes |= FOR_NUMA;
    if (guest->rps_cpus == 0) takes |= FOR_UNSTEERED;
    if (guest->coalesced) takes |= FOR_COALESCED;
    return guest_maps_buffers(composer->config, party->guest) ? takes | FOR_MAPPED : takes;
}

/* The kernel of dom0 is a PV kernel; that of a KVM host enters like bare metal. */
enum only dom0_traits(const struct composer *composer) {
    enum only kernel = composer->config->host.hypervisor == HYPERVISOR_XEN ? FOR_PV_KERNEL : FOR_BARE_KERNEL;
    return kernel | host_features(composer) | FOR_UNSTEERED | (host_maps_buffers(composer->config) ? FOR_MAPPED : 0);
}

/* What a party's frames pass between its back end and the wire; NULL: it has (a function of) the NIC. */
const struct backplane *party_backplane(const struct composer *composer, const struct party *party) {
    if (party->kind == PARTY_DOM0) return &backplane_kernel;
    if (party->kind == PARTY_FAR) return NULL;
    switch (party_tables(composer, party)->attachment) {
    case ATTACH_BRIDGE:
        return &backplane_kernel;
    case ATTACH_SWITCH:
        return &backplane_switch;
    case ATTACH_VALE:
        return &backplane_vale;
    default:
        return NULL;
    }
}

/* Only who drives the NIC as a whole may have it merge. */
bool guest_uses_lro(const struct model_config *config, int guest) {
    enum mode mode = config->guests[guest].mode;
    return config->guests[guest].offloads.lro && (mode == MODE_NATIVE || mode == MODE_PASSTHROUGH);
}

enum only protocol_traits(const struct composer *composer, bool answers) {
    switch (composer->kind) {
    case WORK_TCP_STREAM:
        return composer->is_ack ? FOR_ACK : FOR_STREAM;
    case WORK_TCP_RR:
    case WORK_HTTP:
        return FOR_TCP;
    case WORK_PING:
        return answers ? FOR_ECHO : FOR_PING;
    default:
        return FOR_UDP;
    }
}
