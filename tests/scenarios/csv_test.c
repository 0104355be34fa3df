/* CSV with columns by name. */
#include "scenarios/csv.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/scenarios/fixture.h"

TestSuite(csv, .init = lab_setup, .fini = lab_teardown);

static const struct csv_column columns[] = {{"metric", true}, {"value", true}, {"set", false}};

struct seen {
    int rows, line, column;
    char metric[40], value[40], set[40];
};

static enum iop_status keep(void *to, const struct csv_row *row, struct diag *diag) {
    struct seen *seen = to;
    (void)diag;
    seen->rows++;
    seen->line = row->line;
    seen->column = row->columns[1];
    snprintf(seen->metric, sizeof seen->metric, "%s", row->fields[0]);
    snprintf(seen->value, sizeof seen->value, "%s", row->fields[1]);
    snprintf(seen->set, sizeof seen->set, "%s", row->fields[2]);
    return IOP_OK;
}

static struct seen read_good(const char *text) {
    struct seen seen = {0};
    struct diag diag = {""};
    write_text("n.csv", text);
    cr_assert_eq(csv_read_named("n.csv", columns, 3, keep, &seen, &diag), IOP_OK, "%s", diag.message);
    return seen;
}

Test(csv, columns_may_stand_in_any_order) {
    struct seen seen = read_good("# made up\n\nvalue , metric\n 3, pps\n");
    cr_expect_eq(seen.rows, 1);
    cr_expect_eq(seen.line, 4);
    cr_expect_eq(seen.column, 2);
    cr_expect_str_eq(seen.metric, "pps");
    cr_expect_str_eq(seen.value, "3");
    cr_expect_str_eq(seen.set, "");
}

Test(csv, quoted_fields_hold_commas_and_quotes) {
    struct seen seen = read_good("metric,set,value\n\"a,b\" , \"say \"\"x\"\"\",7\n");
    cr_expect_str_eq(seen.metric, "a,b");
    cr_expect_str_eq(seen.set, "say \"x\"");
    cr_expect_str_eq(seen.value, "7");
}

static void refused(const char *text, const char *wanted) {
    struct seen seen = {0};
    struct diag diag = {""};
    write_text("n.csv", text);
    cr_expect_eq(csv_read_named("n.csv", columns, 3, keep, &seen, &diag), IOP_INVALID);
    cr_expect_str_eq(diag.message, wanted);
}

Test(csv, mistakes_name_line_and_column) {
    refused("metric,valeu\n", "n.csv:1:8: 'valeu' is not a column; did you mean 'value'?");
    refused("metric,value,metric\n", "n.csv:1:14: 'metric' stands here twice");
    refused("metric,set\n", "n.csv:1: the column 'value' is missing");
    refused("metric,value\npps\n", "n.csv:2: 'value' is empty");
    refused("metric,value\npps,1,2\n", "n.csv:2: more fields than the 2 columns of the heading");
    refused("metric,value\n\"pps,1\n", "n.csv:2: a field's quotes do not end where it does");
}
