/* Sockets: which of the machine's a vCPU is on.
 *
 * A guest with no more vCPUs than a socket has hardware threads runs on one socket (guest_config.socket); a larger one
 * is spread evenly over as many as it needs, from the first on, and sees them as EC2's HVM guests do: of c3.8xlarge's
 * 32 vCPUs 0 to 7 and, their hardware threads, 16 to 23 are on one socket, the others on the other. dom0's vCPUs are on
 * the NIC's socket.
 *
 * What crosses between sockets takes longer: cache lines that another core holds (rows FOREIGN_FAR, CONTENDED_FAR and
 * NOTIFYING_FAR of the tables: CP050-CP057), what a device has written, and a device's reads of memory (PC105, PC110).
 * Not modelled: the bandwidth of the link between sockets, where the kernel and applications have their own memory. */
#ifndef IOPATH_MODELS_TOPOLOGY_H
#define IOPATH_MODELS_TOPOLOGY_H

#include "models/config.h"

int guest_sockets(const struct host_config *host, const struct guest_config *guest);
int vcpu_socket(const struct host_config *host, const struct guest_config *guest, int vcpu);

/* Whether the guest's vCPUs and the NIC are on more than one socket. */
bool guest_crosses_sockets(const struct host_config *host, const struct guest_config *guest);

/* Two hardware threads of a core are two vCPUs, half of the guest's number apart. */
bool vcpus_are_paired(const struct host_config *host, const struct guest_config *guest);

#endif
