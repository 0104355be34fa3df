/* The rows of a scenario's `claim`. */
#include "scenarios/input.h"

static const struct choice verdicts[] = {
    {"holds", CLAIM_HOLDS, false}, {"fails", CLAIM_FAILS, false}, {"depends", CLAIM_DEPENDS, false}, {NULL, 0, false}};

const char *claim_verdict_name(enum claim_verdict verdict) { return verdicts[verdict].name; }

static const struct field test_fields[] = {
    {"what", FIELD_TEXT, FIELD_AT(struct claim_test_input, what), .required = true,
     .text = "what is measured, in a few words"},
    {"scenario", FIELD_TEXT, FIELD_AT(struct claim_test_input, scenario),
     .text = "scenario file to run instead of this one, seen from it"},
    {"set", FIELD_SCALARS, FIELD_AT(struct claim_test_input, set),
     .text = "settings of both sides, as those of --set: PATH=VALUE"},
    {"of", FIELD_SCALARS, FIELD_AT(struct claim_test_input, of), .text = "settings of the side that is compared"},
    {"to", FIELD_SCALARS, FIELD_AT(struct claim_test_input, to), .text = "settings of the side it is compared to"},
    {"metric", FIELD_TEXT, FIELD_AT(struct claim_test_input, metric), .required = true,
     .text =
         "path of the metric whose factor counts, that of the first side over that of the second; one * stands for all "
         "names there, whose values are added"},
    {"at_least", FIELD_QUANTITY, FIELD_AT(struct claim_test_input, at_least), .dimensions = DIM_BIT(DIM_PLAIN),
     .minimum = 1e-6, .maximum = 1e6, .text = "the test holds if the factor is not below"},
    {"at_most", FIELD_QUANTITY, FIELD_AT(struct claim_test_input, at_most), .dimensions = DIM_BIT(DIM_PLAIN),
     .minimum = 1e-6, .maximum = 1e6, .text = "the test holds if the factor is not above"},
    {"bottleneck", FIELD_TEXT, FIELD_AT(struct claim_test_input, bottleneck),
     .text = "the test holds if the name of what limits the first side has this in it, such as dom0"},
};
const struct table claim_test_table = {"test of a claim", "one comparison of two sides: this scenario with settings",
                                       TABLE_ROWS(test_fields), sizeof(struct claim_test_input), true};

static const struct field condition_fields[] = {
    {"when", FIELD_TEXT, FIELD_AT(struct claim_condition_input, when), .required = true,
     .text = "the condition in a few words"},
    {"set", FIELD_SCALARS, FIELD_AT(struct claim_condition_input, set),
     .text = "settings of both sides of all tests; those of a test win over them"},
    {"of", FIELD_SCALARS, FIELD_AT(struct claim_condition_input, of),
     .text = "settings of the first side of all tests, which win over the test's"},
    {"to", FIELD_SCALARS, FIELD_AT(struct claim_condition_input, to),
     .text = "settings of the second side of all tests, which win over the test's"},
    {"verdict", FIELD_CHOICE, FIELD_AT(struct claim_condition_input, verdict), .choices = verdicts, .required = true,
     .noun = "a verdict", .text = "what is expected to come out under the condition"},
};
const struct table claim_condition_table = {"condition of a claim", "more settings, to see whether they turn the claim",
                                            TABLE_ROWS(condition_fields), sizeof(struct claim_condition_input), true};

static const struct field claim_fields[] = {
    {"statement", FIELD_TEXT, FIELD_AT(struct claim_input, statement), .required = true,
     .text = "what somebody claims, in one sentence"},
    {"sources", FIELD_IDS, FIELD_AT(struct claim_input, sources),
     .text = "rows of the bibliography that the statement is from or about"},
    {"verdict", FIELD_CHOICE, FIELD_AT(struct claim_input, verdict), .choices = verdicts, .required = true,
     .noun = "a verdict",
     .text = "what is expected to come out; the claim holds if all its tests do, fails if none does, and depends else"},
    {"most", FIELD_BOOL, FIELD_AT(struct claim_input, most), .fallback = "false",
     .text = "the claim holds if more than half of its tests do, and fails else"},
    {"tests", FIELD_LIST, FIELD_AT(struct claim_input, tests), .table = &claim_test_table, .minimum = 1,
     .maximum = CLAIM_TESTS_MAX, .required = true, .text = "what must hold"},
    {"conditions", FIELD_LIST, FIELD_AT(struct claim_input, conditions), .table = &claim_condition_table,
     .maximum = CLAIM_CONDITIONS_MAX, .text = "under which all tests are run again"},
};
const struct table claim_table = {"claim", "a statement with what it takes to be true", TABLE_ROWS(claim_fields),
                                  sizeof(struct claim_input), true};
