/* The time of one DMA transfer that meets no other: latency of the path and occupancy of the link. A run
 * does not use it (the NIC queues its transfers on the link); `explain` and the bounds do. */
#include "models/hardware/pcie.h"
#include "models/paths/mechanism.h"

struct step_value dma_value(const struct step *step, const struct step_context *context) {
    const struct nic_config *nic = &context->host->nic;
    int bytes = step->extent == OF_FRAME ? context->frame_bytes : nic->descriptor_bytes;
    double latency = context->host->costs.values[step->cost].value, tlp_bps = pcie_tlp_bps(&nic->pcie);
    int on_link = step->cost == COST_DMA_READ
                      ? pcie_read_up_bytes(&nic->pcie, bytes) + pcie_read_down_bytes(&nic->pcie, bytes)
                      : pcie_write_up_bytes(&nic->pcie, bytes);
    double engine = step->cost == COST_DMA_READ ? nic->dma_engine_s : 0;
    return (struct step_value){.time_s = latency + engine + 8.0 * on_link / tlp_bps};
}
