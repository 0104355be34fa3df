/* Figures and the files they go to. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/output_file.h"
#include "analysis/plot.h"
#include "made_up.h"

static char folder[] = "/tmp/iopath-figures-XXXXXX";

static void make_folder(void) { cr_assert(mkdtemp(folder) != NULL); }

static void remove_folder(void) {
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_expect_eq(system(command), 0);
}

static int files_in_folder(void) {
    DIR *stream = opendir(folder);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(stream);
    return count;
}

static const char *in_folder(const char *name) {
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static size_t head_of(const char *file, char *head, size_t size) {
    FILE *stream = fopen(file, "rb");
    cr_assert(stream != NULL, "%s is not there", file);
    size_t got = fread(head, 1, size - 1, stream);
    head[got] = '\0';
    fclose(stream);
    return got;
}

TestSuite(figures, .init = make_folder, .fini = remove_folder);

static void expect_figure(const char *name, const char *beginning) {
    struct comparison comparison;
    struct diag diag = {""};
    char head[400];
    made_up_comparison(&comparison);
    cr_assert_eq(comparison_plot(&comparison, in_folder(name), &diag), IOP_OK, "%s", diag.message);
    made_up_comparison_free(&comparison);
    cr_expect(head_of(in_folder(name), head, sizeof head) > 100);
    cr_expect(strstr(head, beginning) != NULL, "%s begins with %s", name, head);
    cr_expect_eq(files_in_folder(), 1, "something was left beside the figure");
}

Test(figures, svg) { expect_figure("a.svg", "<svg"); }
Test(figures, png) { expect_figure("a.png", "PNG"); }
Test(figures, pdf) { expect_figure("a.pdf", "%PDF"); }

Test(figures, script_names_what_it_draws) {
    const struct plot_value values[] = {{true, 64, 1e6, 9e5, 1.1e6}, {true, 1514, 1e4, 9e3, 1.1e4}};
    const struct plot_series series = {"a \"name\" \\", values, 2};
    const struct plot_panel panel = {.kind = PANEL_LINES,
                                     .title = "t",
                                     .x_label = "x",
                                     .y_label = "y",
                                     .unit = "pps",
                                     .series_count = 1,
                                     .series = &series};
    const struct figure figure = {"f", 1, &panel};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    cr_assert_eq(plot_script(&figure, "x.svg", out, NULL), IOP_OK);
    fclose(out);
    cr_expect(strstr(text, "\"a \\\"name\\\" \\\\\"") != NULL, "names are quoted");
    cr_expect(strstr(text, "set logscale y") != NULL, "a ratio of 100 wants a logarithmic axis");
    cr_expect(strstr(text, "\"1514\" 1514") != NULL, "tics stand at the values");
    free(text);
}

Test(figures, an_unknown_extension_is_refused) {
    struct comparison comparison;
    struct diag diag = {""};
    cr_expect_eq(plot_check("figure.gif", &diag), IOP_INVALID);
    cr_expect(strstr(diag.message, ".svg, .png or .pdf") != NULL);
    made_up_comparison(&comparison);
    cr_expect_eq(comparison_plot(&comparison, in_folder("figure"), &diag), IOP_INVALID);
    made_up_comparison_free(&comparison);
    cr_expect_eq(files_in_folder(), 0);
}

Test(figures, without_gnuplot_nothing_is_written) {
    struct comparison comparison;
    struct diag diag = {""};
    setenv("PATH", folder, 1);
    cr_expect_eq(plot_check(in_folder("a.svg"), &diag), IOP_IO);
    cr_expect(strstr(diag.message, "gnuplot-nox") != NULL, "%s", diag.message);
    diag.message[0] = '\0';
    made_up_comparison(&comparison);
    cr_expect_eq(comparison_plot(&comparison, in_folder("a.svg"), &diag), IOP_IO);
    made_up_comparison_free(&comparison);
    cr_expect_eq(files_in_folder(), 0);
    setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1);
}

Test(figures, a_failing_gnuplot_is_quoted) {
    char script[128];
    snprintf(script, sizeof script, "%s/gnuplot", folder);
    FILE *stream = fopen(script, "w");
    fputs("#!/bin/sh\necho 'line 7: no such terminal' >&2\nexit 1\n", stream);
    fclose(stream);
    chmod(script, 0755);
    char path[256];
    snprintf(path, sizeof path, "%s:/usr/bin:/bin", folder);
    setenv("PATH", path, 1);
    struct comparison comparison;
    struct diag diag = {""};
    made_up_comparison(&comparison);
    cr_expect_eq(comparison_plot(&comparison, in_folder("a.svg"), &diag), IOP_IO);
    made_up_comparison_free(&comparison);
    cr_expect(strstr(diag.message, "no such terminal") != NULL, "%s", diag.message);
    cr_expect_eq(files_in_folder(), 1, "only the gnuplot of this test");
}

Test(figures, output_appears_when_committed) {
    struct output_file file;
    struct diag diag = {""};
    char head[32];
    cr_assert_eq(output_file_open(&file, in_folder("out"), &diag), IOP_OK, "%s", diag.message);
    fputs("text", file.stream);
    cr_expect(access(in_folder("out"), F_OK) != 0, "it must not be there before");
    cr_assert_eq(output_file_commit(&file, &diag), IOP_OK);
    head_of(in_folder("out"), head, sizeof head);
    cr_expect_str_eq(head, "text");
    cr_expect_eq(files_in_folder(), 1);
}

Test(figures, abandoned_output_leaves_the_old_file) {
    struct output_file file;
    char head[32];
    FILE *old = fopen(in_folder("out"), "w");
    fputs("old", old);
    fclose(old);
    cr_assert_eq(output_file_open(&file, in_folder("out"), NULL), IOP_OK);
    fputs("new", file.stream);
    output_file_abandon(&file);
    output_file_abandon(&file); /* harmless */
    head_of(in_folder("out"), head, sizeof head);
    cr_expect_str_eq(head, "old");
    cr_expect_eq(files_in_folder(), 1);
}

