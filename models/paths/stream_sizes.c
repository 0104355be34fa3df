/* How large the packets and writes of a tcp-stream are. */
#include "models/paths/program.h"

enum { IP_AND_TCP_BYTES = 20 + 32 }; /* with timestamps */
/* An IP packet; what Linux keeps of it for headers; what a packet counts its segments in. */
enum { IP_PACKET_MAX = 65535, TCP_HEADERS_MAX = 320, FRAMES_MAX = 64 };

bool stream_cut_in_software(const struct model_config *config, int guest) {
    const struct offload_config *offloads = &config->guests[guest].offloads;
    return offloads->no_tso || offloads->no_checksum || guest_path(&config->guests[guest])->no_segmentation;
}

int stream_segment_bytes(const struct workload_config *work) { return work->mtu_bytes - IP_AND_TCP_BYTES; }

int stream_frames_max(const struct workload_config *work) {
    int frames = (IP_PACKET_MAX - TCP_HEADERS_MAX) / stream_segment_bytes(work);
    return frames < FRAMES_MAX ? frames : FRAMES_MAX;
}

int stream_packet_frames(const struct model_config *config, int guest, int workload, enum direction direction) {
    const struct workload_config *work = &config->guests[guest].workloads[workload];
    int sender = direction != DIRECTION_RECEIVE ? guest : work->peer == PEER_GUEST ? work->peer_guest : -1;
    bool frames_only = sender >= 0 && stream_cut_in_software(config, sender) && config->guests[sender].offloads.no_gso;
    return frames_only ? 1 : stream_frames_max(work);
}

bool stream_is_cached(const struct model_config *config, const struct workload_config *work) {
    double buffers = work->flows * config->host.costs.values[COST_TCP_WMEM].value;
    return config->host.cache_bytes == 0 || buffers <= config->host.cache_bytes;
}

int stream_write_bytes(const struct model_config *config, const struct workload_config *work) {
    int third = (int)config->host.costs.values[COST_TCP_WMEM].value / 3, segment = stream_segment_bytes(work);
    int most = third > segment ? third : segment;
    return work->message_bytes < most ? work->message_bytes : most;
}
