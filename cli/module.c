#include "cli/module.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 1024 };

void *module_load(const char *file, const char *absent, struct diag *diag) {
    static const char *const places[] = {"", IOPATH_MODULE_DIR "/"};
    char folder[PATH_BYTES], path[2 * PATH_BYTES] = "";
    ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
    folder[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash != NULL) slash[1] = '\0';
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        snprintf(path, sizeof path, "%s%s%s", folder, places[i], file);
        if (access(path, F_OK) == 0) break;
    }
    if (access(path, F_OK) != 0) {
        diag_set(diag, IOP_INVALID, "%s", absent);
        return NULL;
    }
    void *module = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    if (module == NULL) diag_set(diag, IOP_INVALID, "%s cannot be loaded: %.500s", file, dlerror());
    return module;
}
