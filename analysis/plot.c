#include "analysis/plot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/gnuplot.h"
#include "analysis/output_file.h"
#include "analysis/plot_panel.h"

static const struct terminal {
    const char *extension, *command;
    int scale; /* of a figure's nominal size in pixels, per cent */
    const char *unit;
} terminals[] = {
    {"svg", "svg noenhanced font 'Helvetica,%d' background '#ffffff'", 100, ""},
    {"png", "pngcairo noenhanced font 'Sans,%d' background '#ffffff'", 150, ""},
    {"pdf", "pdfcairo noenhanced font 'Helvetica,%d' background '#ffffff'", 100, "in"},
};

static const struct terminal *find_terminal(const char *file) {
    const char *dot = strrchr(file, '.');
    for (size_t i = 0; dot != NULL && i < sizeof terminals / sizeof terminals[0]; i++)
        if (strcmp(dot + 1, terminals[i].extension) == 0) return &terminals[i];
    return NULL;
}

static enum iop_status unknown_extension(const char *file, struct diag *diag) {
    return diag_set(diag, IOP_INVALID, "%s: the name of a plot must end in .svg, .png or .pdf", file);
}

enum iop_status plot_check(const char *file, struct diag *diag) {
    if (find_terminal(file) == NULL) return unknown_extension(file, diag);
    enum iop_status status = output_file_check(file, diag);
    return status != IOP_OK ? status : gnuplot_check(diag);
}

enum { PANEL_WIDTH = 420, FULL_WIDTH = 1000, SHARED_HEIGHT = 380, FULL_HEIGHT = 430, TITLE_HEIGHT = 30 };

/* Nominal pixels of the rows of panels: those that share come first in one row, the others below. */
struct layout {
    int shared, full, width, height;
};

static struct layout plan(const struct figure *figure) {
    struct layout layout = {0, 0, 0, 0};
    for (int i = 0; i < figure->panel_count; i++) {
        if (figure->panels[i].width == PANEL_SHARED)
            layout.shared++;
        else
            layout.full++;
    }
    layout.width = layout.shared * PANEL_WIDTH;
    if (layout.full > 0 && layout.width < FULL_WIDTH) layout.width = FULL_WIDTH;
    if (layout.width < 640) layout.width = 640;
    layout.height = TITLE_HEIGHT + (layout.shared > 0 ? SHARED_HEIGHT : 0) + layout.full * FULL_HEIGHT;
    return layout;
}

static void print_terminal(const struct terminal *terminal, const struct layout *layout, FILE *out) {
    fputs("set terminal ", out);
    fprintf(out, terminal->command, terminal->unit[0] != '\0' ? 9 : terminal->scale > 100 ? 16 : 12);
    if (terminal->unit[0] != '\0')
        fprintf(out, " size %.2fin,%.2fin\n", layout->width / 96.0, layout->height / 96.0);
    else
        fprintf(out, " size %d,%d\n", layout->width * terminal->scale / 100, layout->height * terminal->scale / 100);
}

enum iop_status plot_script(const struct figure *figure, const char *file, FILE *out, struct diag *diag) {
    const struct terminal *terminal = find_terminal(file);
    if (terminal == NULL) return unknown_extension(file, diag);
    struct layout layout = plan(figure);
    print_terminal(terminal, &layout, out);
    fputs("set encoding utf8\nset multiplot title ", out);
    plot_quote(figure->title, out);
    putc('\n', out);
    double top = 1 - (double)TITLE_HEIGHT / layout.height;
    double height = layout.shared > 0 ? (double)SHARED_HEIGHT / layout.height : 0;
    int shared = 0, full = 0;
    for (int i = 0; i < figure->panel_count; i++) {
        const struct plot_panel *panel = &figure->panels[i];
        fputs("reset\n", out); /* between panels only: it would undo origin and size */
        if (panel->width == PANEL_SHARED) {
            fprintf(out, "set origin %.4f,%.4f\nset size %.4f,%.4f\n", (double)shared / layout.shared, top - height,
                    1.0 / layout.shared, height);
            shared++;
        } else {
            double own = (double)FULL_HEIGHT / layout.height;
            full++;
            fprintf(out, "set origin 0,%.4f\nset size 1,%.4f\n", top - height - full * own, own);
        }
        plot_panel(panel, i, out);
    }
    fputs("unset multiplot\n", out);
    return IOP_OK;
}

/* Draws into a stream that is a file; `name` has the extension and is for messages. */
static enum iop_status draw_into(const struct figure *figure, const char *name, FILE *out, struct diag *diag) {
    if (figure->panel_count == 0) return diag_set(diag, IOP_INVALID, "%s: there is nothing to plot", name);
    FILE *script = tmpfile();
    if (script == NULL) return diag_set(diag, IOP_IO, "no temporary file: %s", strerror(errno));
    enum iop_status status = plot_script(figure, name, script, diag);
    if (status == IOP_OK && fflush(script) != 0)
        status = diag_set(diag, IOP_IO, "the gnuplot script could not be written: %s", strerror(errno));
    rewind(script);
    if (status == IOP_OK) status = gnuplot_run(script, out, diag);
    fclose(script);
    return status;
}

/* Ids stand in id='…', href='#…' and url(#…). */
static bool names_an_id(const char *line, size_t at) {
    static const char *const before[] = {" id=\"", " id='", "href=\"#", "href='#", "url(#"};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        size_t length = strlen(before[i]);
        if (at >= length && strncmp(line + at - length, before[i], length) == 0) return true;
    }
    return false;
}

enum iop_status plot_svg(const struct figure *figure, const char *prefix, FILE *out, struct diag *diag) {
    FILE *drawn = tmpfile();
    if (drawn == NULL) return diag_set(diag, IOP_IO, "no temporary file: %s", strerror(errno));
    enum iop_status status = draw_into(figure, "figure.svg", drawn, diag);
    char *line = NULL;
    size_t room = 0;
    bool begun = false;
    rewind(drawn);
    while (status == IOP_OK && getline(&line, &room, drawn) >= 0) {
        begun = begun || strncmp(line, "<svg", 4) == 0;
        for (size_t i = 0; begun && line[i] != '\0'; i++) {
            if (names_an_id(line, i)) fputs(prefix, out);
            putc(line[i], out);
        }
    }
    free(line);
    fclose(drawn);
    return status;
}

enum iop_status plot_write(const struct figure *figure, const char *file, struct diag *diag) {
    if (find_terminal(file) == NULL) return unknown_extension(file, diag);
    struct output_file target;
    enum iop_status status = output_file_open(&target, file, diag);
    if (status != IOP_OK) return status;
    status = draw_into(figure, file, target.stream, diag);
    if (status == IOP_OK) return output_file_commit(&target, diag);
    output_file_abandon(&target);
    return status;
}
