#include "sim/diag.h"

#include <ctype.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum iop_status diag_set(struct diag *diag, enum iop_status status, const char *format, ...) {
    if (diag != NULL && diag->message[0] == '\0') {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(diag->message, sizeof diag->message, format, arguments);
        va_end(arguments);
    }
    return status;
}

enum { WORD_MAX = 63 };

/* Edit distance with transpositions (optimal string alignment); words beyond WORD_MAX never match. */
static int edit_distance(const char *a, const char *b) {
    int la = (int)strlen(a), lb = (int)strlen(b);
    if (la > WORD_MAX || lb > WORD_MAX) return INT_MAX;
    int rows[3][WORD_MAX + 2];
    for (int j = 0; j <= lb; j++) rows[0][j] = j;
    for (int i = 1; i <= la; i++) {
        int *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = i;
        for (int j = 1; j <= lb; j++) {
            int ca = tolower((unsigned char)a[i - 1]), cb = tolower((unsigned char)b[j - 1]);
            int best = last[j - 1] + (ca != cb);
            if (last[j] + 1 < best) best = last[j] + 1;
            if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
            if (i > 1 && j > 1 && ca == tolower((unsigned char)b[j - 2]) && cb == tolower((unsigned char)a[i - 2]) &&
                before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            now[j] = best;
        }
    }
    return rows[la % 3][lb];
}

const char *nearest_name(const char *word, const char *const *names, size_t count) {
    const char *best = NULL;
    int best_distance = (int)strlen(word) / 3 + 1;
    for (size_t i = 0; i < count; i++) {
        int distance = edit_distance(word, names[i]);
        if (distance <= best_distance && (best == NULL || distance < best_distance)) {
            best = names[i];
            best_distance = distance;
        }
    }
    return best;
}
