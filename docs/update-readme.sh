#!/usr/bin/env bash
# Puts what the program prints into README.md and files of docs/, and the tables of keys into
# docs/scenario-reference.md.
#
#     docs/update-readme.sh            rewrite them
#     docs/update-readme.sh --check    fail if they are not up to date
#
# Between a line <!-- output of: COMMAND --> and the line <!-- end of output --> stands COMMAND's output,
# without the line that says how long it took. The store of a --store is a scratch file, which commands of one run
# share. IOPATH_BUILD is the build directory, build/ by default.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=$(cd "${IOPATH_BUILD:-build}" && pwd)
stores=$(mktemp -d)
trap 'rm -rf "$stores"' EXIT
export PATH=$build/cli:$build/tests:$PATH IOPATH_DATA=$PWD

case ${1:-} in
'' | --check) ;;
*)
  sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
  exit 2
  ;;
esac

# refresh FILE: prints it with the outputs of today.
refresh() {
  local line command output inside=
  while IFS= read -r line; do
    if [[ $line == '<!-- end of output -->' ]]; then inside=; fi
    if [[ -z $inside ]]; then printf '%s\n' "$line"; fi
    if [[ $line =~ ^'<!-- output of: '(.*)' -->'$ ]]; then
      command=${BASH_REMATCH[1]} inside=yes
      # shellcheck disable=SC2086 # a command line without quotes
      output=$(${command//--store /--store $stores/} | grep -v '^  simulated ')
      # shellcheck disable=SC2016 # a fence, not a command
      if [[ $command == iopath* ]]; then printf '```text\n%s\n```\n' "$output"; else printf '%s\n' "$output"; fi
    fi
  done < "$1"
  [[ -z $inside ]] || {
    echo "$1: an output without an end" >&2
    return 1
  }
}

status=0
for file in README.md docs/scenario-reference.md docs/claims.md docs/validation.md docs/planning.md \
            docs/migration-study.md; do
  new=$(mktemp)
  refresh "$file" > "$new"
  if [[ ${1:-} == --check ]]; then
    if ! diff -u "$file" "$new"; then
      echo "$file is out of date: run docs/update-readme.sh" >&2
      status=1
    fi
  elif ! cmp -s "$file" "$new"; then
    cat "$new" > "$file"
    echo "updated $file"
  fi
  rm -f "$new"
done
exit "$status"
