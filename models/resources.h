/* The CPUs of a model in a fixed order, and what they are called in results. */
#ifndef IOPATH_MODELS_RESOURCES_H
#define IOPATH_MODELS_RESOURCES_H

#include "models/machine.h"

/* Whose CPUs back ends run on: "dom0" under Xen, "host" under KVM. */
const char *host_domain(const struct machine *machine);
bool is_host_cpu(const struct machine *machine, const struct processor *cpu);

int processor_count(const struct machine *machine);

/* The `number`th CPU, dom0's first; its name ("dom0/vcpu1", "sut/vcpu0", with several servers
 * "server1/dom0/vcpu1") goes into `name`. NULL beyond the last. */
struct processor *processor_number(const struct machine *machine, int number, char *name, size_t size);

/* Renames a CPU of dom0 after the worker that kept it busiest: "dom0/netback0". */
void name_after_worker(const struct machine *machine, const struct processor *cpu, char *name, size_t size);

/* Of a server's disk: "ssd0", with several servers "server1/ssd0". */
void disk_name(const struct machine *machine, int server, int number, char *name, size_t size);

/* Name of a CPU of the machine, found by its address. */
void processor_name(const struct machine *machine, const struct processor *cpu, char *name, size_t size);

#endif
