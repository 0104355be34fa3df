#include "analysis/content_hash.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static enum iop_status hash_file(const char *file, uint64_t *hash, struct diag *diag) {
    FILE *stream = fopen(file, "rb");
    if (stream == NULL) return diag_set(diag, IOP_IO, "%s: %s", file, strerror(errno));
    char buffer[4096];
    for (size_t got; (got = fread(buffer, 1, sizeof buffer, stream)) > 0;) *hash = fnv1a_64(*hash, buffer, got);
    bool failed = ferror(stream) != 0;
    fclose(stream);
    return failed ? diag_set(diag, IOP_IO, "%s: could not be read", file) : IOP_OK;
}

enum iop_status content_hash(const char *file, const struct setting *settings, int setting_count, uint64_t *hash,
                             struct diag *diag) {
    *hash = FNV1A_64_START;
    enum iop_status status = hash_file(file, hash, diag);
    if (status != IOP_OK) return status;
    /* The terminators are hashed too, so that neighbouring texts cannot flow into each other. */
    for (int i = 0; i < setting_count; i++) {
        *hash = fnv1a_64(*hash, settings[i].path, strlen(settings[i].path) + 1);
        *hash = fnv1a_64(*hash, settings[i].value, strlen(settings[i].value) + 1);
    }
    return IOP_OK;
}

enum iop_status content_hash_traces(const struct scenario *scenario, uint64_t *hash, struct diag *diag) {
    enum iop_status status = IOP_OK;
    for (int i = 0; i < scenario->trace_count && status == IOP_OK; i++)
        status = hash_file(scenario->traces[i].path, hash, diag);
    return status;
}
