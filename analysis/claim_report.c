/* Claims put to the test as table, JSON and CSV. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "analysis/claim.h"
#include "analysis/json_write.h"
#include "analysis/table.h"

enum { CELL_MAX = 200 };

static const char as_stated[] = "as stated";

static const char *case_name(const struct claim_case *one) {
    return one->condition != NULL ? one->condition->when : as_stated;
}

/* --- for people --- */

static void add_factor(struct table *table, const struct interval *factor) {
    char text[CELL_MAX];
    snprintf(text, sizeof text, "%.3g", factor->mean);
    table_number(table, factor->mean, text);
    snprintf(text, sizeof text, "%.3g to %.3g", factor->low, factor->high);
    table_text(table, text);
}

static void describe_asked(const struct claim_test *test, char *out, size_t size) {
    char least[40] = "", most[40] = "", by[NAME_MAX_BYTES + 12] = "";
    if (test->at_least > 0) snprintf(least, sizeof least, ">= %g", test->at_least);
    if (isfinite(test->at_most)) snprintf(most, sizeof most, "<= %g", test->at_most);
    if (test->bottleneck[0] != '\0') snprintf(by, sizeof by, "by %s", test->bottleneck);
    snprintf(out, size, "%s%s%s%s%s", least, least[0] != '\0' && most[0] != '\0' ? ", " : "", most,
             (least[0] != '\0' || most[0] != '\0') && by[0] != '\0' ? ", " : "", by);
}

static void add_limit(struct table *table, const struct claim_outcome *outcome) {
    char text[CELL_MAX];
    if (outcome->bottleneck == NULL) {
        table_empty(table);
        return;
    }
    snprintf(text, sizeof text, "%s %.0f %%", outcome->bottleneck->name, 100 * outcome->bottleneck->utilization);
    table_text(table, text);
}

static void add_verdict(struct table *table, const struct claim_case *one) {
    char text[CELL_MAX];
    const char *verdict = claim_verdict_name(one->verdict);
    if (one->verdict == one->expected)
        snprintf(text, sizeof text, "%s", verdict);
    else
        snprintf(text, sizeof text, "%s, not %s", verdict, claim_verdict_name(one->expected));
    table_text(table, text);
}

static const char *test_verdict(const struct claim_outcome *outcome) {
    if (outcome->clear) return outcome->held ? "yes" : "no";
    return outcome->held ? "yes, unsure" : "no, unsure";
}

/* A case is named in the row of its first test. */
static void add_case(struct table *table, const struct claim *claim, const struct claim_case *one) {
    for (int i = 0; i < claim->test_count; i++) {
        char asked[CELL_MAX];
        describe_asked(&claim->tests[i], asked, sizeof asked);
        if (i == 0) {
            table_text(table, case_name(one));
            add_verdict(table, one);
        } else {
            table_empty(table);
            table_empty(table);
        }
        table_text(table, claim->tests[i].what);
        add_factor(table, &one->outcomes[i].factor);
        table_text(table, asked);
        table_text(table, test_verdict(&one->outcomes[i]));
        add_limit(table, &one->outcomes[i]);
    }
}

static enum iop_status print_study(const struct claim_study *study, FILE *out, struct diag *diag) {
    static const struct table_column columns[] = {
        {"when", "WHEN", TABLE_LEFT},      {"verdict", "VERDICT", TABLE_LEFT},        {"test", "TEST", TABLE_LEFT},
        {"factor", "FACTOR", TABLE_RIGHT}, {"interval", "95 % INTERVAL", TABLE_LEFT}, {"asked", "ASKED", TABLE_LEFT},
        {"holds", "HOLDS", TABLE_LEFT},    {"limit", "LIMITED BY", TABLE_LEFT},
    };
    const struct claim *claim = study->scenario->claim;
    fprintf(out, "%s: %s\n  %s", study->name, claim_verdict_name(study->cases[0].verdict), claim->statement);
    for (int i = 0; i < claim->source_count; i++) fprintf(out, "%s%s", i == 0 ? " (" : ", ", claim->sources[i]);
    fputs(claim->source_count > 0 ? ")\n\n" : "\n\n", out);
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);
    for (int i = 0; i < study->case_count; i++) add_case(table, claim, &study->cases[i]);
    enum iop_status status = table_print(table, 2, out, diag);
    table_free(table);
    return status;
}

static bool is_turned(const struct claim_study *study) {
    for (int i = 1; i < study->case_count; i++)
        if (study->cases[i].verdict != study->cases[0].verdict) return true;
    return false;
}

enum iop_status claims_table(const struct claim_set *set, FILE *out, struct diag *diag) {
    int verdicts[CLAIM_DEPENDS + 1] = {0}, turned = 0;
    enum iop_status status = IOP_OK;
    for (int i = 0; i < set->study_count && status == IOP_OK; i++) {
        status = print_study(&set->studies[i], out, diag);
        putc('\n', out);
        verdicts[set->studies[i].cases[0].verdict]++;
        turned += is_turned(&set->studies[i]);
    }
    fprintf(out, "Of %d claim%s %d hold, %d fail, %d depend on the test; conditions turn %d.\n", set->study_count,
            set->study_count == 1 ? "" : "s", verdicts[CLAIM_HOLDS], verdicts[CLAIM_FAILS], verdicts[CLAIM_DEPENDS],
            turned);
    return status;
}

/* --- for spreadsheets --- */

static void add_text_unless_empty(struct table *table, const char *text) {
    if (text[0] != '\0')
        table_text(table, text);
    else
        table_empty(table);
}

static void add_number_if(struct table *table, bool has, double value) {
    if (has)
        table_number(table, value, "");
    else
        table_empty(table);
}

