/* Who can send and receive by netmap, and be attached to VALE. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/scenarios/fixture.h"

TestSuite(netmap, .init = lab_setup, .fini = lab_teardown);

Test(netmap, pkt_gen_needs_a_driver_with_it) {
    expect_message(
        with(GUEST, WORKLOAD ", sender: netmap"),
        "s.yaml:6:33: guests[0].workloads[0].sender: 'netmap' needs a driver with it: mode virtio, vhost, or "
        "hvm with an e1000 under KVM; the mode of guest 'a' is sriov");
}

Test(netmap, pkt_gen_has_one_ring_and_fills_it) {
    static const char wanted[] =
        "s.yaml:6:33: guests[0].workloads[0].sender: 'netmap' is of one flow that transmits, a sender's at rate max";
    expect_message(with(GUEST, WORKLOAD ", sender: netmap, flows: 2"), wanted);
    expect_message(with(GUEST, WORKLOAD ", sender: netmap, rate: 5 kpps"), wanted);
    expect_message(with(GUEST, WORKLOAD ", sender: netmap, direction: receive"), wanted);
}

Test(netmap, the_wire_receives_without_it) {
    expect_message(with(GUEST, WORKLOAD ", receiver: netmap"),
                   "s.yaml:6:35: guests[0].workloads[0].receiver: a receiver with netmap is a guest; add peer: guest "
                   "NAME");
}

Test(netmap, vale_is_behind_an_e1000_under_kvm) {
    expect_message(with(GUEST ", tuning: {net_back_end: vale}", WORKLOAD),
                   "s.yaml:4:59: guests[0].tuning.net_back_end: 'vale' needs mode hvm with an e1000 under KVM, and the "
                   "mode is sriov");
}
