#!/usr/bin/env bash
# The installed tree works on its own: builds a copy of the sources, installs it, deletes the copy, and uses
# what is left: the program, its manual and completions, and the libraries from another program.
#
#     install.sh SOURCE-DIRECTORY BUILD-DIRECTORY COMPILER
set -euo pipefail

source_dir=$1 build_dir=$2 compiler=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
prefix=$scratch/prefix

fail() {
  printf 'install: %s\n' "$*" >&2
  exit 1
}

step() { printf '== %s\n' "$*"; }

step "build and install"
mkdir "$scratch/source"
for part in CMakeLists.txt LICENSE README.md CHANGELOG.md CONTRIBUTING.md \
            analysis cli cmake completions docs models scenarios sim; do
  cp -r "$source_dir/$part" "$scratch/source/"
done
generator=$(sed -n 's/^CMAKE_GENERATOR:INTERNAL=//p' "$build_dir/CMakeCache.txt")
cmake -S "$scratch/source" -B "$scratch/build" -G "$generator" -DCMAKE_C_COMPILER="$compiler" \
      -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG=-O0 -DBUILD_TESTING=OFF \
      -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib > "$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
cmake --build "$scratch/build" --parallel 2 > "$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
cmake --install "$scratch/build" > "$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
rm -rf "$scratch/source" "$scratch/build"

step "files are where they belong"
for file in bin/iopath lib/libiopath.a lib/libiopath.so lib/libiopath.so.0 lib/pkgconfig/iopath.pc \
            lib/cmake/iopath/iopath-config.cmake include/iopath/sim/sim.h include/iopath/models/model.h \
            include/iopath/scenarios/scenario.h include/iopath/analysis/report.h \
            share/iopath/models/catalog/hosts/ec2-ivybridge.yaml share/iopath/scenarios/tutorial/01-first-run.yaml \
            share/man/man1/iopath.1 share/bash-completion/completions/iopath share/zsh/site-functions/_iopath \
            share/fish/vendor_completions.d/iopath.fish; do
  [[ -e $prefix/$file ]] || fail "$file is not there"
done
if pkg-config --exists ompi-c; then [[ -e $prefix/lib/iopath/iopath-mpi.so ]] || fail "the MPI module is not there"; fi
if pkg-config --exists simgrid; then [[ -e $prefix/lib/iopath/iopath-fleet.so ]] || fail "SimGrid's module is not there"; fi
find "$prefix/share" -name '*.md' | grep README > /dev/null || fail "README.md is not there"
find "$prefix" -name 'LICENSE' | grep . > /dev/null || fail "LICENSE is not there"
[[ -z $(find "$prefix/share/iopath" -name '*.c' -o -name '*.h') ]] || fail "sources among the data"

step "the program finds its data with an empty environment, from anywhere"
cd "$scratch"
quick=(--replications 2 --set "run.duration=2 ms")
env -i "$prefix/bin/iopath" list scenarios > scenarios.txt
grep -q tutorial/01-first-run scenarios.txt || fail "no scenarios"
env -i "$prefix/bin/iopath" run tutorial/01-first-run "${quick[@]}" > run.txt
grep -q "$prefix/share/iopath/scenarios/tutorial/01-first-run.yaml" run.txt || fail "not the installed scenario"
grep -q 'packets conserved' run.txt || fail "run: $(cat run.txt)"
env -i "$prefix/bin/iopath" explain pv --sources > /dev/null
if [[ -e $prefix/lib/iopath/iopath-fleet.so ]]; then
  env -i "$prefix/bin/iopath" fleet fleet/two-racks > fleet.txt || fail "fleet: $(cat fleet.txt)"
  grep -q '^Energy' fleet.txt || fail "fleet: $(cat fleet.txt)"
fi
mv "$prefix" "$scratch/moved"
env -i "$scratch/moved/bin/iopath" list hosts > hosts.txt
grep -q ec2-ivybridge hosts.txt || fail "a moved installation loses its data"
env -i IOPATH_DATA="$scratch/moved/share/iopath" "$scratch/moved/bin/iopath" list hosts > hosts.txt
grep -q ec2-ivybridge hosts.txt || fail "IOPATH_DATA is not used"
mv "$scratch/moved" "$prefix"

step "a program links the libraries by pkg-config"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
program=$source_dir/tests/install/program.c
scenario=tutorial/01-first-run.yaml
read -ra cflags <<< "$(pkg-config --cflags iopath)"
read -ra libs <<< "$(pkg-config --libs iopath)"
read -ra static_libs <<< "$(pkg-config --static --libs iopath)"
warnings=(-std=c17 -Wall -Wextra -Wpedantic -Werror)
"$compiler" "${warnings[@]}" -DOWN_RING_FINI "${cflags[@]}" "$program" -o shared "${libs[@]}"
LD_LIBRARY_PATH=$prefix/lib ./shared "$scenario" > shared.txt
readelf -d shared | grep 'NEEDED.*libiopath\.so\.0' > /dev/null || fail "not linked to libiopath.so.0"
"$compiler" "${warnings[@]}" "${cflags[@]}" "$program" -o static "${static_libs[@]/#-liopath/-l:libiopath.a}"
./static "$scenario" > static.txt
if readelf -d static | grep libiopath > /dev/null; then fail "the static program needs libiopath.so"; fi
grep -Eq '^pps [1-9][0-9]+$' shared.txt || fail "shared: $(cat shared.txt)"
cmp shared.txt static.txt || fail "shared and static library disagree"

step "a program links the libraries by find_package"
mkdir consumer
cp "$program" consumer/program.c
cat > consumer/CMakeLists.txt << 'END'
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES C)
find_package(iopath 0.1 REQUIRED)
add_executable(with_shared program.c)
target_link_libraries(with_shared PRIVATE iopath::iopath)
add_executable(with_static program.c)
target_link_libraries(with_static PRIVATE iopath::static)
END
cmake -S consumer -B consumer/build -DCMAKE_C_COMPILER="$compiler" -DCMAKE_PREFIX_PATH="$prefix" > log 2>&1 || { cat log; exit 1; }
cmake --build consumer/build > log 2>&1 || { cat log; exit 1; }
for program in with_shared with_static; do
  "consumer/build/$program" "$scenario" | cmp - shared.txt || fail "$program: another result"
done

step "the manual page is well formed"
if command -v man > /dev/null; then
  problems=$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$prefix/share/man/man1/iopath.1" 2>&1 > /dev/null)
  [[ -z $problems ]] || fail "$problems"
fi

step "bash completes commands, options and names"
PATH=$prefix/bin:$PATH bash "$source_dir/tests/install/completion.sh" "$prefix/share/bash-completion/completions/iopath"
echo "ok"
