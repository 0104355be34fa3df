/* iopath: the command line. Finds the subcommand and hands over; all else is in its own file. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/mpi.h"
#include "cli/support.h"

/* A descriptor that was closed by the caller would be given to the next file opened, and results or
 * messages would end up in it. Opened the wrong way round, it still refuses to be used. */
static void occupy_standard_streams(void) {
    const int ways[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int i = 0; i < 3; i++)
        if (fcntl(i, F_GETFD) < 0 && open("/dev/null", ways[i]) != i) return;
}

static void print_help(FILE *out) {
    fputs("Usage: iopath [--help|--version] COMMAND …\n"
          "\n"
          "Simulates the I/O paths of virtual machines: predicts packets per second, throughput, latency\n"
          "and CPU use for each virtualization mode and instance type, and says what limits them.\n"
          "\n"
          "Commands:\n",
          out);
    for (size_t i = 0; i < command_count; i++) fprintf(out, "  %-11s %s\n", commands[i].name, commands[i].summary);
    fputs("\n"
          "'iopath COMMAND --help' describes a command and its options, with examples.\n"
          "\n"
          "Examples:\n"
          "  iopath run tutorial/01-first-run\n"
          "  iopath compare tutorial/01-first-run --modes pv,hvm,sriov --plot modes.svg\n"
          "  iopath explain sriov --sources\n"
          "\n"
          "Results go to standard output, everything else to standard error.\n"
          "Exit codes: 0 success; 1 ran, but a check failed; 2 invalid input or usage, nothing written;\n"
          "3 interrupted.\n"
          "Environment: IOPATH_DATA names the directory of catalog and scenarios.\n",
          out);
}

static void print_command_help(const struct command *command, FILE *out) {
    fprintf(out, "Usage: iopath %s %s%s[OPTION]…\n\n%s\nOptions:\n", command->name, command->operands,
            command->operands[0] != '\0' ? " " : "", command->description);
    options_help(command, out);
    fprintf(out, "\nExamples:\n%s", command->examples);
}

static const struct command *find_command(const char *name) {
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(commands[i].name, name) == 0) return &commands[i];
    return NULL;
}

static enum iop_status unknown_command(const char *word, struct diag *diag) {
    enum { NAMES_MAX = 32 };
    const char *names[NAMES_MAX];
    if (word[0] == '-') return diag_set(diag, IOP_INVALID, "unknown option '%.80s'; see 'iopath --help'", word);
    for (size_t i = 0; i < commands_to_come_count; i++)
        if (strcmp(commands_to_come[i], word) == 0)
            return diag_set(diag, IOP_INVALID, "the command '%s' is not available yet", word);
    size_t count = 0;
    for (; count < command_count && count < NAMES_MAX; count++) names[count] = commands[count].name;
    const char *near = nearest_name(word, names, count);
    return diag_set(diag, IOP_INVALID, "'%.80s' is not a command%s%s%s; see 'iopath --help'", word,
                    near != NULL ? ", did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
}

/* Ends a command that only printed. */
static int printed(void) {
    struct output output;
    struct diag diag = {""};
    output_open(&output, NULL, &diag);
    return fail(output_close(&output, IOP_OK, &diag), &diag);
}

static int run(const struct command *command, int argc, char **argv) {
    struct options options;
    struct diag diag = {""};
    enum iop_status status = options_parse(&options, command, argc, argv, &diag);
    int code;
    if (status != IOP_OK) {
        code = mpi_is_silent(command) ? exit_code(status) : fail(status, &diag);
    } else if (options.help) {
        print_command_help(command, stdout);
        code = printed();
    } else {
        code = command->run(&options);
    }
    options_free(&options);
    return code;
}

int main(int argc, char **argv) {
    occupy_standard_streams();
    struct diag diag = {""};
    const char *word = argc > 1 ? argv[1] : NULL;
    if (word == NULL) {
        print_help(stderr);
        return exit_code(IOP_INVALID);
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        const struct command *command = argc > 2 ? find_command(argv[2]) : NULL;
        if (command != NULL)
            print_command_help(command, stdout);
        else if (argc > 2)
            return fail(unknown_command(argv[2], &diag), &diag);
        else
            print_help(stdout);
        return printed();
    }
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0 || strcmp(word, "version") == 0) {
        puts("iopath " IOPATH_VERSION);
        return printed();
    }
    const struct command *command = find_command(word);
    if (command == NULL) return fail(unknown_command(word, &diag), &diag);
    return run(command, argc - 1, argv + 1);
}
