#include "cli/support.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "analysis/plot.h"
#include "analysis/units.h"
#include "cli/command.h"
#include "scenarios/catalog.h"

int exit_code(enum iop_status status) {
    switch (status) {
    case IOP_OK:
        return 0;
    case IOP_CHECK_FAILED:
        return 1;
    case IOP_INTERRUPTED:
        return 3;
    case IOP_INVALID:
    case IOP_NO_MEMORY:
    case IOP_IO:
        break;
    }
    return 2;
}

/* "FILE:LINE:COLUMN: …" says itself where it comes from. */
static bool names_its_place(const char *message) {
    for (const char *at = message; (at = strchr(at, ':')) != NULL; at++) {
        const char *rest = at + 1;
        if (*rest == ' ') return false;
        if (!isdigit((unsigned char)*rest)) continue;
        rest += strspn(rest, "0123456789");
        if (*rest == ':') return true;
    }
    return false;
}

int fail(enum iop_status status, const struct diag *diag) {
    if (diag->message[0] != '\0')
        fprintf(stderr, "%s%s\n", names_its_place(diag->message) ? "" : "iopath: ", diag->message);
    return exit_code(status);
}

enum iop_status output_check(const struct options *options, struct diag *diag) {
    enum iop_status status = IOP_OK;
    if (options->output != NULL) status = output_file_check(options->output, diag);
    if (status == IOP_OK && options->plot != NULL) status = plot_check(options->plot, diag);
    return status;
}

enum iop_status output_open(struct output *output, const char *name, struct diag *diag) {
    *output = (struct output){.stream = stdout};
    if (name == NULL) return IOP_OK;
    enum iop_status status = output_file_open(&output->file, name, diag);
    output->stream = output->file.stream;
    return status;
}

/* A reader that has seen enough (head, a pager) is no reason for a message. */
static enum iop_status finish_stdout(struct diag *diag) {
    errno = 0;
    bool failed = fflush(stdout) != 0 || ferror(stdout);
    if (!failed) return IOP_OK;
    if (errno == EPIPE) return IOP_IO;
    return diag_set(diag, IOP_IO, "standard output: write error%s%s", errno != 0 ? ": " : "",
                    errno != 0 ? strerror(errno) : "");
}

enum iop_status output_close(struct output *output, enum iop_status status, struct diag *diag) {
    bool complete = status == IOP_OK || status == IOP_CHECK_FAILED;
    enum iop_status finished = IOP_OK;
    struct diag own = {""}; /* a failed check has left its message in `diag` already */
    if (output->file.stream == NULL)
        finished = finish_stdout(&own);
    else if (complete)
        finished = output_file_commit(&output->file, &own);
    else
        output_file_abandon(&output->file);
    if (!complete || finished == IOP_OK) return status;
    *diag = own;
    return finished;
}

static volatile sig_atomic_t stop_requested;

/* One request may come as two signals, to a process and to its group (timeout, schedulers of clusters): only one that
 * comes later is a second. */
static void on_signal(int number) {
    static struct timespec first;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!stop_requested) {
        first = now;
        stop_requested = 1;
        return;
    }
    if ((double)(now.tv_sec - first.tv_sec) + 1e-9 * (double)(now.tv_nsec - first.tv_nsec) < 0.25) return;
    signal(number, SIG_DFL);
    raise(number);
}

void signals_install(void) {
    struct sigaction action = {.sa_handler = on_signal};
    struct sigaction old;
    sigemptyset(&action.sa_mask);
    const int numbers[] = {SIGINT, SIGTERM};
    for (int i = 0; i < 2; i++) /* a parent that ignores them (nohup, background jobs) means it */
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) sigaction(numbers[i], &action, NULL);
}

static double wall_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void progress_start(struct progress *progress) { *progress = (struct progress){wall_clock(), 0}; }

enum { BAR = 30 };

int progress_report(void *user, int done, int total) {
    struct progress *progress = user;
    double elapsed = wall_clock() - progress->started;
    if (elapsed >= 1 && total > 0 && isatty(STDERR_FILENO)) {
        char bar[BAR + 1], rest[UNITS_TEXT] = "?";
        for (int i = 0; i < BAR; i++) bar[i] = i < BAR * done / total ? '#' : '-';
        bar[BAR] = '\0';
        if (done > 0) snprintf(rest, sizeof rest, "%.0f s", elapsed / done * (total - done));
        fprintf(stderr, "\r[%s] %d of %d runs, about %s left\033[K", bar, done, total, rest);
        progress->shown = 1;
    }
    return stop_requested;
}

void progress_end(struct progress *progress) {
    if (progress->shown) fputs("\r\033[K", stderr);
    progress->shown = 0;
}

enum iop_status scenario_file(const char *operand, char *out, size_t size, struct diag *diag) {
    snprintf(out, size, "%s", operand);
    if (access(operand, F_OK) == 0) return IOP_OK;
    char folder[TEXT_MAX], tried[2 * TEXT_MAX];
    if (data_path("scenarios", folder, sizeof folder, NULL) == IOP_OK) {
        snprintf(tried, sizeof tried, "%s/%.500s", folder, operand);
        if (access(tried, F_OK) != 0) snprintf(tried, sizeof tried, "%s/%.500s.yaml", folder, operand);
        if (access(tried, F_OK) == 0 && strlen(tried) < size) {
            snprintf(out, size, "%.*s", (int)size - 1, tried);
            return IOP_OK;
        }
    }
    return diag_set(diag, IOP_INVALID, "%.500s: there is no such file and no scenario of that name", operand);
}

enum iop_status scenario_check_available(const struct scenario *scenario, struct diag *diag) {
    if (scenario->not_available[0] == '\0') return IOP_OK;
    return diag_set(diag, IOP_INVALID, "%.300s:%s is not available yet", scenario->file, scenario->not_available);
}

struct scenario *scenario_open(const char *operand, const struct options *options, struct diag *diag) {
    char file[TEXT_MAX];
    if (scenario_file(operand, file, sizeof file, diag) != IOP_OK) return NULL;
    struct scenario *scenario = scenario_load(file, options->settings, options->setting_count, diag);
    if (scenario == NULL) return NULL;
    if (scenario_check_available(scenario, diag) != IOP_OK) {
        scenario_free(scenario);
        return NULL;
    }
    options_adjust_run(options, &scenario->run);
    return scenario;
}
