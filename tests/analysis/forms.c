/* The forms results are written in: units, aligned tables, CSV, JSON. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/csv.h"
#include "analysis/json_write.h"
#include "analysis/table.h"
#include "analysis/units.h"
#include "made_up.h"

static void expect_si(double value, const char *unit, const char *expected) {
    char text[UNITS_TEXT];
    cr_expect_str_eq(units_si(value, unit, text), expected);
}

static void expect_time(double seconds, const char *expected) {
    char text[UNITS_TEXT];
    cr_expect_str_eq(units_time(seconds, text), expected);
}

Test(units, three_digits_and_a_prefix) {
    expect_si(1.92e6, "pps", "1.92 Mpps");
    expect_si(12.84e9, "bit/s", "12.8 Gbit/s");
    expect_si(999.4, "pps", "999 pps");
    expect_si(999.6, "pps", "1.00 kpps"); /* never 1000 pps */
    expect_si(9.996, "", "10.0");
    expect_si(0, "pps", "0 pps");
    expect_si(-1500, "B", "-1.50 kB");
    expect_si(NAN, "pps", "?");
}

Test(units, times_from_picoseconds_to_seconds) {
    expect_time(96.3e-6, "96.3 us");
    expect_time(2e-12, "2.00 ps");
    expect_time(67.2e-9, "67.2 ns");
    expect_time(0.0005, "500 us");
    expect_time(2.5, "2.50 s");
    expect_time(0, "0 s");
}

Test(units, quantities_are_read_in_their_base_unit) {
    double value;
    char unit[16];
    cr_assert(units_parse("64 KiB", &value, unit));
    cr_expect(value == 65536 && strcmp(unit, "B") == 0);
    cr_assert(units_parse("500 kpps", &value, unit));
    cr_expect(value == 5e5 && strcmp(unit, "pps") == 0);
    cr_assert(units_parse("4", &value, unit));
    cr_expect(value == 4 && unit[0] == '\0');
    cr_expect_not(units_parse("max", &value, unit));
    cr_expect_not(units_parse("4 apples", &value, unit));
}

static const struct table_column columns[] = {
    {"name", "NAME", TABLE_LEFT}, {"unused", "UNUSED", TABLE_LEFT}, {"rate_hz", "RATE", TABLE_RIGHT}};

static char *table_as(enum iop_status (*write)(const struct table *table, FILE *out, struct diag *diag)) {
    struct table *table = table_new(columns, 3);
    table_text(table, "grün, \"so\"");
    table_empty(table);
    table_number(table, 2.8e9, "2.80 GHz");
    table_text(table, "x");
    table_empty(table);
    table_count(table, 7);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct diag diag = {""};
    cr_assert_eq(write(table, out, &diag), IOP_OK);
    fclose(out);
    table_free(table);
    return text;
}

static enum iop_status print_indented(const struct table *table, FILE *out, struct diag *diag) {
    return table_print(table, 2, out, diag);
}

Test(table, columns_align_whatever_the_bytes_of_a_letter) {
    char *text = table_as(print_indented);
    cr_expect_str_eq(text, "  NAME            RATE\n"
                           "  grün, \"so\"  2.80 GHz\n"
                           "  x                  7\n");
    free(text);
}

Test(table, csv_quotes_and_keeps_all_columns) {
    char *text = table_as(table_csv);
    cr_expect_str_eq(text, "name,unused,rate_hz\n\"grün, \"\"so\"\"\",,2800000000\nx,,7\n");
    free(text);
}

Test(table, json_leaves_empty_cells_out) {
    char *text = table_as(table_json);
    json_t *array = json_loads(text, 0, NULL);
    cr_assert_eq(json_array_size(array), 2);
    json_t *first = json_array_get(array, 0);
    cr_expect_eq(json_object_size(first), 2);
    cr_expect(json_integer_value(json_object_get(first, "rate_hz")) == 2800000000);
    json_decref(array);
    free(text);
}

Test(table, without_memory_is_an_error_not_a_crash) {
    struct diag diag = {""};
    table_text(NULL, "lost");
    cr_expect_eq(table_print(NULL, 0, stdout, &diag), IOP_NO_MEMORY);
}

Test(csv, text_is_quoted_where_rfc_4180_asks_for_it) {
    static const char *const pairs[][2] = {{"plain text", "plain text"},
                                           {"a,b", "\"a,b\""},
                                           {"say \"a\"", "\"say \"\"a\"\"\""},
                                           {"two\nlines", "\"two\nlines\""}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        csv_text(out, pairs[i][0]);
        fclose(out);
        cr_expect_str_eq(text, pairs[i][1]);
        free(text);
    }
}

Test(json_write, numbers_are_short_and_read_back_the_same) {
    const double numbers[] = {0.6, 0.1, 1.0 / 3, 5000, 2e-5, 1e300, -0.0, 123456789.123456789};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        json_t *array = json_array();
        json_array_append_new(array, json_real(numbers[i]));
        cr_assert_eq(json_write(array, out, NULL), IOP_OK);
        fclose(out);
        json_t *back = json_loads(text, 0, NULL);
        cr_expect(json_is_real(json_array_get(back, 0)) && json_real_value(json_array_get(back, 0)) == numbers[i], "%s",
                  text);
        if (i == 0) cr_expect_str_eq(text, "[\n  0.6\n]\n");
        json_decref(back);
        free(text);
    }
}

Test(json_write, strings_are_escaped) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    cr_assert_eq(json_write(json_string("a\"b\\c\nd\x01 ü"), out, NULL), IOP_OK);
    fclose(out);
    json_t *back = json_loads(text, JSON_DECODE_ANY, NULL);
    cr_expect_str_eq(json_string_value(back), "a\"b\\c\nd\x01 ü");
    json_decref(back);
    free(text);
}
