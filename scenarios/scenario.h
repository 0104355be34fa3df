/* A scenario file, read and checked. */
#ifndef IOPATH_SCENARIOS_SCENARIO_H
#define IOPATH_SCENARIOS_SCENARIO_H

#include <stdint.h>

#include "models/config.h"
#include "scenarios/units.h"
#include "sim/diag.h"

enum { TEXT_MAX = 512, PATH_TEXT_MAX = 160 };

struct setting {               /* one --set PATH=VALUE, or one value of a sweep */
    char path[PATH_TEXT_MAX];  /* guests[0].workloads[0].frame */
    char value[PATH_TEXT_MAX]; /* as it would stand in the file */
};

struct axis_range {
    bool given; /* false: the axis is a list of values */
    bool whole; /* the key takes whole numbers, or bytes */
    bool log;   /* equal ratios, not equal differences */
    enum dimension dimension;
    double from, to; /* SI units, from < to */
};

struct sweep_axis { /* scenarios/axis.h makes them */
    char path[PATH_TEXT_MAX];
    int count; /* of a list, or of a range's steps; 0: a range without steps, which no grid can have */
    char (*values)[PATH_TEXT_MAX];
    struct axis_range range;
};

enum design_kind { DESIGN_GRID, DESIGN_LATIN_HYPERCUBE, DESIGN_SOBOL };

struct sweep_design { /* how the points of a sweep lie in the space of its axes; zeroed: the full grid */
    enum design_kind kind;
    int points;    /* of those that are not a grid, else 0 */
    uint64_t seed; /* of their order and places */
};

struct plot_request {
    char kind[32], x[PATH_TEXT_MAX], y[PATH_TEXT_MAX], lines[PATH_TEXT_MAX], file[256];
};

struct expectation {
    char metric[PATH_TEXT_MAX];
    char relative_to[256]; /* scenario file whose same metric is the base, or "" */
    double value;          /* SI units, or a ratio */
    double tolerance;      /* relative */
    char source[SOURCE_ID_MAX];
    char missed[TEXT_MAX]; /* why it is known to be missed; "": it is met */
};

struct trace;
struct block_trace;
struct claim;
struct condition;

struct scenario_trace { /* what a replay sends: frames, or requests of a disk of that size */
    char path[TEXT_MAX];
    double disk_bytes;
    struct trace *trace;
    struct block_trace *requests;
};

struct scenario {
    char file[TEXT_MAX];
    char name[TEXT_MAX];
    char description[TEXT_MAX];
    struct model_config model;
    struct run_config run;
    int axis_count;
    struct sweep_axis *axes;
    struct sweep_design design;
    int condition_count;
    struct condition *conditions; /* that a point of a sweep must satisfy, all: scenarios/condition.h */
    int plot_count;
    struct plot_request *plots;
    int expect_count;
    struct expectation *expect;
    struct claim *claim; /* scenarios/claim.h; NULL: none */
    int trace_count;
    struct scenario_trace *traces; /* the model's workloads refer to them */
    /* What is valid but has no machinery in this version, the first such, as "c3.yaml:9:13:
     * guests[0].workloads[0].kind: block"; "" if none. `check` accepts such a file, `run` must refuse it: the
     * model is then incomplete (such workloads are left out, such a mode is MODE_NONE). */
    char not_available[TEXT_MAX];
    int file_guest_count; /* guests listed in the file, before `count` multiplies them */
};

/* Reads, applies `settings` (later ones win), checks. NULL on failure; the diag then holds
 * "file:line:column: key: 'value' …; did you mean …?", or "--set path: 'value' …" for a setting.
 * A file that does not exist is looked for among the scenarios of the data directory: "tutorial/01-first-run".
 * A file with a `fleet:` block is refused: scenarios/fleet.h reads it. */
struct scenario *scenario_load(const char *file, const struct setting *settings, int setting_count, struct diag *diag);
void scenario_free(struct scenario *scenario);

/* What a scenario, or a fleet, is called and described as; its keys are read, what they mean is not checked. */
enum iop_status scenario_title(const char *file, char name[TEXT_MAX], char description[TEXT_MAX], struct diag *diag);

/* The file that a name stands for: itself, or a scenario of the data directory. */
void scenario_path(const char *file, char *out, size_t size);

/* A hash of what the results of a scenario with settings depend on in its file. Name, description, sweep, design,
 * conditions, plots, expectations, and how many replications are wanted how precisely, are left out: a file may ask for
 * more points and replications and keep those it has. Files that it names by path count as well, traces and what it
 * names of the catalog do not. */
enum iop_status scenario_content(const char *file, const struct setting *settings, int setting_count, uint64_t *hash,
                                 struct diag *diag);

/* Whether `value` may stand at `path` of a scenario file, as for an axis of a sweep; the message names both. */
enum iop_status scenario_check_setting(const struct setting *setting, struct diag *diag);

/* The path of what the scenario in `file` calls `other`: names are seen from the folder of the one that names them. */
void scenario_beside(const char *file, const char *other, char *out, size_t size);

/* Parses PATH=VALUE of the command line. List entries of the path are named by index or by their name:
 * guests[0].mode=pv, guests[sut].workloads[flood].frame=256 B. Whether the path leads anywhere, and whether the
 * value may stand there, scenario_load finds out. */
enum iop_status setting_parse(const char *text, struct setting *setting, struct diag *diag);

#endif
