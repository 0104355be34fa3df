#include "sim/server.h"

#include <criterion/criterion.h>

#include "sim/random.h"

Test(server, starts_at_once_when_free_and_queues_when_busy) {
    struct server server;
    server_init(&server, 1);
    cr_expect_eq(server_request(&server, 100, 10), 110);
    cr_expect_eq(server_request(&server, 105, 10), 120); /* waits 5 */
    cr_expect_eq(server_request(&server, 200, 10), 210); /* finds it free */
    cr_expect_eq(server.busy, 30);
    cr_expect_eq(server.requests, 3);
    cr_expect_eq(server_free_at(&server), 210);
}

Test(server, several_servers_work_side_by_side) {
    struct server server;
    server_init(&server, 3);
    cr_expect_eq(server_request(&server, 0, 30), 30);
    cr_expect_eq(server_request(&server, 0, 10), 10);
    cr_expect_eq(server_request(&server, 0, 20), 20);
    cr_expect_eq(server_free_at(&server), 10);
    cr_expect_eq(server_request(&server, 1, 5), 15);  /* behind the one that ends at 10 */
    cr_expect_eq(server_request(&server, 2, 50), 65); /* behind the one that ends at 15 */
}

Test(server, requests_start_in_the_order_made_whatever_their_dates) {
    struct server server;
    server_init(&server, 2);
    cr_expect_eq(server_request(&server, 100, 10), 110);
    cr_expect_eq(server_request(&server, 50, 10), 110, "counts as made at 100, although a server was free");
}

/* The reference walks through time: a queue in front of c servers, in order of arrival. */
Test(server, is_first_come_first_served_with_any_number_of_servers) {
    for (int servers = 1; servers <= SERVER_MAX; servers++) {
        enum { REQUESTS = 2000 };
        static sim_time arrival[REQUESTS], service[REQUESTS], completion[REQUESTS];
        struct random_stream stream;
        random_stream_init(&stream, 3, 0, (uint32_t)servers);
        sim_time now = 0;
        for (int i = 0; i < REQUESTS; i++) {
            arrival[i] = now += random_below(&stream, 20);
            service[i] = random_below(&stream, (uint32_t)(18 * servers) + 1);
        }
        sim_time end[SERVER_MAX] = {0};
        for (int waiting = 0, t = 0; waiting < REQUESTS; t++)
            for (int s = 0; s < servers && waiting < REQUESTS; s++)
                while (waiting < REQUESTS && end[s] <= t && arrival[waiting] <= t) {
                    completion[waiting] = end[s] = t + service[waiting];
                    waiting++;
                }
        struct server server;
        server_init(&server, servers);
        for (int i = 0; i < REQUESTS; i++)
            cr_assert_eq(server_request(&server, arrival[i], service[i]), completion[i], "%d of %d servers", i,
                         servers);
    }
}
