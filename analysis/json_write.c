#include "analysis/json_write.h"

#include <stdlib.h>
#include <string.h>

enum { INDENT = 2 };

static void write_real(double value, FILE *out) {
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    fputs(text, out);
    if (strpbrk(text, ".e") == NULL) fputs(".0", out); /* a real stays one for readers that care */
}

static void write_string(const char *text, FILE *out) {
    putc('"', out);
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\')
            fprintf(out, "\\%c", byte);
        else if (byte < ' ')
            fprintf(out, "\\u%04x", byte);
        else
            putc(byte, out);
    }
    putc('"', out);
}

static void new_line(int depth, FILE *out) { fprintf(out, "\n%*s", depth * INDENT, ""); }

static void write_value(const json_t *value, int depth, FILE *out);

static void write_array(const json_t *array, int depth, FILE *out) {
    putc('[', out);
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i > 0) putc(',', out);
        new_line(depth + 1, out);
        write_value(json_array_get(array, i), depth + 1, out);
    }
    if (json_array_size(array) > 0) new_line(depth, out);
    putc(']', out);
}

static void write_object(json_t *object, int depth, FILE *out) {
    const char *key;
    json_t *value;
    int written = 0;
    putc('{', out);
    json_object_foreach(object, key, value) {
        if (written++ > 0) putc(',', out);
        new_line(depth + 1, out);
        write_string(key, out);
        fputs(": ", out);
        write_value(value, depth + 1, out);
    }
    if (written > 0) new_line(depth, out);
    putc('}', out);
}

static void write_value(const json_t *value, int depth, FILE *out) {
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        write_object((json_t *)value, depth, out);
        break;
    case JSON_ARRAY:
        write_array(value, depth, out);
        break;
    case JSON_STRING:
        write_string(json_string_value(value), out);
        break;
    case JSON_INTEGER:
        fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        write_real(json_real_value(value), out);
        break;
    case JSON_TRUE:
        fputs("true", out);
        break;
    case JSON_FALSE:
        fputs("false", out);
        break;
    case JSON_NULL:
        fputs("null", out);
        break;
    }
}

enum iop_status json_write(json_t *value, FILE *out, struct diag *diag) {
    if (value == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory while writing JSON");
    write_value(value, 0, out);
    putc('\n', out);
    json_decref(value);
    return IOP_OK;
}
