/* What a result was computed from, in 64 bits: FNV-1a over the bytes of the scenario file and the
 * settings applied to it, and over the files that its replays send (http://www.isthe.com/chongo/tech/comp/fnv/,
 * draft-eastlake-fnv). It tells rows of changed scenarios apart; it is no protection against forgery. */
#ifndef IOPATH_ANALYSIS_CONTENT_HASH_H
#define IOPATH_ANALYSIS_CONTENT_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "scenarios/fnv.h"
#include "scenarios/scenario.h"
#include "sim/diag.h"

/* The hash of a scenario file with its settings in the order they apply. */
enum iop_status content_hash(const char *file, const struct setting *settings, int setting_count, uint64_t *hash,
                             struct diag *diag);

/* Continues it over the traces of the scenario, if it has any. */
enum iop_status content_hash_traces(const struct scenario *scenario, uint64_t *hash, struct diag *diag);

#endif
