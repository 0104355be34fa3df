/* Reading results back from the command line: plot, report, and run and compare of a store. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

static const char scenario[] = "name: kept\n"
                               "host: ec2-ivybridge\n"
                               "guests:\n"
                               "  - {name: a, instance: c3.8xlarge, mode: sriov,\n"
                               "     workloads: [{name: b, kind: udp-stream, frame: 64 B, rate: 100 kpps}]}\n"
                               "run: {duration: 300 us, warmup: 100 us, replications: 2}\n"
                               "sweep:\n"
                               "  - {set: \"guests[a].mode\", values: [pv, sriov]}\n"
                               "  - {set: \"guests[a].workloads[b].frame\", values: [64 B, 512 B]}\n"
                               "plots:\n"
                               "  - {kind: scaling, x: \"guests[a].workloads[b].frame\", y: pps, lines:"
                               " \"guests[a].mode\", file: lines.svg}\n"
                               "  - {kind: bars, y: latency_mean, file: bars.pdf}\n";

static void setup(void) {
    tool_setup();
    write_scenario("s.yaml", scenario);
    expect_tool("sweep s.yaml --store s.db", 0, "4 points in s.db: 8 replications run", NULL);
}

TestSuite(plot_command, .init = setup, .fini = tool_teardown);

Test(plot_command, a_sweep_draws_the_plots_of_its_scenario) {
    char *first = read_whole("lines.svg");
    cr_expect(strstr(first, "sriov") != NULL && strstr(first, "frame [B]") != NULL);
    cr_assert_eq(files_named("bars.pdf"), 1);
    unlink("lines.svg");
    unlink("bars.pdf");
    expect_tool("plot s.db --scenario s.yaml", 0, NULL, NULL);
    char *second = read_whole("lines.svg");
    cr_expect_str_eq(first, second);
    cr_expect_eq(files_named("bars.pdf"), 1);
    free(first);
    free(second);
}

Test(plot_command, a_plot_that_cannot_be_drawn_leaves_the_results) {
    char changed[2000];
    snprintf(changed, sizeof changed, "%s  - {kind: bars, y: ppz, file: no.svg}\n", scenario);
    write_scenario("t.yaml", changed);
    expect_tool("sweep t.yaml --store t.db", 2, "4 points in t.db: 8 replications run",
                "plots[2] (no.svg): --y: the results have no metric 'ppz'; did you mean 'pps'?");
    expect_tool("export t.db --where pps", 0, ",pps,1/s,", NULL);
    cr_expect_eq(files_named("no.svg"), 0);
}

Test(plot_command, shards_draw_nothing) {
    unlink("lines.svg");
    expect_tool("sweep s.yaml --store part.db --shard 1/2", 0, "2 points", NULL);
    cr_expect_eq(files_named("lines.svg"), 0);
}

Test(plot_command, draws_every_kind) {
    static const char *const kinds[] = {"bars", "scaling", "latency", "breakdown", "heatmap"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char arguments[100], name[32];
        snprintf(arguments, sizeof arguments, "plot s.db --kind %s -o of-%s.svg", kinds[i], kinds[i]);
        expect_tool(arguments, 0, NULL, NULL);
        snprintf(name, sizeof name, "of-%s.svg", kinds[i]);
        char *text = read_whole(name);
        cr_expect(strstr(text, "<svg") != NULL && strstr(text, "</svg>") != NULL, "%s", name);
        free(text);
    }
    expect_tool("run s.yaml --format json -o r.json", 0, NULL, NULL);
    expect_tool("compare s.yaml --format json -o c.json", 0, NULL, NULL);
    expect_tool("plot r.json c.json --kind bars --where mode=sriov -o both.png", 0, NULL, NULL);
    cr_expect_eq(files_named("both.png"), 1);
}

Test(plot_command, wrong_input) {
    expect_tool("plot s.db", 2, NULL, "--kind says which figure");
    expect_tool("plot s.db --kind bars", 2, NULL, "-o FILE.svg, FILE.png or FILE.pdf says where it goes");
    expect_tool("plot s.db --kind bar -o x.svg", 2, NULL, "did you mean 'bars'?");
    expect_tool("plot s.db --kind bars -o x.gif", 2, NULL, "must end in .svg, .png or .pdf");
    expect_tool("plot s.db --kind timeline -o x.svg", 2, NULL, "from a trace, which nothing writes yet");
    expect_tool("plot s.db --kind validation -o x.svg", 2, NULL, "not what 'validate --format json' writes");
    expect_tool("plot s.db --kind bars --where mode=hvm -o x.svg", 2, NULL, "nothing to draw");
    expect_tool("plot s.yaml --kind bars -o x.svg", 2, NULL, "neither a store nor a JSON result");
    expect_tool("plot absent.db --kind bars -o x.svg", 2, NULL, "absent.db: No such file");
    expect_tool("plot s.db --scenario s.yaml --kind bars", 2, NULL, "--kind and -o go without it");
    expect_tool("plot s.db --scenario tutorial/03-frame-sizes", 2, NULL, "the store has no results of");
    expect_tool("report s.yaml -o x.html", 2, NULL, "neither a store nor a JSON result");
    expect_tool("report s.db --where mode=hvm -o x.html", 2, NULL, "it holds no such results");
    cr_expect_eq(files_named("x."), 0, "something was written");
}

Test(plot_command, run_and_compare_show_a_store) {
    expect_tool("run s.db --where mode=sriov", 0, "64 B   c3.8xlarge  sriov  100 kpps", NULL);
    expect_tool("run s.db --format csv", 0, "guests[a].mode,guests[a].workloads[b].frame,instance,pps,", NULL);
    expect_tool("compare s.db", 0, "RATIO", NULL);
    expect_tool("compare s.db --format json", 0, "\"ratio\": 1", NULL);
    expect_tool("run s.db --where mode=hvm", 2, NULL, "it holds no such results");
    expect_tool("run s.db --replications 3", 2, NULL, "--replications: 's.db' is a store, of which nothing is run");
    expect_tool("compare s.db --plot x.svg", 2, NULL, "draws a store");
    expect_tool("run s.yaml --where pps", 2, NULL, "'s.yaml' is no store");
}

Test(plot_command, report_writes_a_page) {
    expect_tool("report s.db -o s.html", 0, NULL, NULL);
    char *page = read_whole("s.html");
    cr_expect(strncmp(page, "<!DOCTYPE html>", 15) == 0 && strstr(page, "</html>\n") != NULL);
    cr_expect(strstr(page, "<h2>kept</h2>") != NULL && strstr(page, "<svg") != NULL);
    cr_expect(strstr(page, "<h3>Sources</h3>") != NULL && strstr(page, "Content hash of each point") != NULL);
    free(page);
}
