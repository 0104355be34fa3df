/* FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/, draft-eastlake-fnv): tells contents apart, and is no
 * protection against forgery. */
#ifndef IOPATH_SCENARIOS_FNV_H
#define IOPATH_SCENARIOS_FNV_H

#include <stddef.h>
#include <stdint.h>

#define FNV1A_64_START UINT64_C(0xcbf29ce484222325)

/* Continues a hash, begun with FNV1A_64_START, over `size` bytes. */
uint64_t fnv1a_64(uint64_t hash, const void *bytes, size_t size);

#endif
