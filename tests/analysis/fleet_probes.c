/* Probes of the packet level: what they find, and that a store and threads do not change it. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/fleet_cache.h"
#include "fleet_fixture.h"

static const char guests[] = "[{name: a, count: 3, guest: {instance: m1.large, mode: pv}}]";
static const char traffic[] =
    "[{name: calls, from: a, to: outside, workload: {kind: udp-stream, frame: 200 B}, response: {kind: udp-stream, "
    "frame: 1000 B}, offered: 10 kpps},"
    " {name: again, from: a, to: outside, workload: {kind: udp-stream, frame: 200 B}, offered: 1 kpps}]";

static const struct probe_need *need_of(const struct probe *probe, bool of_host, const char *name) {
    for (int i = 0; i < probe->count; i++)
        if (probe->needs[i].of_host == of_host && strcmp(probe->needs[i].name, name) == 0) return &probe->needs[i];
    return NULL;
}

Test(fleet_probes, find_what_limits_one_guest_and_what_they_share) {
    struct fleet_trial trial;
    fleet_trial_read(&trial, "ec2-gen1", 1, guests, traffic);
    fleet_trial_probe(&trial, NULL, 2);
    cr_assert_eq(trial.probes.count, 3, "a request, its response, and the other traffic");
    const struct probe *request = &trial.probes.probes[0];
    cr_expect_eq(request->guests, 3);
    const struct probe_need *own = need_of(request, false, "dom0/vcpu0"), *all = need_of(request, true, "dom0/vcpu0");
    cr_assert(own != NULL && all != NULL);
    cr_expect_float_eq(own->share * request->most, 1, 1e-9, "what limits is full");
    cr_expect_float_eq(all->share * request->most_of_all, 1, 1e-9);
    cr_expect_lt(request->most_of_all, 1.1 * request->most, "three guests share one CPU of dom0");
    for (int i = 0; i < request->count; i++) {
        double most = request->needs[i].of_host ? request->most_of_all : request->most;
        cr_expect_leq(request->needs[i].share * most, 1 + 1e-9, "%s", request->needs[i].name);
    }
    cr_expect_eq(request->most, trial.probes.probes[2].most, "the same guest and workload");
    fleet_trial_free(&trial);
}

Test(fleet_probes, a_transaction_takes_what_its_frames_take) {
    struct fleet_trial trial;
    fleet_trial_read(&trial, "ec2-gen1", 1, guests, traffic);
    fleet_trial_probe(&trial, NULL, 2);
    const struct fleet *fleet = &trial.scenario->fleet;
    const struct fleet_demand *demand = &fleet->traffics[0].at[FLEET_FROM];
    const struct probe *there = &trial.probes.probes[0], *back = &trial.probes.probes[1];
    for (int i = 0; i < demand->count; i++) {
        if (demand->needs[i].of_host) continue;
        const char *name = fleet->groups[0].slots.names[demand->needs[i].slot];
        const struct probe_need *first = need_of(there, false, name), *second = need_of(back, false, name);
        if (first == NULL && second == NULL) continue; /* threads have names of their own */
        double sum = (first != NULL ? first->share : 0) + (second != NULL ? second->share : 0);
        cr_expect_float_eq(demand->needs[i].share, sum, 1e-15, "%s", name);
    }
    cr_expect_float_eq(demand->guest_cores, there->guest_cores + back->guest_cores, 1e-15);
    cr_expect_lt(demand->most, fmin(there->most, back->most));
    fleet_trial_free(&trial);
}

static bool same_probe(const struct probe *a, const struct probe *b) {
    bool same = a->guests == b->guests && a->most == b->most && a->most_of_all == b->most_of_all &&
                a->guest_cores == b->guest_cores && a->host_cores == b->host_cores && a->count == b->count &&
                strcmp(a->bottleneck, b->bottleneck) == 0;
    for (int i = 0; i < a->count && same; i++) {
        const struct probe_need *other = need_of(b, a->needs[i].of_host, a->needs[i].name);
        same = other != NULL && other->share == a->needs[i].share;
    }
    return same;
}

Test(fleet_probes, come_out_the_same_from_a_store_and_with_any_number_of_threads) {
    char path[] = "/tmp/iopath-probes-XXXXXX";
    int descriptor = mkstemp(path);
    cr_assert_geq(descriptor, 0);
    close(descriptor);
    struct fleet_trial trials[3];
    struct store *store;
    struct diag diag = {""};
    cr_assert_eq(store_open(path, STORE_WRITE, &store, &diag), IOP_OK, "%s", diag.message);
    for (int i = 0; i < 3; i++) {
        fleet_trial_read(&trials[i], "ec2-gen1", 1, guests, traffic);
        fleet_trial_probe(&trials[i], i > 0 ? store : NULL, i == 0 ? 1 : 3);
    }
    for (int p = 0; p < trials[0].probes.count; p++) {
        cr_expect_not(trials[1].probes.found[p]);
        cr_expect(trials[2].probes.found[p], "probe %d is in the store", p);
        for (int i = 1; i < 3; i++) cr_expect(same_probe(&trials[0].probes.probes[p], &trials[i].probes.probes[p]));
    }
    store_close(store);
    for (int i = 0; i < 3; i++) fleet_trial_free(&trials[i]);
    char command[64];
    snprintf(command, sizeof command, "rm -f %s*", path);
    cr_expect_eq(system(command), 0);
}

static void expect_other_key(const struct fleet_trial *trial, const char *version, char before[STORE_KEY_MAX]) {
    const struct probe_request request = {.guests = 3};
    char key[STORE_KEY_MAX];
    struct diag diag = {""};
    cr_assert_eq(probe_key(trial->scenario, &request, version, key, &diag), IOP_OK, "%s", diag.message);
    cr_expect_str_neq(key, before);
    memcpy(before, key, STORE_KEY_MAX);
}

Test(fleet_probes, have_a_key_of_all_that_makes_their_numbers) {
    struct fleet_trial trial;
    char key[STORE_KEY_MAX] = "";
    fleet_trial_read(&trial, "ec2-gen1", 1, guests, traffic);
    expect_other_key(&trial, "1", key);
    expect_other_key(&trial, "2", key);
    trial.scenario->run.replications++;
    expect_other_key(&trial, "2", key);
    trial.scenario->run.seed++;
    expect_other_key(&trial, "2", key);
    fleet_trial_free(&trial);
}
