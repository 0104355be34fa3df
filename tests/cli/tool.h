/* Runs the program under test, IOPATH_BINARY, as a shell would, and looks at what it left behind. */
#ifndef TESTS_CLI_TOOL_H
#define TESTS_CLI_TOOL_H

#include <stdbool.h>
#include <stddef.h>

/* A folder of its own for each test, the current one while it runs; .init and .fini of all suites. */
void tool_setup(void);
void tool_teardown(void);

struct tool_outcome {
    int code;        /* exit code; 128 + n after signal n */
    char *out, *err; /* whole texts; freed by tool_outcome_free */
};

/* `arguments` is what follows "iopath " on a shell's command line, redirections included. */
struct tool_outcome run_tool(const char *arguments);
void tool_outcome_free(struct tool_outcome *outcome);

/* Runs and compares exit code, and what the texts must contain; NULL: must be empty. */
void expect_tool(const char *arguments, int code, const char *out, const char *err);

/* Number of files in the test's folder whose name contains `part`. */
int files_named(const char *part);
void write_scenario(const char *name, const char *text);
char *read_whole(const char *name);

#endif
