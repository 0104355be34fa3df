/* Files of recorded traffic: pcap and pcapng, or CSV.
 *
 * CSV has a line for each frame: time in seconds, Ethernet frame with CRC in bytes, and the flow, any whole number
 * (one flow when left out). A first line that begins with a letter is a heading; empty lines and those that begin
 * with # are skipped.
 * Of a capture counts when each frame was seen and how long it was on the wire (4 B more than captured for the CRC, at
 * least 64 B); addresses, protocol and ports tell its flows apart. */
#ifndef IOPATH_SCENARIOS_TRACE_FILE_H
#define IOPATH_SCENARIOS_TRACE_FILE_H

#include "models/workload/trace.h"

enum { TRACE_FRAMES_MAX = 10000000 };

/* By the ending of its name: .csv, else a capture. Errors name file and line or number of the packet. NULL on failure.
 */
struct trace *trace_file_read(const char *path, struct diag *diag);

/* What the readers collect. */
struct frame_list {
    struct trace_frame *frames;
    int count, capacity;
};

/* Appends a frame. `where` ("trace.csv:12", "trace.pcap: packet 3") begins the message of a failure: dates that go
 * back, sizes beyond 64 B to 9018 B, too many frames. */
enum iop_status frame_list_add(struct frame_list *list, const struct trace_frame *frame, const char *where,
                               struct diag *diag);

enum iop_status trace_read_csv(const char *path, struct frame_list *list, struct diag *diag);
enum iop_status trace_read_pcap(const char *path, struct frame_list *list, struct diag *diag);

#endif
