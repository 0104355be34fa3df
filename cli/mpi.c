#include "cli/mpi.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "cli/module.h"

/* Of Open MPI's mpirun, of MPICH's, and of srun --mpi=pmix. */
static const char *const rank_names[] = {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"};
static const char *const size_names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"};

static const char *variable(const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (getenv(names[i]) != NULL) return getenv(names[i]);
    return NULL;
}

bool mpi_is_silent(const struct command *command) {
    const char *rank = variable(rank_names, sizeof rank_names / sizeof rank_names[0]);
    return command->run == sweep_command && rank != NULL && strcmp(rank, "0") != 0;
}

static bool has_others(void) {
    if (variable(rank_names, sizeof rank_names / sizeof rank_names[0]) == NULL) return false;
    const char *size = variable(size_names, sizeof size_names / sizeof size_names[0]);
    return size == NULL || strcmp(size, "1") != 0;
}

enum iop_status mpi_start(struct sweep_wire *wire, struct diag *diag) {
    *wire = (struct sweep_wire){.size = 1};
    if (!has_others()) return IOP_OK;
    void *module = module_load(
        "iopath-mpi.so",
        "several processes were started, but this iopath was built without MPI; build it with libopenmpi-dev", diag);
    if (module == NULL) return IOP_INVALID;
    wire->functions = dlsym(module, "iopath_mpi");
    if (wire->functions == NULL)
        return diag_set(diag, IOP_INVALID, "the MPI module is not iopath's: %.500s", dlerror());
    if (!wire->functions->start(&wire->rank, &wire->size))
        return diag_set(diag, IOP_INVALID, "this MPI does not support threads (MPI_THREAD_SERIALIZED)");
    return IOP_OK;
}

void mpi_end(const struct sweep_wire *wire) {
    if (wire->functions != NULL) wire->functions->end();
}