Test(figures, output_follows_links_and_keeps_permissions) {
    struct output_file file;
    struct stat about;
    FILE *old = fopen(in_folder("real"), "w");
    fclose(old);
    chmod(in_folder("real"), 0640);
    cr_assert_eq(symlink("real", in_folder("link")), 0);
    cr_assert_eq(output_file_open(&file, in_folder("link"), NULL), IOP_OK);
    fputs("new", file.stream);
    cr_assert_eq(output_file_commit(&file, NULL), IOP_OK);
    cr_assert(lstat(in_folder("link"), &about) == 0 && S_ISLNK(about.st_mode));
    cr_assert(stat(in_folder("real"), &about) == 0);
    cr_expect_eq(about.st_size, 3);
    cr_expect_eq(about.st_mode & 0777, 0640);
}

Test(figures, output_that_cannot_be_is_known_beforehand) {
    struct diag diag = {""};
    cr_expect_eq(output_file_check("/nonexistent/x", &diag), IOP_IO);
    cr_expect_eq(output_file_check(folder, NULL), IOP_IO);
    cr_expect_eq(output_file_check("", NULL), IOP_INVALID);
    cr_expect_eq(output_file_check("/dev/null", NULL), IOP_OK);
}

Test(figures, a_full_disk_is_an_error) {
    struct output_file file;
    struct diag diag = {""};
    cr_assert_eq(output_file_open(&file, "/dev/full", &diag), IOP_OK);
    fputs("text", file.stream);
    cr_expect_eq(output_file_commit(&file, &diag), IOP_IO);
    cr_expect(strstr(diag.message, "/dev/full") != NULL);
}

/* Names of points need quotes, and a point without a place on a logarithmic axis is not drawn. */
Test(figures, points_have_names_and_a_limit) {
    const struct plot_value values[] = {{true, 4, 8e-4, 7e-4, 9e-4}, {false, 0, 0, 0, 0}, {true, 60, 0, 0, 0}};
    const char *const names[] = {"c3.large", "absent", "zero"};
    const struct plot_series series = {"sriov", values, 3};
    const struct plot_panel panel = {.kind = PANEL_POINTS,
                                     .title = "t",
                                     .unit = "s",
                                     .limit = 1e-3,
                                     .category_count = 3,
                                     .categories = names,
                                     .series_count = 1,
                                     .series = &series};
    const struct figure figure = {"f", 1, &panel};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    cr_assert_eq(plot_script(&figure, "x.svg", out, NULL), IOP_OK);
    fclose(out);
    cr_expect(strstr(text, "4 0.00080000000000000004 ") != NULL && strstr(text, "\"c3.large\"") != NULL, "%s", text);
    cr_expect(strstr(text, "absent") == NULL && strstr(text, "zero") == NULL);
    cr_expect(strstr(text, "0.001 with lines") != NULL && strstr(text, "\"objective\"") != NULL);
    cr_expect(strstr(text, "\"1 ms\"") != NULL);
    free(text);
    cr_assert_eq(plot_write(&figure, in_folder("points.svg"), NULL), IOP_OK);
}
