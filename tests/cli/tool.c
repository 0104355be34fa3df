#include "tool.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];

void tool_setup(void) {
    cr_assert(getenv("IOPATH_BINARY") != NULL, "IOPATH_BINARY must name the program to test");
    snprintf(folder, sizeof folder, "/tmp/iopath-cli-XXXXXX");
    cr_assert(mkdtemp(folder) != NULL && chdir(folder) == 0);
}

void tool_teardown(void) {
    char command[128];
    snprintf(command, sizeof command, "cd / && rm -rf %s", folder);
    cr_expect(system(command) == 0 && chdir("/") == 0);
}

char *read_whole(const char *name) {
    FILE *stream = fopen(name, "rb");
    cr_assert(stream != NULL, "%s is not there", name);
    char *text = NULL, buffer[4096];
    size_t size = 0;
    FILE *copy = open_memstream(&text, &size);
    for (size_t got; (got = fread(buffer, 1, sizeof buffer, stream)) > 0;) fwrite(buffer, 1, got, copy);
    fclose(stream);
    fclose(copy);
    return text;
}

void write_scenario(const char *name, const char *text) {
    FILE *stream = fopen(name, "w");
    cr_assert(stream != NULL);
    fputs(text, stream);
    fclose(stream);
}

struct tool_outcome run_tool(const char *arguments) {
    char command[2048];
    /* a redirection in `arguments` comes later and wins */
    snprintf(command, sizeof command, "\"$IOPATH_BINARY\" >.out 2>.err %s", arguments);
    int state = system(command);
    struct tool_outcome outcome = {.out = read_whole(".out"), .err = read_whole(".err")};
    outcome.code = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
    unlink(".out");
    unlink(".err");
    return outcome;
}

void tool_outcome_free(struct tool_outcome *outcome) {
    free(outcome->out);
    free(outcome->err);
}

static void expect_text(const char *arguments, const char *which, const char *text, const char *part) {
    if (part == NULL)
        cr_expect(text[0] == '\0', "iopath %s: %s should be empty, but is\n%s", arguments, which, text);
    else
        cr_expect(strstr(text, part) != NULL, "iopath %s: %s lacks '%s'\n%s", arguments, which, part, text);
}

void expect_tool(const char *arguments, int code, const char *out, const char *err) {
    struct tool_outcome outcome = run_tool(arguments);
    cr_expect_eq(outcome.code, code, "iopath %s: exit code %d, not %d\n%s", arguments, outcome.code, code, outcome.err);
    expect_text(arguments, "standard output", outcome.out, out);
    expect_text(arguments, "standard error", outcome.err, err);
    tool_outcome_free(&outcome);
}

int files_named(const char *part) {
    DIR *stream = opendir(".");
    int count = 0;
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;) count += strstr(entry->d_name, part) != NULL;
    closedir(stream);
    return count;
}
