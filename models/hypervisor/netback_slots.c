/* Into how many of a guest's buffers netback puts a packet, and of how many pieces. */
#include "models/guest/kernel.h"
#include "models/paths/mechanism.h"

/* A packet merged of frames lies in the buffers that the NIC's driver had posted for them, one piece each, or more if
 * they are larger than a page; the headers are those of the first. What has no fragments fills pages. */
struct packet_slots netback_slots(int bytes, int fragment_bytes, bool coalesces) {
    int fragments = fragment_bytes > 0 && bytes > fragment_bytes ? bytes / fragment_bytes : 1;
    struct packet_slots result = {1, 0};
    int filled = 0;
    for (int i = 0; i < fragments; i++) {
        int left = i > 0 ? fragment_bytes : bytes - (fragments - 1) * fragment_bytes;
        while (left > 0) {
            int piece = left < PAGE_BYTES ? left : PAGE_BYTES;
            bool fits = filled + piece <= PAGE_BYTES;
            if (!fits) result.slots++;
            filled = fits ? filled + piece : piece;
            left -= piece;
            result.pieces++;
        }
    }
    if (coalesces) result.slots = page_count(bytes);
    return result;
}

struct packet_slots packet_slots(const struct step_context *context) {
    bool coalesces = kernel_has(FEATURE_RX_COALESCING, kernel_version(context->host->dom0.kernel));
    return netback_slots(context->frame_bytes, context->fragment_bytes, coalesces);
}
