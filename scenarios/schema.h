/* What may stand in a file, as tables: one per component, one row per key.
 *
 * A row says the key, its kind, range, default, where the value goes, and one sentence for the reference.
 * Reading, the range check, the check for unknown keys with the nearest name, and the manual are made from
 * the rows; no key exists without its check and its sentence. Problems are reported in file order. */
#ifndef IOPATH_SCENARIOS_SCHEMA_H
#define IOPATH_SCENARIOS_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "scenarios/document.h"
#include "scenarios/units.h"

enum field_kind {
    FIELD_TEXT,     /* char[size] */
    FIELD_INTEGER,  /* int */
    FIELD_SEED,     /* uint64_t */
    FIELD_QUANTITY, /* double: a quantity of one of `dimensions`, in SI units */
    FIELD_BYTES,    /* int: a size of whole bytes */
    FIELD_MEASURE,  /* struct measure: a quantity of one of `dimensions`, or one of the words `choices` */
    FIELD_BOOL,     /* bool */
    FIELD_CHOICE,   /* int: the value of one of `choices` */
    FIELD_TABLE,    /* the struct of `table` */
    FIELD_LIST,     /* struct list of the structs of `table`, at most `maximum` of them */
    FIELD_SCALARS,  /* const struct node *: a list of scalars, as text */
    FIELD_IDS,      /* const struct node *: a list of ids of the bibliography */
    FIELD_SOURCES,  /* not stored: {KEY: [ID, …], …}, where the keys of this table come from */
    FIELD_ANY       /* not read: accepted whatever it is */
};

enum { NOT_A_WORD = -1 };

struct choice { /* a list of these ends with a NULL name */
    const char *name;
    int value;
    bool later; /* a valid name whose machinery does not exist yet */
};

struct measure {
    int word; /* value of the choice, or NOT_A_WORD */
    struct quantity quantity;
};

struct list {
    int count;
    void *items; /* in the document's memory */
};

struct table;

struct field {
    const char *key;
    enum field_kind kind;
    size_t offset, size;
    unsigned dimensions;
    double minimum, maximum; /* SI; no range when both are 0 */
    const struct choice *choices;
    int (*find)(const char *name);   /* replaces the values of `choices` where it exists; negative: later */
    const char *noun;                /* of a choice or a text: "a mode" */
    bool (*check)(const char *text); /* of a text; `noun` says what it is not */
    const struct table *table;
    unsigned only;   /* of a workload or a disk: bits of the kinds it belongs to; 0: all */
    unsigned needed; /* of a disk: bits of the kinds that cannot do without it */
    bool required;
    bool optional;        /* a table that may be left out though keys of it are required; its struct stays zeroed */
    bool shorten;         /* a text that is too long is cut, not refused */
    bool later;           /* valid, but its machinery does not exist yet */
    const char *fallback; /* the default, as it would stand in the file */
    const char *text;     /* one sentence for the reference; an allowed form where no rule above says it */
};

struct table {
    const char *name; /* "guest" */
    const char *text;
    const struct field *fields;
    int field_count;
    size_t size;     /* of the struct */
    bool keeps_node; /* its first member is `const struct node *at`, set to the mapping; for list entries and optional
                        tables */
};

/* Rows of a table: where a value goes. */
#define FIELD_AT(type, member) .offset = offsetof(type, member), .size = sizeof(((type *)0)->member)
#define TABLE_ROWS(rows)       .fields = (rows), .field_count = (int)(sizeof(rows) / sizeof *(rows))

/* The first key or name met whose machinery does not exist yet: "file:line:column: path: value". */
struct later_note {
    char *text; /* "" at first */
    size_t size;
};

struct reader {
    struct arena *memory;
    struct diag *diag;
    struct later_note *later; /* NULL: of no interest */
};

/* Reads the mapping `node` into the struct at `out`; keys that are missing get their defaults. */
enum iop_status schema_read(struct reader *reader, const struct table *table, const struct node *node, void *out);

/* Whether `path` (guests[0].mode), which is well formed, leads from `table` to the key of a single value, and
 * whether `value` could stand there. The message of a failure is without position. */
enum iop_status schema_check_path(const struct table *table, const char *path, struct diag *diag);
enum iop_status schema_check_value(const struct table *table, const char *path, const char *value, struct diag *diag);

/* The row that `path` leads to, checked as by schema_check_path. */
enum iop_status schema_find(const struct table *table, const char *path, const struct field **field, struct diag *diag);

void later_note(struct later_note *note, const struct node *node, const char *value);

/* All tables, for the reference: those of the scenario file, then those of the catalog. */
const struct table *const *schema_tables(int *count);

bool is_source_id(const char *text);      /* M084, NET-172 */
bool is_kernel_version(const char *text); /* 3.10, 2.6.18-8.el5 */

#endif
