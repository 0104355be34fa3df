#include "scenarios/units.h"

#include <criterion/criterion.h>
#include <math.h>

static double value(const char *text, unsigned dimensions) {
    struct quantity quantity;
    struct diag diag = {0};
    cr_assert_eq(quantity_parse(text, dimensions, &quantity, &diag), IOP_OK, "%s: %s", text, diag.message);
    return quantity.value;
}

static void refused(const char *text, unsigned dimensions, const char *wanted) {
    struct quantity quantity;
    struct diag diag = {0};
    cr_expect_eq(quantity_parse(text, dimensions, &quantity, &diag), IOP_INVALID, "%s", text);
    cr_expect_str_eq(diag.message, wanted);
}

#define SIZE DIM_BIT(DIM_SIZE)
#define TIME DIM_BIT(DIM_TIME)

Test(units, every_unit_of_the_contract_has_its_factor) {
    static const struct {
        const char *text;
        enum dimension dimension;
        double value;
    } rows[] = {
        {"1 B", DIM_SIZE, 1},
        {"1 KiB", DIM_SIZE, 1024},
        {"1 MiB", DIM_SIZE, 1048576},
        {"1 GiB", DIM_SIZE, 1073741824},
        {"1 kB", DIM_SIZE, 1e3},
        {"1 MB", DIM_SIZE, 1e6},
        {"1 GB", DIM_SIZE, 1e9},
        {"1 bit/s", DIM_BIT_RATE, 1},
        {"1 kbit/s", DIM_BIT_RATE, 1e3},
        {"1 Mbit/s", DIM_BIT_RATE, 1e6},
        {"1 Gbit/s", DIM_BIT_RATE, 1e9},
        {"1 pps", DIM_PACKET_RATE, 1},
        {"1 kpps", DIM_PACKET_RATE, 1e3},
        {"1 Mpps", DIM_PACKET_RATE, 1e6},
        {"1 Hz", DIM_FREQUENCY, 1},
        {"1 kHz", DIM_FREQUENCY, 1e3},
        {"1 MHz", DIM_FREQUENCY, 1e6},
        {"1 GHz", DIM_FREQUENCY, 1e9},
        {"1 ns", DIM_TIME, 1e-9},
        {"1 us", DIM_TIME, 1e-6},
        {"1 ms", DIM_TIME, 1e-3},
        {"1 s", DIM_TIME, 1},
        {"1 min", DIM_TIME, 60},
        {"1 h", DIM_TIME, 3600},
        {"1 cycles", DIM_CYCLES, 1},
        {"1 %", DIM_SHARE, 0.01},
        {"1 B/s", DIM_BYTE_RATE, 1},
        {"1 MB/s", DIM_BYTE_RATE, 1e6},
        {"1 GB/s", DIM_BYTE_RATE, 1e9},
        {"1 W", DIM_POWER, 1},
        {"1 kW", DIM_POWER, 1e3},
        {"7", DIM_PLAIN, 7},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(value(rows[i].text, DIM_BIT(rows[i].dimension)), rows[i].value, "%s", rows[i].text);
}

Test(units, decimals_round_once) {
    cr_expect_eq(value("2.8 GHz", DIM_BIT(DIM_FREQUENCY)), 2.8e9);
    cr_expect_eq(value("500 ns", TIME), 5e-7);
    cr_expect_eq(value("62 %", DIM_BIT(DIM_SHARE)), 0.62);
}

Test(units, the_space_is_optional_and_exponents_are_numbers) {
    cr_expect_eq(value("64B", SIZE), 64);
    cr_expect_eq(value(" 64  B ", SIZE), 64);
    cr_expect_eq(value("1e3 ns", TIME), 1e-6);
    cr_expect_eq(value(".5 s", TIME), 0.5);
    cr_expect_eq(value("1. s", TIME), 1);
}

Test(units, a_missing_or_wrong_unit_says_what_is_expected) {
    refused("64", SIZE, "'64' has no unit; expected a size (B, KiB, MiB, GiB, kB, MB, GB)");
    refused("64 ms", SIZE, "'64 ms' is a time; expected a size (B, KiB, MiB, GiB, kB, MB, GB)");
    refused("64 b", SIZE, "'64 b': 'b' is not a unit; did you mean 'B'?");
    refused("64 furlongs", TIME, "'64 furlongs': 'furlongs' is not a unit; expected a time (ns, us, ms, s, min, h)");
    refused("5 B", DIM_BIT(DIM_PLAIN), "'5 B' is a size; expected a plain number");
    refused("5 B", TIME | DIM_BIT(DIM_CYCLES),
            "'5 B' is a size; expected a time (ns, us, ms, s, min, h) or a number of cycles (cycles)");
}

Test(units, what_is_no_number_is_refused) {
    refused("", SIZE, "'' is not a number; expected a size (B, KiB, MiB, GiB, kB, MB, GB)");
    static const char *const bad[] = {"nan s", "inf s", "infinity", "0x10 s", "+5 s",
                                      "e5 s",  ".",     "five s",   "- 5 s",  "% s"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct quantity quantity;
        cr_expect_eq(quantity_parse(bad[i], DIM_ANY, &quantity, NULL), IOP_INVALID, "%s", bad[i]);
    }
    static const char *const trailing[] = {"5 s 5", "5 s s", "5 5 s", "5e s", "5,5 s", "1_000 s"};
    for (size_t i = 0; i < sizeof trailing / sizeof *trailing; i++) {
        struct quantity quantity;
        cr_expect_eq(quantity_parse(trailing[i], DIM_ANY, &quantity, NULL), IOP_INVALID, "%s", trailing[i]);
    }
}

Test(units, negative_and_overflowing_numbers_are_refused) {
    refused("-5 s", TIME, "'-5 s' is negative; expected a time (ns, us, ms, s, min, h)");
    refused("1e400 s", TIME, "'1e400 s' is too large");
    refused("1e308 Gbit/s", DIM_BIT(DIM_BIT_RATE), "'1e308 Gbit/s' is too large");
}

Test(units, values_are_written_in_their_largest_whole_unit) {
    static const struct {
        double value;
        enum dimension dimension;
        const char *text;
    } rows[] = {{64, DIM_SIZE, "64 B"},
                {9018, DIM_SIZE, "9018 B"},
                {65536, DIM_SIZE, "64 KiB"},
                {0.001, DIM_TIME, "1 ms"},
                {50e-6, DIM_TIME, "50 us"},
                {0, DIM_TIME, "0 s"},
                {1e10, DIM_BIT_RATE, "10 Gbit/s"},
                {0.62, DIM_SHARE, "62 %"},
                {1, DIM_SHARE, "100 %"},
                {3600, DIM_TIME, "1 h"},
                {90 * 60, DIM_TIME, "90 min"},
                {90, DIM_TIME, "90 s"},
                {120, DIM_POWER, "120 W"},
                {17, DIM_PLAIN, "17"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[40];
        quantity_format(rows[i].value, rows[i].dimension, out, sizeof out);
        cr_expect_str_eq(out, rows[i].text);
    }
}
