#include "analysis/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The script comes from a file, not from a pipe: a gnuplot that dies early then causes no SIGPIPE. */
static int spawn(char *const arguments[], int in, int out, int errors, pid_t *child) {
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) return error;
    const int from[] = {in, out, errors};
    for (int i = 0; error == 0 && i < 3; i++) {
        if (from[i] >= 0)
            error = posix_spawn_file_actions_adddup2(&actions, from[i], i);
        else
            error = posix_spawn_file_actions_addopen(&actions, i, "/dev/null", O_RDWR, 0);
    }
    if (error == 0) error = posix_spawnp(child, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static enum iop_status not_started(int error, struct diag *diag) {
    if (error == ENOENT || error == EACCES)
        return diag_set(diag, IOP_IO, "gnuplot was not found; plots need it (Debian package gnuplot-nox)");
    return diag_set(diag, IOP_IO, "gnuplot could not be started: %s", strerror(error));
}

/* 0 when the child ended well. */
static int wait_for(pid_t child) {
    int state;
    while (waitpid(child, &state, 0) < 0)
        if (errno != EINTR) return -1;
    return state;
}

enum iop_status gnuplot_check(struct diag *diag) {
    char name[] = "gnuplot", version[] = "--version";
    char *const arguments[] = {name, version, NULL};
    pid_t child;
    int error = spawn(arguments, -1, -1, -1, &child);
    if (error != 0) return not_started(error, diag);
    int state = wait_for(child);
    if (WIFEXITED(state) && WEXITSTATUS(state) == 127) return not_started(ENOENT, diag);
    return state == 0 ? IOP_OK : diag_set(diag, IOP_IO, "gnuplot --version failed; plots need a working gnuplot");
}

/* The first line that says something: gnuplot repeats the script and points into it first. */
static enum iop_status complain(FILE *errors, struct diag *diag) {
    char line[512], said[512] = "no reason given";
    rewind(errors);
    while (fgets(line, sizeof line, errors) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strspn(line, " \t^") < strlen(line)) snprintf(said, sizeof said, "%s", line + strspn(line, " \t"));
    }
    return diag_set(diag, IOP_IO, "gnuplot failed: %s", said);
}

enum iop_status gnuplot_run(FILE *script, FILE *out, struct diag *diag) {
    FILE *errors = tmpfile();
    if (errors == NULL) return diag_set(diag, IOP_IO, "no temporary file: %s", strerror(errno));
    char name[] = "gnuplot", defaults[] = "--default-settings", input[] = "-";
    char *const arguments[] = {name, defaults, input, NULL};
    pid_t child;
    int error = spawn(arguments, fileno(script), fileno(out), fileno(errors), &child);
    enum iop_status status = error != 0 ? not_started(error, diag) : IOP_OK;
    if (status == IOP_OK && wait_for(child) != 0) status = complain(errors, diag);
    fclose(errors);
    return status;
}
