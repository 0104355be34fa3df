#include "tests/scenarios/fixture.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/iopath-test-XXXXXX";

const char *source_folder(void) {
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", __FILE__);
    char *end = strstr(path, "/tests/scenarios/fixture.c");
    cr_assert_not_null(end, "compile with absolute file names");
    *end = '\0';
    return path;
}

struct host_config *host_new(void) {
    struct host_config *host = malloc(sizeof *host);
    cr_assert_not_null(host);
    return host;
}

void write_file(const char *name, const char *text, size_t size) {
    FILE *file = fopen(name, "wb");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(text, 1, size, file), size);
    cr_assert_eq(fclose(file), 0);
}

void write_text(const char *name, const char *text) { write_file(name, text, strlen(text)); }

static void write_flat_costs(void) {
    FILE *file = fopen("data/models/catalog/costs/flat.yaml", "w");
    cr_assert_not_null(file);
    fputs("name: flat\ndescription: made up\nclock: 2.5 GHz\ncosts:\n", file);
    static const char *const values[] = {"100 cycles", "100 ns", "5 GB/s", "64", "64"};
#define X(id, name, unit, text)       \
    if (COST_##id != COST_GRANT_COPY) \
        fprintf(file, "  - {name: %s, value: %s, how: assumed}\n", name, values[COST_##unit]);
    COST_TABLE(X)
#undef X
    fputs("  - {name: grant.copy, value: 500 ns, low: 350 ns, high: 1000 ns, how: measured, source: [XN025], "
          "note: a note}\n",
          file);
    cr_assert_eq(fclose(file), 0);
}

void lab_setup(void) {
    char command[PATH_MAX * 2];
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
    snprintf(command, sizeof command, "cp -r '%s/tests/scenarios/data' data", source_folder());
    cr_assert_eq(system(command), 0);
    write_flat_costs();
    snprintf(command, sizeof command, "%s/data", folder);
    setenv("IOPATH_DATA", command, 1);
}

void lab_teardown(void) {
    char command[PATH_MAX];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    cr_expect_eq(system(command), 0);
}

struct scenario *load_text(const char *text, struct diag *diag) {
    write_text("s.yaml", text);
    return scenario_load("s.yaml", NULL, 0, diag);
}

struct scenario *load_with(const char *text, const char *setting, struct diag *diag) {
    struct setting parsed;
    if (setting_parse(setting, &parsed, diag) != IOP_OK) return NULL;
    write_text("s.yaml", text);
    return scenario_load("s.yaml", &parsed, 1, diag);
}

struct scenario *load_good(const char *text) {
    struct diag diag = {0};
    struct scenario *scenario = load_text(text, &diag);
    cr_assert_not_null(scenario, "%s", diag.message);
    return scenario;
}

void expect_message_at(const char *file, int line, const char *text, const char *setting, const char *wanted) {
    struct diag diag = {0};
    struct scenario *scenario = setting != NULL ? load_with(text, setting, &diag) : load_text(text, &diag);
    cr_expect_null(scenario, "%s:%d: accepted", file, line);
    cr_expect_str_eq(diag.message, wanted, "%s:%d:\n  got    %s\n  wanted %s", file, line, diag.message, wanted);
    scenario_free(scenario);
}

const char *with(const char *guest, const char *workload) {
    static char text[4096];
    snprintf(text, sizeof text,
             "name: n\n"
             "host: lab\n"
             "guests:\n"
             "- {name: a, %s,\n"
             "   workloads: [\n"
             "     {%s}]}\n",
             guest, workload);
    return text;
}

size_t fuzz_below(size_t limit) {
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(state >> 33) % limit;
}

void fuzz_scramble(char *text, size_t size, size_t most) {
    static const char characters[] = "{}[]:,-#&*!|>'\"%@`\t\n \\0129aZ\x80\xff\0";
    for (size_t n = 1 + fuzz_below(most); n > 0; n--)
        text[fuzz_below(size)] = characters[fuzz_below(sizeof characters)];
}