static void add_row(struct table *table, const struct claim_study *study, const struct claim_case *one,
                    int test_number) {
    const struct claim_test *test = &study->scenario->claim->tests[test_number];
    const struct claim_outcome *outcome = &one->outcomes[test_number];
    table_text(table, study->name);
    table_text(table, study->scenario->claim->statement);
    table_text(table, case_name(one));
    table_text(table, claim_verdict_name(one->verdict));
    table_text(table, claim_verdict_name(one->expected));
    table_text(table, test->what);
    table_text(table, test->metric);
    table_number(table, outcome->factor.mean, "");
    table_number(table, outcome->factor.low, "");
    table_number(table, outcome->factor.high, "");
    add_number_if(table, test->at_least > 0, test->at_least);
    add_number_if(table, isfinite(test->at_most), test->at_most);
    add_text_unless_empty(table, test->bottleneck);
    table_text(table, outcome->bottleneck != NULL ? outcome->bottleneck->name : "");
    table_text(table, outcome->held ? "true" : "false");
    table_text(table, outcome->clear ? "true" : "false");
}

enum iop_status claims_csv(const struct claim_set *set, FILE *out, struct diag *diag) {
    static const struct table_column columns[] = {
        {"claim", "", TABLE_LEFT},      {"statement", "", TABLE_LEFT},  {"when", "", TABLE_LEFT},
        {"verdict", "", TABLE_LEFT},    {"expected", "", TABLE_LEFT},   {"test", "", TABLE_LEFT},
        {"metric", "", TABLE_LEFT},     {"factor", "", TABLE_RIGHT},    {"low", "", TABLE_RIGHT},
        {"high", "", TABLE_RIGHT},      {"at_least", "", TABLE_RIGHT},  {"at_most", "", TABLE_RIGHT},
        {"limited_by", "", TABLE_LEFT}, {"bottleneck", "", TABLE_LEFT}, {"holds", "", TABLE_LEFT},
        {"clear", "", TABLE_LEFT},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);
    for (int i = 0; i < set->study_count; i++)
        for (int j = 0; j < set->studies[i].case_count; j++)
            for (int k = 0; k < set->studies[i].scenario->claim->test_count; k++)
                add_row(table, &set->studies[i], &set->studies[i].cases[j], k);
    enum iop_status status = table_csv(table, out, diag);
    table_free(table);
    return status;
}

/* --- for programs --- */

/* jansson's setters take a NULL value or object and fail; nothing crashes when memory runs out. */
static void put(json_t *object, const char *key, json_t *value) { json_object_set_new(object, key, value); }
static void put_text(json_t *object, const char *key, const char *text) { put(object, key, json_string(text)); }

static json_t *settings_json(const struct claim_side *side) {
    json_t *object = json_object();
    for (int i = 0; i < side->setting_count; i++) put_text(object, side->settings[i].path, side->settings[i].value);
    return object;
}

static json_t *test_json(const struct claim_set *set, const struct claim_test *test,
                         const struct claim_outcome *outcome) {
    json_t *object = json_object(), *factor = json_object();
    put_text(object, "what", test->what);
    put_text(object, "metric", test->metric);
    put(object, "of", settings_json(&set->sides[outcome->of]));
    put(object, "to", settings_json(&set->sides[outcome->to]));
    put(factor, "mean", json_real(outcome->factor.mean));
    put(factor, "low", json_real(outcome->factor.low));
    put(factor, "high", json_real(outcome->factor.high));
    put(object, "factor", factor);
    if (test->at_least > 0) put(object, "at_least", json_real(test->at_least));
    if (isfinite(test->at_most)) put(object, "at_most", json_real(test->at_most));
    if (test->bottleneck[0] != '\0') put_text(object, "limited_by", test->bottleneck);
    if (outcome->bottleneck != NULL) put_text(object, "bottleneck", outcome->bottleneck->name);
    put(object, "holds", json_boolean(outcome->held));
    put(object, "clear", json_boolean(outcome->clear));
    return object;
}

static json_t *case_json(const struct claim_set *set, const struct claim *claim, const struct claim_case *one) {
    json_t *object = json_object(), *tests = json_array();
    if (one->condition != NULL) put_text(object, "when", one->condition->when);
    put_text(object, "verdict", claim_verdict_name(one->verdict));
    put_text(object, "expected", claim_verdict_name(one->expected));
    for (int i = 0; i < claim->test_count; i++)
        json_array_append_new(tests, test_json(set, &claim->tests[i], &one->outcomes[i]));
    put(object, "tests", tests);
    return object;
}

static json_t *study_json(const struct claim_set *set, const struct claim_study *study) {
    const struct claim *claim = study->scenario->claim;
    json_t *object = json_object(), *sources = json_array(), *conditions = json_array();
    put_text(object, "claim", study->name);
    put_text(object, "statement", claim->statement);
    for (int i = 0; i < claim->source_count; i++) json_array_append_new(sources, json_string(claim->sources[i]));
    put(object, "sources", sources);
    put(object, "most", json_boolean(claim->most));
    put(object, "as_stated", case_json(set, claim, &study->cases[0]));
    for (int i = 1; i < study->case_count; i++)
        json_array_append_new(conditions, case_json(set, claim, &study->cases[i]));
    put(object, "conditions", conditions);
    return object;
}

enum iop_status claims_json(const struct claim_set *set, FILE *out, struct diag *diag) {
    json_t *array = json_array();
    for (int i = 0; i < set->study_count; i++) json_array_append_new(array, study_json(set, &set->studies[i]));
    return json_write(array, out, diag);
}
