/* What virtual memory costs the CPU work of a guest beyond bare metal's: longer page walks.
 *
 * A TLB miss of a guest under nested paging walks two tables at once: each of the n references of the guest's table
 * and the final address are looked up in the hypervisor's table of m levels,
 *
 *     references = (n + 1)(m + 1) - 1
 *
 * with n = m = 4 for 4 KiB pages: 24, and 19 where the hypervisor backs memory with pages of 2 MiB, m = 3 (PT001).
 * The tables of a PV guest and the shadow of an HVM guest's are walked by the CPU as they are, with native
 * references: n = 4, or 3 for large pages.
 * All costs of the catalog were measured natively, walks included, so that a guest's work becomes longer by
 *
 *     1 + misses (references - native references) reference
 *
 * with paging.misses per microsecond of work (paging.large_misses where memory comes in large pages) and the time
 * paging.reference of one reference. Where the walks of a server under nested
 * paging were 3.5 % of its time (CP025), 24 references of 6.4 ns (PT004: 58 ns between walks of 24 and 15) mean 0.23
 * misses a microsecond.
 *
 * Modelled: rows of a guest's own code, if the scenario says how its memory is backed (memory_pages); else as before,
 * nothing. What shadow tables and a PV guest's table updates cost when tables change is in the rows of a fork
 * (models/guest/processes.c); the path of a packet does not change them. Not modelled: the TLB itself; its loss at
 * exits and switches. */
#ifndef IOPATH_MODELS_HYPERVISOR_PAGING_H
#define IOPATH_MODELS_HYPERVISOR_PAGING_H

#include "models/config.h"

/* How the CPU finds a guest's memory. */
enum paging { PAGING_NATIVE, PAGING_PV, PAGING_SHADOW, PAGING_NESTED };

enum paging paging_of(const struct model_config *config, int guest);

/* References of one walk, where memory comes in pages of `page_bytes`. */
int paging_references(enum paging paging, int page_bytes);

/* By what a guest's CPU work is multiplied; 1 where the scenario does not say how its memory is backed. */
double paging_stretch(const struct model_config *config, int guest);

#endif
