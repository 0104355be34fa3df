#include "models/poll_loop.h"

sim_time poll_loop_reaches(const struct poll_loop *loop, int port, sim_time now) {
    int ahead = (port - loop->idle_at + loop->ports) % loop->ports;
    sim_time turn = loop->ports * loop->look, first = loop->idle_since + ahead * loop->look;
    if (now <= first) return first;
    return first + (now - first + turn - 1) / turn * turn;
}
