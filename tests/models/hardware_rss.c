/* Receive side scaling: the hash is that of the specification, and spreads connections evenly. */
#include "models/hardware/rss.h"

#include <criterion/criterion.h>

static uint32_t address(int a, int b, int c, int d) {
    return (uint32_t)a << 24 | (uint32_t)b << 16 | (uint32_t)c << 8 | (uint32_t)d;
}

/* The verification suite of the specification, TCP over IPv4. */
Test(rss, hashes_as_the_specification_says) {
    cr_expect_eq(rss_hash(address(66, 9, 149, 187), address(161, 142, 100, 80), 2794, 1766), 0x51ccc178);
    cr_expect_eq(rss_hash(address(199, 92, 111, 2), address(65, 69, 140, 83), 14230, 4739), 0xc626b0ea);
    cr_expect_eq(rss_hash(address(24, 19, 198, 95), address(12, 22, 207, 184), 12898, 38024), 0x5c2b394a);
}

Test(rss, connections_of_one_client_spread_over_the_queues) {
    enum { CONNECTIONS = 1000, QUEUES = 8 };
    int counts[QUEUES] = {0};
    for (int i = 0; i < CONNECTIONS; i++)
        counts[rss_queue(rss_hash(rss_address(1), rss_address(2), (uint16_t)(32768 + i), 80), QUEUES)]++;
    for (int q = 0; q < QUEUES; q++)
        cr_expect(counts[q] > 90 && counts[q] < 160, "queue %d has %d of %d", q, counts[q], CONNECTIONS);
}

Test(rss, one_queue_takes_all) { cr_expect_eq(rss_queue(0xffffffff, 1), 0); }
