/* The whole result of one scenario, to the last digit: any change of the model, the catalog or the output
 * shows here. When the change is meant, run the test with IOPATH_UPDATE_GOLDEN=1 and look at the diff. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>

#include "tool.h"

TestSuite(golden, .init = tool_setup, .fini = tool_teardown);

#define GOLDEN IOPATH_TEST_DATA "/first-run.json"

static json_t *result_without_wall_time(void) {
    struct tool_outcome outcome = run_tool("run tutorial/01-first-run --format json --replications 3");
    cr_assert_eq(outcome.code, 0, "%s", outcome.err);
    json_t *root = json_loads(outcome.out, 0, NULL);
    tool_outcome_free(&outcome);
    cr_assert_neq(root, NULL);
    json_object_del(root, "wall_s");
    json_object_del(root, "file");         /* depends on where the project lies */
    json_object_del(root, "content_hash"); /* a comment in the file changes it */
    return root;
}

Test(golden, the_first_run_gives_the_same_bytes_as_ever) {
    json_t *root = result_without_wall_time();
    if (getenv("IOPATH_UPDATE_GOLDEN") != NULL) cr_assert_eq(json_dump_file(root, GOLDEN, JSON_INDENT(1)), 0);
    json_t *golden = json_load_file(GOLDEN, 0, NULL);
    cr_assert_neq(golden, NULL, "no %s", GOLDEN);
    char *now = json_dumps(root, JSON_INDENT(1)), *then = json_dumps(golden, JSON_INDENT(1));
    cr_expect_str_eq(now, then);
    free(now);
    free(then);
    json_decref(golden);
    json_decref(root);
}
