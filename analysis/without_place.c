#include "analysis/without_place.h"

#include <string.h>

const char *without_place(const char *message) {
    const char *rest = message;
    if (strncmp(message, "--set ", 6) == 0 && strstr(message, ": ") != NULL) return strstr(message, ": ") + 2;
    for (const char *at = strstr(message, ": "); at != NULL; at = strstr(at + 2, ": ")) {
        size_t word = (size_t)(at - rest);
        if (memchr(rest, ' ', word) != NULL) break; /* prose has begun */
        rest = at + 2;
    }
    return rest;
}
