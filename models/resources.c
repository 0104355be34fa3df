#include "models/resources.h"

#include <stdio.h>
#include <string.h>

int processor_count(const struct machine *machine) {
    int count = 0;
    for (int i = 0; i < machine->server_count; i++) count += machine->servers[i].dom0_count;
    for (int i = 0; i < machine->config->guest_count; i++) count += machine->guests[i].vcpu_count;
    return count + machine->thread_count;
}

const char *host_domain(const struct machine *machine) {
    return machine->config->host.hypervisor == HYPERVISOR_KVM ? "host" : "dom0";
}

bool is_host_cpu(const struct machine *machine, const struct processor *cpu) {
    for (int i = 0; i < machine->server_count; i++)
        if (cpu >= machine->servers[i].dom0 && cpu < machine->servers[i].dom0 + machine->servers[i].dom0_count)
            return true;
    for (int i = 0; i < machine->thread_count; i++)
        if (cpu == &machine->threads[i]->cpu) return true;
    return false;
}

struct processor *processor_number(const struct machine *machine, int number, char *name, size_t size) {
    for (int i = 0; i < machine->server_count; i++) {
        const struct server_state *server = &machine->servers[i];
        if (number < server->dom0_count) {
            if (machine->server_count > 1)
                snprintf(name, size, "server%d/%s/vcpu%d", i + 1, host_domain(machine), number);
            else
                snprintf(name, size, "%s/vcpu%d", host_domain(machine), number);
            return &server->dom0[number];
        }
        number -= server->dom0_count;
    }
    for (int i = 0; i < machine->config->guest_count; i++) {
        const struct guest_state *guest = &machine->guests[i];
        if (number < guest->vcpu_count) {
            snprintf(name, size, "%s/vcpu%d", guest->config->name, number);
            return &guest->vcpus[number];
        }
        number -= guest->vcpu_count;
    }
    if (number >= machine->thread_count) return NULL;
    struct host_thread *thread = machine->threads[number];
    if (machine->server_count > 1)
        snprintf(name, size, "server%d/%s/%s", thread->server + 1, host_domain(machine), thread->name);
    else
        snprintf(name, size, "%s/%s", host_domain(machine), thread->name);
    return &thread->cpu;
}

void name_after_worker(const struct machine *machine, const struct processor *cpu, char *name, size_t size) {
    const struct station *busiest = NULL;
    for (int i = 0; i < machine->station_count; i++) {
        const struct station *station = machine->stations[i];
        if (station->cpu == cpu && !station->inline_ && (busiest == NULL || station->busy > busiest->busy))
            busiest = station;
    }
    char *last = strrchr(name, '/');
    if (busiest != NULL && busiest->busy > 0) snprintf(last + 1, size - (size_t)(last + 1 - name), "%s", busiest->name);
}

void disk_name(const struct machine *machine, int server, int number, char *name, size_t size) {
    const char *of = machine->config->host.disks[number].name;
    if (machine->server_count > 1)
        snprintf(name, size, "server%d/%s", server + 1, of);
    else
        snprintf(name, size, "%s", of);
}

void processor_name(const struct machine *machine, const struct processor *cpu, char *name, size_t size) {
    int count = processor_count(machine);
    snprintf(name, size, "?");
    for (int i = 0; i < count; i++)
        if (processor_number(machine, i, name, size) == cpu) return;
}
