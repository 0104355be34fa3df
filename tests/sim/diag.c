#include "sim/diag.h"

#include <criterion/criterion.h>
#include <string.h>

Test(diag, set_returns_the_status_and_keeps_the_message) {
    struct diag diag = {""};
    cr_expect_eq(diag_set(&diag, IOP_INVALID, "%s has %d legs", "a spider", 8), IOP_INVALID);
    cr_expect_str_eq(diag.message, "a spider has 8 legs");
}

Test(diag, the_first_report_wins) {
    struct diag diag = {""};
    diag_set(&diag, IOP_INVALID, "first");
    cr_expect_eq(diag_set(&diag, IOP_IO, "second"), IOP_IO);
    cr_expect_str_eq(diag.message, "first");
}

Test(diag, may_be_null) { cr_expect_eq(diag_set(NULL, IOP_NO_MEMORY, "nobody reads this"), IOP_NO_MEMORY); }

Test(diag, a_long_message_is_cut_and_terminated) {
    struct diag diag = {""};
    char text[3000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    diag_set(&diag, IOP_INVALID, "%s", text);
    cr_expect_eq(strlen(diag.message), sizeof diag.message - 1);
}

static const char *const modes[] = {"native", "pv", "hvm", "pvhvm", "virtio", "vhost", "vhost-user", "sriov", "nitro"};
static const char *nearest(const char *word) { return nearest_name(word, modes, sizeof modes / sizeof modes[0]); }

Test(nearest_name, finds_a_missing_an_extra_a_wrong_and_a_swapped_letter) {
    cr_expect_str_eq(nearest("sriv"), "sriov");
    cr_expect_str_eq(nearest("virtiio"), "virtio");
    cr_expect_str_eq(nearest("natove"), "native");
    cr_expect_str_eq(nearest("vhots"), "vhost");
}

Test(nearest_name, ignores_case) { cr_expect_str_eq(nearest("SRIOV"), "sriov"); }

Test(nearest_name, prefers_the_exact_name) {
    cr_expect_str_eq(nearest("hvm"), "hvm");
    cr_expect_str_eq(nearest("vhost"), "vhost");
}

Test(nearest_name, of_equally_near_names_the_first) {
    const char *const names[] = {"cat", "bat"};
    cr_expect_str_eq(nearest_name("rat", names, 2), "cat");
}

Test(nearest_name, offers_nothing_when_nothing_is_near) {
    cr_expect_null(nearest("blancmange"));
    cr_expect_null(nearest_name("x", modes, 0));
}

Test(nearest_name, never_matches_words_too_long_to_be_names) {
    char text[400];
    memset(text, 'p', sizeof text - 1);
    for (size_t length = 60; length < sizeof text; length++) {
        text[length] = '\0';
        cr_expect_null(nearest(text), "a word of %zu letters", length);
        text[length] = 'p';
    }
}
