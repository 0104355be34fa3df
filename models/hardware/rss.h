/* Receive side scaling: the Toeplitz hash of a TCP connection over IPv4 and the queue it selects, as the 82599 and its
 * Linux drivers do it: the default key, and a table of 128 entries that is filled with the queues in turn and indexed
 * by the low bits.
 *
 * The same hash serves the kernel's receive packet steering, which takes its high bits. */
#ifndef IOPATH_MODELS_HARDWARE_RSS_H
#define IOPATH_MODELS_HARDWARE_RSS_H

#include <stdint.h>

enum { RSS_TABLE_ENTRIES = 128 };

uint32_t rss_hash(uint32_t source, uint32_t destination, uint16_t source_port, uint16_t destination_port);
int rss_queue(uint32_t hash, int queues);

/* An address of one network, 10.0.0.host. */
static inline uint32_t rss_address(int host) { return UINT32_C(0x0a000000) + (uint32_t)host; }

#endif
