#!/usr/bin/env bash
# Bash completion offers what there is: completion.sh COMPLETION-FILE, with iopath in PATH.
set -euo pipefail
# shellcheck disable=SC1090
source "$1"

# expect "LINE" WORD…: completing the last word of LINE offers all these words.
expect() {
  local line=$1 word
  shift
  read -ra COMP_WORDS <<< "${line//=/ = }"
  if [[ $line == *' ' ]]; then COMP_WORDS+=(''); fi
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _iopath
  for word in "$@"; do
    if ! printf '%s\n' "${COMPREPLY[@]}" | grep -xF -- "$word" > /dev/null; then
      printf "completing '%s' does not offer '%s' but: %s\n" "$line" "$word" "${COMPREPLY[*]}" >&2
      exit 1
    fi
  done
}

compopt() { :; } # outside of a completion there is none to change
expect "iopath " run compare explain list --help
expect "iopath co" compare
expect "iopath run " tutorial/01-first-run
expect "iopath sens" sensitivity
expect "iopath sensitivity " tutorial/01-first-run
expect "iopath sensitivity --" --metric= --samples= --plot=
expect "iopath run --" --set= --uncertainty= --format= --seed= --help
expect "iopath run --format=" table json csv
expect "iopath run --format=js" json
expect "iopath run --format cs" csv
expect "iopath compare --modes " native pv hvm sriov
expect "iopath compare --modes pv,sr" pv,sriov
expect "iopath compare --instances c3.8" c3.8xlarge
expect "iopath explain sr" sriov
expect "iopath calibrate --fit socket.send,netback.t" socket.send,netback.tx
expect "iopath calibrate --base ec2-i" ec2-ivybridge
expect "iopath claims pv" pv-drivers-on-hvm pv64-costs
expect "iopath list " modes scenarios
expect "iopath list prices " ec2-2017
expect "iopath plan " plan/requests
expect "iopath fleet " fleet/two-racks
expect "iopath fleet --" --zoom= --rows= --trace= --store=
expect "iopath fleet --rows re" resources
expect "iopath list costs " ec2-ivybridge
cd "$(mktemp -d)"
touch mine.yaml other.txt
expect "iopath check m" mine.yaml
rm -r "$PWD"
