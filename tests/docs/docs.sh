#!/usr/bin/env bash
# The manual can be followed: runs the commands of README.md and docs/*.md as they are written, and looks for
# the files that they link to.
#
#     docs.sh SOURCE-DIRECTORY PROGRAM
#
# Every block ```sh is run, those of one file one after the other in a copy of the scenarios, unless the line
# above it says <!-- not run: REASON -->.
set -euo pipefail

source_dir=$1 program=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PATH=${program%/*}:$PATH IOPATH_DATA=$source_dir
failed=0

# blocks FILE: the commands to run.
blocks() {
  awk '
    /^```sh$/ && before !~ /^<!-- not run: .* -->$/ { inside = 1; print "# line " NR; next }
    /^```/ { inside = 0 }
    inside { print }
    { before = $0 }
  ' "$1"
}

for file in "$source_dir"/*.md "$source_dir"/docs/*.md; do
  name=${file#"$source_dir"/}
  blocks "$file" > "$scratch/commands"
  [[ -s $scratch/commands ]] || continue
  mkdir "$scratch/run"
  cp -r "$source_dir/scenarios" "$source_dir/models" "$scratch/run/"
  if (cd "$scratch/run" && bash -euo pipefail "$scratch/commands" > "$scratch/output" 2>&1); then
    printf 'ok      %s: %d commands\n' "$name" "$(grep -vc '^#' "$scratch/commands")"
  else
    cat "$scratch/output"
    printf 'FAILED  %s: its commands:\n' "$name"
    cat "$scratch/commands"
    failed=1
  fi
  rm -rf "$scratch/run"
done

# Links to files of the project, fragments left out.
while IFS=: read -r file target; do
  target=${target%%#*}
  if [[ -n $target && ! -e ${file%/*}/$target ]]; then
    printf 'FAILED  %s links to %s, which is not there\n' "${file#"$source_dir"/}" "$target"
    failed=1
  fi
done < <(grep -oE '\]\([^)]+\)' "$source_dir"/*.md "$source_dir"/docs/*.md | sed -E 's/\]\(([^)]*)\)$/\1/' | grep -vE ':(https?|mailto):')

# Every option of every command is in the manual page.
sed 's/\\-/-/g' "$source_dir/docs/iopath.1" > "$scratch/manual"
for command in $(iopath --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
  while read -r option; do
    if ! grep -qF -- "$option" "$scratch/manual"; then
      printf 'FAILED  docs/iopath.1 lacks %s of iopath %s\n' "$option" "$command"
      failed=1
    fi
  done < <(iopath "$command" --help | sed -n '/^Options:/,/^$/s/^  \(-[a-z], \)\{0,1\}\(--[a-z-]*\).*/\2/p')
done

exit "$failed"
