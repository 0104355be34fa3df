#!/usr/bin/env bash
# What an epoch of a fleet costs, by the number of its flows: runs scenarios/fleet/thousand-hosts.yaml at several
# sizes, near its noon, and draws CPU seconds per epoch beside a line of equal cost per flow.
#
#     docs/fleet-scaling.sh [FIGURE]
#
# The figure is docs/images/fleet-scaling.svg if left out; the table of docs/fleet.md goes to standard output. An
# epoch's time is the difference between a run of 13 epochs and one of 1, divided by 12, so that reading, placement and
# SimGrid's platform do not count. CPU time, not time of day, and the less of two runs: other programs may run meanwhile.
# IOPATH_BUILD is the build directory, build/ by default.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=$(cd "${IOPATH_BUILD:-build}" && pwd)
export PATH=$build/cli:$PATH IOPATH_DATA=$PWD LC_ALL=C TIMEFORMAT='%U %S'
figure=${1:-docs/images/fleet-scaling.svg}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

hosts_of_a_rack=40 instances_of_a_host=16 sizes=(12 25 50 100) most=13

# Factors of the first epochs, each a little more than the one before: what does not change is not computed again.
profile=()
for ((i = 0; i < most; i++)); do profile+=(--set "fleet.traffic[chatter].profile[$i]=0.9$(printf '%02d' "$i")"); done

# fleet RACKS EPOCHS: simulates it.
fleet() {
  local instances=$(($1 * hosts_of_a_rack * instances_of_a_host))
  iopath fleet fleet/thousand-hosts --store "$scratch/demands.db" --jobs 1 \
    --set "fleet.racks[rack].count=$1" --set "fleet.duration=$((5 * $2)) min" "${profile[@]}" \
    --set "fleet.instances[old].count=$((instances * 3 / 4))" --set "fleet.instances[new].count=$((instances / 4))" \
    --format csv --rows epochs -o "$scratch/epochs.csv" 2> /dev/null
}

# cpu RACKS EPOCHS: seconds that takes, the less of two runs.
cpu() {
  for _ in 1 2; do { time fleet "$1" "$2"; } 2>&1; done |
    awk '{ s = $1 + $2; if (NR == 1 || s < least) least = s } END { print least }'
}

fleet "${sizes[0]}" 1 # the probes, which the others find in the store
printf '| hosts | flows | competing | CPU of 1 epoch | of %d epochs | CPU per epoch | per flow and epoch |\n' "$most"
printf '|---|---|---|---|---|---|---|\n'
for racks in "${sizes[@]}"; do
  one=$(cpu "$racks" 1)
  all=$(cpu "$racks" "$most")
  competing=$(sed -n 2p "$scratch/epochs.csv" | cut -d, -f6)
  hosts=$((racks * hosts_of_a_rack))
  flows=$((hosts * instances_of_a_host))
  awk -v hosts="$hosts" -v flows="$flows" -v competing="$competing" -v one="$one" -v all="$all" -v epochs="$most" \
    -v data="$scratch/data" 'BEGIN {
      epoch = (all - one) / (epochs - 1)
      printf "| %d | %d | %d | %.2f s | %.2f s | %.3f s | %.1f us |\n", hosts, flows, competing, one, all, epoch,
             1e6 * epoch / flows
      print flows, epoch >> data
    }'
done

gnuplot << END
set terminal svg size 640,400 font "sans,12" background "white"
set output "$figure"
set logscale xy
set key top left
set grid
set xlabel "flows"
set ylabel "CPU seconds per epoch"
set xrange [5000:100000]
stats "$scratch/data" using (\$2 / \$1) name "cost" nooutput
plot "$scratch/data" using 1:2 with linespoints pointtype 7 linecolor rgb "#0072b2" title "measured", \
     cost_min * x with lines dashtype 2 linecolor rgb "#555555" \
     title sprintf("linear, %.1f us per flow and epoch", 1e6 * cost_min)
END
