/* Captures, by libpcap. */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* pcap.h wants u_char and the like */
#endif
#include <errno.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/trace_file.h"

enum { WHERE_MAX = 600, ETHERNET_BYTES = 14, CRC_BYTES = 4 };
enum { TYPE_IPV4 = 0x0800, TYPE_IPV6 = 0x86dd, TYPE_VLAN = 0x8100, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17 };

/* Enough of FNV-1a to tell flows apart. */
static uint64_t mixed(uint64_t hash, const u_char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t ports(uint64_t hash, int protocol, const u_char *at, const u_char *end) {
    bool has_ports = protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP;
    return has_ports && end - at >= 4 ? mixed(hash, at, 4) : hash;
}

/* Addresses, protocol and ports of an IP packet, as far as it was captured; without them all is one flow. */
static uint64_t flow_of(const u_char *at, const u_char *end, bool ethernet) {
    int type = 0;
    if (ethernet) {
        if (end - at < ETHERNET_BYTES) return 0;
        type = at[12] << 8 | at[13];
        at += ETHERNET_BYTES;
        if (type == TYPE_VLAN && end - at >= 4) {
            type = at[2] << 8 | at[3];
            at += 4;
        }
    } else if (end > at) {
        type = at[0] >> 4 == 4 ? TYPE_IPV4 : at[0] >> 4 == 6 ? TYPE_IPV6 : 0;
    }
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    if (type == TYPE_IPV4 && end - at >= 20) {
        const u_char *beyond = at + (at[0] & 15) * 4;
        hash = mixed(mixed(hash, at + 12, 8), at + 9, 1);
        return beyond <= end ? ports(hash, at[9], beyond, end) : hash;
    }
    if (type == TYPE_IPV6 && end - at >= 40)
        return ports(mixed(mixed(hash, at + 8, 32), at + 6, 1), at[6], at + 40, end);
    return 0;
}

/* Captures are allowed to be a little out of order: who is early is taken to come with the one before. */
static enum iop_status take_packet(const struct pcap_pkthdr *header, const u_char *bytes, bool ethernet,
                                   const char *where, struct frame_list *list, struct diag *diag) {
    if (header->len > 1000000) return diag_set(diag, IOP_INVALID, "%s: a frame of %u B", where, header->len);
    struct trace_frame frame = {
        /* of a capture with a resolution of nanoseconds, tv_usec holds these */
        .at = (sim_time)header->ts.tv_sec * SIM_S + (sim_time)header->ts.tv_usec * SIM_NS,
        .bytes = (int)header->len + CRC_BYTES + (ethernet ? 0 : ETHERNET_BYTES),
        .flow = flow_of(bytes, bytes + header->caplen, ethernet),
    };
    if (frame.bytes < TRACE_FRAME_MIN) frame.bytes = TRACE_FRAME_MIN;
    if (list->count > 0 && frame.at < list->frames[list->count - 1].at) frame.at = list->frames[list->count - 1].at;
    return frame_list_add(list, &frame, where, diag);
}

static enum iop_status read_packets(pcap_t *capture, const char *path, struct frame_list *list, struct diag *diag) {
    int link = pcap_datalink(capture);
    if (link != DLT_EN10MB && link != DLT_RAW)
        return diag_set(diag, IOP_INVALID, "%s: captured on a link of type %s; allowed are Ethernet and raw IP", path,
                        pcap_datalink_val_to_name(link) != NULL ? pcap_datalink_val_to_name(link) : "unknown");
    enum iop_status status = IOP_OK;
    time_t first = 0;
    for (int number = 1; status == IOP_OK; number++) {
        struct pcap_pkthdr *header;
        const u_char *bytes;
        int got = pcap_next_ex(capture, &header, &bytes);
        if (got == PCAP_ERROR_BREAK) break;
        char where[WHERE_MAX];
        snprintf(where, sizeof where, "%.500s: packet %d", path, number);
        if (got != 1) return diag_set(diag, IOP_INVALID, "%s: %s", where, pcap_geterr(capture));
        if (number == 1) first = header->ts.tv_sec;
        struct pcap_pkthdr relative = *header;
        relative.ts.tv_sec -= first; /* picoseconds since 1970 would not fit */
        if (relative.ts.tv_sec > 1000000)
            return diag_set(diag, IOP_INVALID, "%s: more than 1000000 s after the first", where);
        status = take_packet(&relative, bytes, link == DLT_EN10MB, where, list, diag);
    }
    return status;
}

enum iop_status trace_read_pcap(const char *path, struct frame_list *list, struct diag *diag) {
    char problem[PCAP_ERRBUF_SIZE] = "";
    FILE *file = fopen(path, "rb");
    if (file == NULL) return diag_set(diag, IOP_INVALID, "%s: %s", path, strerror(errno));
    pcap_t *capture = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, problem);
    if (capture == NULL) {
        fclose(file);
        return diag_set(diag, IOP_INVALID, "%s: %s", path, problem);
    }
    enum iop_status status = read_packets(capture, path, list, diag);
    pcap_close(capture); /* and the file */
    return status;
}
