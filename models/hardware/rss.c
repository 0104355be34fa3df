#include "models/hardware/rss.h"

enum { INPUT_BYTES = 12, KEY_BYTES = INPUT_BYTES + 4 };

/* The first bytes of the default key of the specification of receive side scaling. */
static const uint8_t key[KEY_BYTES] = {0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2,
                                       0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0};

static void put(uint8_t *bytes, uint32_t value, int count) {
    for (int i = 0; i < count; i++) bytes[i] = (uint8_t)(value >> 8 * (count - 1 - i));
}

uint32_t rss_hash(uint32_t source, uint32_t destination, uint16_t source_port, uint16_t destination_port) {
    uint8_t input[INPUT_BYTES];
    put(input, source, 4);
    put(input + 4, destination, 4);
    put(input + 8, source_port, 2);
    put(input + 10, destination_port, 2);
    uint32_t hash = 0;
    for (int bit = 0; bit < 8 * INPUT_BYTES; bit++) {
        if ((input[bit / 8] >> (7 - bit % 8) & 1) == 0) continue;
        /* each set bit adds the 32 bits of the key that begin at its place */
        uint64_t window = 0;
        for (int i = 0; i < 5; i++) window = window << 8 | (bit / 8 + i < KEY_BYTES ? key[bit / 8 + i] : 0);
        hash ^= (uint32_t)(window >> (8 - bit % 8));
    }
    return hash;
}

int rss_queue(uint32_t hash, int queues) { return (int)(hash % RSS_TABLE_ENTRIES) % queues; }
