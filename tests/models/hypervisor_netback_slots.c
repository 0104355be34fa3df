#include <criterion/criterion.h>

#include "models/paths/mechanism.h"

static void expect(int bytes, int fragment, bool coalesces, int slots, int pieces) {
    struct packet_slots found = netback_slots(bytes, fragment, coalesces);
    cr_expect_eq(found.slots, slots, "%d B of %d: %d slots", bytes, fragment, found.slots);
    cr_expect_eq(found.pieces, pieces, "%d B of %d: %d pieces", bytes, fragment, found.pieces);
}

/* Packets that fill pages: a slot and a copy for each, whatever the kernel. */
Test(netback_slots, pages_are_copied_one_by_one) {
    for (int coalesces = 0; coalesces < 2; coalesces++) {
        expect(64, 0, coalesces, 1, 1);
        expect(4096, 0, coalesces, 1, 1);
        expect(4097, 0, coalesces, 2, 2);
        expect(65535, 0, coalesces, 16, 16);
    }
}

/* Two frames of 1448 B fit into a page, of the third only a part (KF21). */
Test(netback_slots, a_frame_is_split_only_by_kernels_that_coalesce) {
    expect(1518, 1448, false, 1, 1);
    expect(2 * 1448 + 70, 1448, false, 1, 2);
    expect(3 * 1448 + 70, 1448, false, 2, 3);
    expect(3 * 1448 + 70, 1448, true, 2, 3);
    expect(4 * 1448 + 70, 1448, false, 2, 4);
    expect(4 * 1448 + 70, 1448, true, 2, 4);
}

/* Frames beyond a page: their pages are pieces, of which the last may share a buffer. */
Test(netback_slots, large_frames_lie_in_pages) {
    expect(8948 + 70, 8948, false, 3, 3);
    expect(2 * 8948 + 70, 8948, false, 6, 6);
    expect(2 * 8948 + 70, 8948, true, 5, 6);
}

/* NET-101 and NET-102: 7.2 and 11 Gbit/s. That is what a receiver gains whose rate is that of the slots of its ring:
 * of packets of 64 KB it takes two thirds. */
Test(netback_slots, a_full_packet_takes_two_thirds_of_the_slots) {
    int bytes = 45 * 1448 + 70;
    struct packet_slots before = netback_slots(bytes, 1448, false), since = netback_slots(bytes, 1448, true);
    double ratio = (double)before.slots / since.slots, published = 11 / 7.2;
    cr_expect_float_eq(ratio, published, 0.1 * published, "%d and %d slots", before.slots, since.slots);
    cr_expect_eq(since.pieces, before.pieces);
}
