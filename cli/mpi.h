/* Several processes, if mpirun has started this one. */
#ifndef IOPATH_CLI_MPI_H
#define IOPATH_CLI_MPI_H

#include "analysis/sweep_wire.h"
#include "cli/command.h"

/* Whether what this process has to say is said by another one, too: it is a rank other than 0 of a command that runs on
 * several. Known before anything has started, from the environment that mpirun and srun give. */
bool mpi_is_silent(const struct command *command);

/* Gives the wire to the other processes; `wire->size` is 1 if there are none. Loads the module iopath-mpi.so, from the
 * program's directory or where it is installed. After success with others, mpi_end is due on all ranks. */
enum iop_status mpi_start(struct sweep_wire *wire, struct diag *diag);
void mpi_end(const struct sweep_wire *wire);

#endif
