/* The wire of sweep_wire.h over MPI. All of MPI is here, in a module of its own that is loaded when mpirun has started
 * the program: linked to it, libmpi would double the time of every start, and would have to be there everywhere. */
#include <limits.h>
#include <mpi.h>
#include <time.h>

#include "analysis/sweep_wire.h"

enum { TAG = 0, TRIES = 20, NAP_NS = 20000 };

/* Parts of at most INT_MAX bytes, since MPI counts in int. */
static int part(size_t count) { return count < INT_MAX ? (int)count : INT_MAX; }

static bool start(int *rank, int *size) {
    int level;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &level);
    MPI_Comm_rank(MPI_COMM_WORLD, rank);
    MPI_Comm_size(MPI_COMM_WORLD, size);
    return level >= MPI_THREAD_SERIALIZED;
}

/* Where MPI would spin, on the CPU of a thread that computes, until the other process gets its turn. */
static void finish(MPI_Request *request) {
    int done = 0;
    for (int tries = 0; !done; tries++) {
        MPI_Test(request, &done, MPI_STATUS_IGNORE);
        if (!done && tries >= TRIES) nanosleep(&(struct timespec){0, NAP_NS}, NULL);
    }
}

static void send_bytes(int to, const void *bytes, size_t count) {
    for (const char *at = bytes; count > 0;) {
        int now = part(count);
        MPI_Request request;
        MPI_Isend(at, now, MPI_BYTE, to, TAG, MPI_COMM_WORLD, &request);
        finish(&request);
        at += now;
        count -= (size_t)now;
    }
}

static bool arrived(int *from) {
    int flag;
    MPI_Status status;
    MPI_Iprobe(MPI_ANY_SOURCE, TAG, MPI_COMM_WORLD, &flag, &status);
    if (flag) *from = status.MPI_SOURCE;
    return flag != 0;
}

static void receive(int from, void *bytes, size_t count) {
    for (char *at = bytes; count > 0;) {
        int now = part(count);
        MPI_Request request;
        MPI_Irecv(at, now, MPI_BYTE, from, TAG, MPI_COMM_WORLD, &request);
        finish(&request);
        at += now;
        count -= (size_t)now;
    }
}

static void end(void) { MPI_Finalize(); }

static void abort_all(int code) { MPI_Abort(MPI_COMM_WORLD, code); }

/* The one symbol that cli/mpi.c looks for. */
extern const struct sweep_wire_functions iopath_mpi;
const struct sweep_wire_functions iopath_mpi = {start, send_bytes, arrived, receive, end, abort_all};
