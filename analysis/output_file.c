#define _XOPEN_SOURCE 700 /* realpath, which glibc does not count as POSIX base */

#include "analysis/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES_TRIED = 100 };

/* Length of the folder part of a path, with its slash. */
static size_t folder_length(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

enum iop_status output_file_check(const char *name, struct diag *diag) {
    struct stat about;
    if (name[0] == '\0') return diag_set(diag, IOP_INVALID, "the name of the output file is empty");
    if (stat(name, &about) == 0) {
        if (S_ISDIR(about.st_mode)) return diag_set(diag, IOP_IO, "%s: is a directory", name);
        if (access(name, W_OK) != 0) return diag_set(diag, IOP_IO, "%s: %s", name, strerror(errno));
        if (!S_ISREG(about.st_mode)) return IOP_OK;
    }
    char *folder = strdup(name);
    if (folder == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    folder[folder_length(name)] = '\0';
    enum iop_status status = IOP_OK;
    if (access(folder[0] == '\0' ? "." : folder, W_OK | X_OK) != 0)
        status = diag_set(diag, IOP_IO, "%s: cannot be created: %s", name, strerror(errno));
    free(folder);
    return status;
}

/* Opens a fresh file beside the target, with the permissions the target has or would get. */
static int open_beside(struct output_file *file, mode_t mode) {
    size_t folder = folder_length(file->target), size = strlen(file->target) + 48;
    file->temporary = malloc(size);
    if (file->temporary == NULL) return -1;
    for (int i = 0; i < NAMES_TRIED; i++) {
        snprintf(file->temporary, size, "%.*s.%s.%ld-%d.tmp", (int)folder, file->target, file->target + folder,
                 (long)getpid(), i);
        int descriptor = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (descriptor >= 0 || errno != EEXIST) return descriptor;
    }
    return -1;
}

enum iop_status output_file_open(struct output_file *file, const char *name, struct diag *diag) {
    *file = (struct output_file){NULL, NULL, NULL};
    enum iop_status status = output_file_check(name, diag);
    if (status != IOP_OK) return status;
    struct stat about;
    bool exists = stat(name, &about) == 0;
    file->target = exists ? realpath(name, NULL) : strdup(name);
    if (file->target == NULL) return diag_set(diag, IOP_IO, "%s: %s", name, strerror(errno));
    int descriptor = exists && !S_ISREG(about.st_mode) ? open(file->target, O_WRONLY | O_CLOEXEC)
                                                       : open_beside(file, exists ? about.st_mode & 0777 : 0666);
    if (descriptor < 0 && file->temporary != NULL) {
        free(file->temporary); /* it does not exist, so that there is nothing to remove */
        file->temporary = NULL;
    }
    if (descriptor >= 0) file->stream = fdopen(descriptor, "w");
    if (file->stream != NULL) return IOP_OK;
    status = diag_set(diag, IOP_IO, "%s: cannot be created: %s", name, strerror(errno));
    if (descriptor >= 0) close(descriptor);
    output_file_abandon(file);
    return status;
}

enum iop_status output_file_commit(struct output_file *file, struct diag *diag) {
    errno = 0;
    bool failed = ferror(file->stream) != 0;
    failed = fclose(file->stream) != 0 || failed;
    file->stream = NULL;
    if (!failed && file->temporary != NULL) failed = rename(file->temporary, file->target) != 0;
    enum iop_status status = IOP_OK;
    if (failed)
        status = diag_set(diag, IOP_IO, "%s: write error: %s", file->target,
                          errno != 0 ? strerror(errno) : "the data did not fit");
    if (!failed) {
        free(file->temporary);
        file->temporary = NULL;
    }
    output_file_abandon(file);
    return status;
}

void output_file_abandon(struct output_file *file) {
    if (file->stream != NULL) fclose(file->stream);
    if (file->temporary != NULL) unlink(file->temporary);
    free(file->temporary);
    free(file->target);
    *file = (struct output_file){NULL, NULL, NULL};
}
