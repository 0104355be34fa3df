#!/usr/bin/env bash
# Sets iopath up on a fresh Debian 12 and does one of two things with it; see usage below.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat << 'END'
Usage: ./setup.sh COMMAND

  demo   build iopath, compare five virtualization modes of a c3.8xlarge, and draw the figures
  test   build iopath with warnings as errors and run all tests
  build  only build: the program is build/cli/iopath
  deps   only install what is missing; 'deps ci' adds what .ci/run needs

Packages that are missing are installed with apt-get, as root or by sudo; nothing else on the system is
changed. Builds go to build/. IOPATH_JOBS is the number of compilers at a time, by default one per CPU.
END
}

say() { printf 'setup: %s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# ---- what is needed, and how to see that it is there: PACKAGE KIND NAME

readonly needed='
gcc              command gcc
libc6-dev        header  stdio.h
cmake            command cmake
ninja-build      command ninja
pkg-config       command pkg-config
gnuplot-nox      command gnuplot
libgsl-dev       module  gsl
libyaml-dev      module  yaml-0.1
libpcap-dev      module  libpcap
libjansson-dev   module  jansson
libsqlite3-dev   module  sqlite3
libopenmpi-dev   module  ompi-c
openmpi-bin      command mpirun
libsimgrid-dev   module  simgrid
libcriterion-dev module  criterion
librandom123-dev header  Random123/philox.h
'
readonly needed_for_ci='
clang            command clang
clang-format     command clang-format
clang-tidy       command clang-tidy
'

is_there() { # KIND NAME
  case $1 in
  command) command -v "$2" > /dev/null ;;
  module) command -v pkg-config > /dev/null && pkg-config --exists "$2" ;;
  header) command -v gcc > /dev/null && printf '#include <%s>\n' "$2" | gcc -E -x c - > /dev/null 2>&1 ;;
  esac
}

missing_packages() { # LIST
  local package kind name
  while read -r package kind name; do
    if [[ -n $package ]] && ! is_there "$kind" "$name"; then printf '%s ' "$package"; fi
  done <<< "$1"
}

as_root() {
  if [[ $EUID -eq 0 ]]; then
    "$@"
  elif [[ -n ${CI:-} || ! -t 0 ]]; then
    sudo -n "$@" # nobody there to type a password
  else
    sudo "$@"
  fi
}

install_missing() { # LIST
  local missing
  missing=$(missing_packages "$1")
  if [[ -z $missing ]]; then return; fi
  command -v apt-get > /dev/null || die "please install what these Debian packages provide: $missing"
  if [[ $EUID -ne 0 ]] && ! command -v sudo > /dev/null; then
    die "missing: $missing
setup: run 'apt-get install $missing' as root, or this script as root or with sudo installed"
  fi
  say "missing: $missing"
  say "installing them with apt-get, to build and test iopath (asking for root if need be)"
  as_root apt-get -qq update
  # shellcheck disable=SC2086 # a list of words
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install \
    --yes --no-install-recommends $missing < /dev/null > /dev/null
  missing=$(missing_packages "$1")
  [[ -z $missing ]] || die "installed, but still not usable: $missing"
}

# ---- build

job_count() { echo "${IOPATH_JOBS:-$(nproc)}"; }

build() { # OPTION…: of cmake
  local generator=() cache=build/CMakeCache.txt started=$SECONDS
  if [[ -f $cache ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$cache"; then
    say "build/ was made for another directory; starting afresh"
    rm -rf "$cache" build/CMakeFiles
  fi
  if [[ ! -f $cache ]]; then generator=(-G Ninja); fi
  quietly cmake -S . -B build "${generator[@]}" -DCMAKE_BUILD_TYPE=Release "$@"
  quietly cmake --build build --parallel "$(job_count)"
  say "built build/cli/iopath in $((SECONDS - started)) s"
}

# Runs a command and shows what it printed only if it failed.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" > "$log" 2>&1 || status=$?
  if [[ $status -ne 0 ]]; then cat "$log" >&2; fi
  rm -f "$log"
  return "$status"
}

# ---- commands

readonly modes=native,pv,pvhvm,hvm,sriov

# One comparison, drawn as SVG. The same seed gives the same numbers, so that a second run for the PNG would
# only take time.
compare() { # SCENARIO FIGURE
  local scenario=scenarios/$1.yaml figure=demo-output/$2
  build/cli/iopath compare "$scenario" --modes "$modes" --plot "$figure.svg"
  echo
}

demo() {
  install_missing "$needed"
  build
  mkdir -p demo-output
  echo
  compare ec2/c3-8xlarge-udp64 packets
  compare ec2/c3-8xlarge-rr round-trip
  cat << END
The figures: demo-output/packets.svg
             demo-output/round-trip.svg
Go on with:  build/cli/iopath run scenarios/tutorial/01-first-run.yaml
             build/cli/iopath explain pv --sources
END
}

run_tests() {
  local status=0 log
  install_missing "$needed"
  build -DIOPATH_WERROR=ON
  log=$(mktemp)
  ctest --test-dir build --output-on-failure 2>&1 | tee "$log" || status=$?
  grep -E '^[0-9]+% tests passed' "$log" || true
  rm -f "$log"
  .ci/tally build
  return "$status"
}

case ${1:-} in
demo) demo ;;
test) run_tests ;;
build)
  install_missing "$needed"
  build
  ;;
deps)
  install_missing "$needed"
  if [[ ${2:-} == ci ]]; then install_missing "$needed_for_ci"; fi
  ;;
'' | -h | --help | help) usage ;;
*)
  say "'$1' is not a command"
  usage >&2
  exit 2
  ;;
esac
