/* The manual pages of the subcommands. */
#include <limits.h>

#include "cli/command.h"

enum {
    TABLE_BIT = FORMAT_BIT(FORMAT_TABLE),
    JSON_BIT = FORMAT_BIT(FORMAT_JSON),
    CSV_BIT = FORMAT_BIT(FORMAT_CSV),
    ALL_FORMATS = TABLE_BIT | JSON_BIT | CSV_BIT,
    RUN_OPTIONS = OPTION_HELP | OPTION_SET | OPTION_FORMAT | OPTION_OUTPUT | OPTION_SEED | OPTION_REPLICATIONS |
                  OPTION_PRECISION | OPTION_JOBS | OPTION_BATCHES,
};

const struct command commands[] = {
    {"run", run_command, "SCENARIO|STORE", 1, 1,
     RUN_OPTIONS | OPTION_UNCERTAINTY | OPTION_WHERE | OPTION_FIND_MAX | OPTION_SUBJECT_TO, ALL_FORMATS,
     "simulate a scenario and report",
     "Simulates the scenario as often as it asks for replications and reports rates, latencies, losses,\n"
     "CPU use and the bottleneck, with 95 % confidence intervals over the replications. The end of the\n"
     "warm-up is found on a pilot run (MSER-5) unless the scenario says how long it is. The same scenario\n"
     "and seed give the same numbers, bit for bit.\n"
     "With --uncertainty, metrics also have a prediction interval: what comes out 90 % of the time when\n"
     "all costs are drawn from their ranges.\n"
     "With --batches, each replication is cut into parts and the intervals come from their means.\n"
     "With --find-max, the load of a workload is raised instead, to the highest that keeps all limits of\n"
     "--subject-to; shown are that load and the lowest that does not. A limit is METRIC < QUANTITY, <=, >\n"
     "or >=, with a metric of the workload, the path of any, or lost, the share that is not delivered. The\n"
     "exit code is 1 if no load keeps the limits.\n"
     "SCENARIO is a file, or the name of a scenario of the catalog as 'iopath list scenarios' shows it. Of a\n"
     "STORE the results that it holds are shown, those that --where chooses, and nothing is run.\n",
     "  iopath run tutorial/01-first-run\n"
     "  iopath run tutorial/01-first-run --uncertainty 200\n"
     "  iopath run tutorial/01-first-run --replications 1 --batches 30\n"
     "  iopath run my.yaml --find-max offered_pps --subject-to 'latency_p99 <= 500 us'\n"
     "  iopath run my.yaml --set guests[0].workloads[0].frame='256 B' --replications 10\n"
     "  iopath run my.yaml --format json -o result.json\n"},
    {"compare", compare_command, "SCENARIO|STORE", 1, 1,
     RUN_OPTIONS | OPTION_MODES | OPTION_INSTANCES | OPTION_PLOT | OPTION_WHERE, ALL_FORMATS,
     "run a workload over modes and instance types, side by side",
     "Runs the scenario once for every mode and instance type, times the values of its sweep, and shows\n"
     "the results side by side with the ratio to pv (or else the first mode that runs) and the\n"
     "bottleneck of each. Combinations that do not exist are listed with the reason and not run. All\n"
     "see the same random numbers, so that small differences are real: ratios come with a 95 % interval\n"
     "from the replications in pairs, and '~ 1' where they cannot be told from 1.\n"
     "The plot shows rate, throughput and latency over the CPU cycles of a packet; for a sweep over\n"
     "numbers, lines.\n"
     "Of a STORE the points that it holds are compared, and nothing is run.\n",
     "  iopath compare tutorial/01-first-run --modes pv,hvm,sriov --plot modes.svg\n"
     "  iopath compare my.yaml --instances c3.large,c3.8xlarge --modes sriov\n"},
    {"sweep", sweep_command, "SCENARIO", 1, 1,
     OPTION_HELP | OPTION_SET | OPTION_STORE | OPTION_GRID | OPTION_DESIGN | OPTION_ONLY | OPTION_SHARD |
         OPTION_DRY_RUN | OPTION_SEED | OPTION_REPLICATIONS | OPTION_PRECISION | OPTION_JOBS,
     TABLE_BIT, "run a grid of points into a store",
     "Runs the scenario for every combination of its swept values and those of --grid, or for the points of\n"
     "a Latin hypercube or a Sobol sequence, without those that a condition leaves out, and keeps every\n"
     "replication in an SQLite store as soon as it is finished. A sweep that was stopped, by whatever, goes on\n"
     "where it was; points and replications that are asked for later are added; the results are the same\n"
     "whatever the number of threads, and however often it was stopped. The scenario's plots are drawn at the\n"
     "end, unless only a shard was run. Several processes that mpirun starts share the points; --jobs is then\n"
     "the threads of each, one when left out.\n",
     "  iopath sweep tutorial/03-frame-sizes --store sizes.db\n"
     "  iopath sweep my.yaml --store my.db --grid guests[0].mode=pv,sriov --replications 10\n"
     "  iopath sweep my.yaml --store my.db --grid 'guests[0].workloads[0].frame=64 B..1518 B/10' \\\n"
     "      --only 'guests[0].mode != hvm'\n"
     "  iopath sweep my.yaml --store part3.db --shard 3/8\n"
     "  mpirun -n 8 iopath sweep my.yaml --store my.db\n"},
    {"export", export_command, "STORE", 1, 1, OPTION_HELP | OPTION_FORMAT | OPTION_OUTPUT | OPTION_WHERE,
     JSON_BIT | CSV_BIT, "print what a store holds",
     "Prints the stored results, one row per metric of each point with its mean and 95 % interval, in an order\n"
     "that depends on the results only. JSON adds the points that do not exist, with the reason.\n",
     "  iopath export sizes.db --where pps --where mode=sriov\n"
     "  iopath export sizes.db --format json -o sizes.json\n"},
    {"merge", merge_command, "STORE OTHER…", 2, INT_MAX, OPTION_HELP, TABLE_BIT, "copy other stores into one",
     "Adds to STORE, which is made if there is none, all points and replications of other stores that it\n"
     "does not have, such as those of the shards of a sweep.\n",
     "  iopath merge all.db part1.db part2.db\n"},
    {"plot", plot_command, "STORE|RESULT…", 1, INT_MAX,
     OPTION_HELP | OPTION_SET | OPTION_WHERE | OPTION_FIGURE | OPTION_OUTPUT, TABLE_BIT, "draw figures of results",
     "Draws results that were kept: stores of sweep, and JSON of run, compare and validate.\n"
     "  bars        a metric of each point\n"
     "  scaling     a metric over a swept number, a line for each value of --lines\n"
     "  latency     mean and percentiles of each point, or over a swept number --x\n"
     "  breakdown   shares of each domain's CPU time\n"
     "  heatmap     a metric over two swept keys, --x and --lines\n"
     "  validation  predicted over published values, from 'validate --format json'\n"
     "  timeline    from a trace, which nothing writes yet\n"
     "Intervals are error bars. The figure goes to -o FILE.svg, FILE.png or FILE.pdf. With --scenario those\n"
     "that its plots block asks for are drawn again, from its results, into their files.\n",
     "  iopath plot sizes.db --kind scaling --lines 'guests[web].mode' -o sizes.svg\n"
     "  iopath plot sizes.db --kind latency --where mode=sriov -o latency.pdf\n"
     "  iopath plot validation.json --kind validation -o validation.svg\n"
     "  iopath plot sizes.db --scenario tutorial/03-frame-sizes\n"},
    {"report", report_command, "STORE|RESULT…", 1, INT_MAX, OPTION_HELP | OPTION_WHERE | OPTION_OUTPUT, TABLE_BIT,
     "write a page of tables and figures",
     "Writes one HTML page that needs nothing else: what was run, the results with their intervals, figures,\n"
     "and the publications that the costs rest on. Stores of sweep, and JSON of run, compare and validate.\n",
     "  iopath report sizes.db -o sizes.html\n"
     "  iopath report validation.json -o validation.html\n"},
    {"explain", explain_command, "MODE|SCENARIO", 1, 1,
     OPTION_HELP | OPTION_SET | OPTION_FORMAT | OPTION_OUTPUT | OPTION_DIRECTION | OPTION_SOURCES, ALL_FORMATS,
     "show the path of a packet, step by step",
     "Prints every step a packet takes, where it happens, when, who spends the time and what it costs,\n"
     "in the order the model executes them, then the total per resource. With a mode, the guest and the\n"
     "workload are those of tutorial/01-first-run.\n",
     "  iopath explain pv --sources\n"
     "  iopath explain my.yaml --direction receive\n"},
    {"estimate", estimate_command, "SCENARIO", 1, 1, OPTION_HELP | OPTION_SET | OPTION_FORMAT | OPTION_OUTPUT,
     ALL_FORMATS, "compute operational bounds, without simulating",
     "Divides what each resource has by what one packet needs of it: an upper bound of the rate, the\n"
     "latency when nothing waits and the resource that limits, in microseconds of computing.\n",
     "  iopath estimate tutorial/01-first-run\n"},
    {"sensitivity", sensitivity_command, "SCENARIO", 1, 1,
     OPTION_HELP | OPTION_SET | OPTION_FORMAT | OPTION_OUTPUT | OPTION_SEED | OPTION_METRIC | OPTION_SAMPLES |
         OPTION_JOBS | OPTION_PLOT,
     ALL_FORMATS, "find which costs a result depends on, and which to measure",
     "Draws all costs from their ranges and shows which shares of the variance of one metric come from\n"
     "which cost: by itself (first order), and with all it does together with others (total), each with\n"
     "a 95 % interval. The metric is the first workload's main rate unless --metric names another.\n"
     "Costs that change nothing are found first; of the others the 20 of most effect are analysed. A\n"
     "design of N samples takes N times 22 runs, one replication each: shorten long scenarios.\n",
     "  iopath sensitivity tutorial/01-first-run\n"
     "  iopath sensitivity my.yaml --metric latency_p99 --set run.duration='10 ms' --plot costs.svg\n"},
    {"calibrate", calibrate_command, "DATA.csv", 0, 1,
     OPTION_HELP | OPTION_FIT | OPTION_SEED | OPTION_JOBS | OPTION_FORMAT | OPTION_OUTPUT, TABLE_BIT | JSON_BIT,
     "fit costs to measurements",
     "Fits the named costs, inside their ranges, so that the scenarios of DATA.csv predict what was\n"
     "measured, by least squares of the relative errors, and writes a cost set with the fitted values and\n"
     "their 95 % intervals to the file of -o. Reports each cost and each row before and after, and which\n"
     "costs the data cannot tell apart. Columns of DATA.csv, in any order: scenario, metric, value, unit,\n"
     "and perhaps weight or error, source, set (PATH=VALUE;PATH=VALUE).\n"
     "A cost enters a scenario if the scenario's cost set has the base's value of it. Times of VM exits\n"
     "are rows as well, or all there is.\n",
     "  iopath calibrate tutorial/06-calibrate.csv --fit socket.send,copy.hot --base ec2-ivybridge \\\n"
     "      -o mine.yaml\n"
     "  iopath calibrate own.csv --exits perf.txt --fit 'exit.eoi,netback.*' --base mine.yaml -o new.yaml\n"},
    {"claims", claims_command, "[NAME…]", 0, INT_MAX,
     OPTION_HELP | OPTION_FORMAT | OPTION_OUTPUT | OPTION_SEED | OPTION_REPLICATIONS | OPTION_JOBS, ALL_FORMATS,
     "put statements about PV and HVM to the test",
     "Runs the statements of the debate about PV and HVM, each as pairs of scenarios, and says whether they\n"
     "hold, by what factor one side exceeds the other (with a 95 % interval), what limits it, and under\n"
     "which conditions that turns. Without NAME all of scenarios/claims; NAME is one of them, or a\n"
     "scenario file with a claim. A statement that does not hold is a result; the exit code is 1 if a\n"
     "verdict is not the one that the file expects.\n",
     "  iopath claims\n"
     "  iopath claims sriov-networking --format json\n"},
    {"check", check_command, "FILE…", 1, INT_MAX, OPTION_HELP, TABLE_BIT, "validate files without running them",
     "Reads scenario, demand, host and price files and reports the first error of each with its line and\n"
     "column. All files are checked; the exit code is 2 if any is invalid.\n",
     "  iopath check scenarios/*.yaml\n"},
    {"list", list_command, "KIND", 1, 2, OPTION_HELP | OPTION_FORMAT | OPTION_OUTPUT, ALL_FORMATS,
     "show what there is to choose from",
     "KIND is one of modes, instances, hosts, nics, disks, costs, switches, workloads, scenarios, prices,\n"
     "demands. 'list costs NAME' shows the parameters of one cost set with their ranges, how they were\n"
     "obtained and their sources, 'list prices NAME' the prices of one list.\n",
     "  iopath list instances\n"
     "  iopath list costs\n"
     "  iopath list modes --format json\n"},
    {"validate", validate_command, "[FILE…]", 0, INT_MAX,
     OPTION_HELP | OPTION_FORMAT | OPTION_OUTPUT | OPTION_PLOT | OPTION_JOBS | OPTION_UNCERTAINTY, ALL_FORMATS,
     "show published results beside predicted ones",
     "Runs scenarios that have an expect block, all of the catalog when no file is given, and shows every\n"
     "published value beside the predicted one, the 90 % prediction interval, the error, and the medians of\n"
     "each publication, mode and kind of I/O. The interval holds 90 % of the predictions with costs drawn\n"
     "from their ranges (20 of them unless --uncertainty says otherwise, 0 for none), widened by what other\n"
     "publications' rows miss. Rows that are known to be missed are counted with the others, and their\n"
     "reasons shown. The exit code is 1 when any other row leaves its tolerance.\n",
     "  iopath validate --plot validation.svg\n"
     "  iopath validate published/zhang2019-p2p-vpp --uncertainty 0\n"
     "  iopath validate --format json -o validation.json\n"},
    {"plan", plan_command, "DEMAND", 1, 1,
     OPTION_HELP | OPTION_SET | OPTION_FORMAT | OPTION_OUTPUT | OPTION_PLOT | OPTION_SEED | OPTION_REPLICATIONS |
         OPTION_PRECISION | OPTION_JOBS | OPTION_UNCERTAINTY,
     ALL_FORMATS, "rank instance types and counts for a demand",
     "DEMAND says what load there is and how it grows, what latency is allowed, and which instance types and\n"
     "modes are. For each of them one instance is simulated with more and more load, to the highest that\n"
     "keeps the objective; the count follows, its cost by the price list, and the latency of an instance\n"
     "under its share of the load. Options are ranked by cost, then by latency. Those that do not keep the\n"
     "objective, that cannot run a mode or have no price are listed with the reason.\n"
     "The capacity's interval is that of the search: the limits hold at its lower end with 95 % confidence\n"
     "and were not shown to hold at the upper one. With --uncertainty the search is repeated with costs drawn\n"
     "from their ranges, and 90 % of the capacities and counts lie in the interval shown.\n"
     "The plot shows the cost of each option against its latency.\n"
     "DEMAND is a file, or the name of one of the catalog, as in scenarios/plan. The exit code is 1 if no\n"
     "option keeps the objective.\n",
     "  iopath plan plan/requests --plot requests.svg\n"
     "  iopath plan plan/requests --set 'objective.latency_p99=500 us' --set growth='30 %' --set years=2\n"
     "  iopath plan my.yaml --uncertainty 40 --format json -o plan.json\n"},
    {"fleet", fleet_command, "SCENARIO", 1, 1,
     OPTION_HELP | OPTION_SET | OPTION_FLEET | OPTION_STORE | OPTION_PLOT | OPTION_SEED | OPTION_REPLICATIONS |
         OPTION_JOBS | OPTION_FORMAT | OPTION_OUTPUT,
     ALL_FORMATS, "simulate racks of hosts and the traffic between",
     "Simulates a scenario with a fleet: what a frame or request of each traffic takes is measured on the\n"
     "packet level, then SimGrid shares CPUs, back ends, ports and uplinks among all flows, epoch by epoch.\n"
     "Shows what each traffic gets, which resources are full and for how long, migrations, energy, and what\n"
     "the scenario's upgrades gain. With --store the measured demands are kept, and found by the next run.\n"
     "The plot is a heat map of the racks over time.\n",
     "  iopath fleet fleet/two-racks --plot racks.svg\n"
     "  iopath fleet fleet/two-racks --zoom old/1\n"
     "  iopath fleet my.yaml --store demands.db --format csv --rows resources -o resources.csv\n"},
    {"bench", bench_command, "", 0, 0, OPTION_HELP | OPTION_FORMAT | OPTION_OUTPUT, TABLE_BIT | JSON_BIT,
     "measure the speed of this build on this machine",
     "Measures events per second of the event kernel beside a plain loop, and simulated packets per\n"
     "second of wall-clock time for each mode. Takes some ten seconds.\n",
     "  iopath bench\n"},
};
const size_t command_count = sizeof commands / sizeof commands[0];

const char *const commands_to_come[] = {"trace"};
const size_t commands_to_come_count = sizeof commands_to_come / sizeof commands_to_come[0];
