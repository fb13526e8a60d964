#!/usr/bin/env bash
# Usage: check_conformance.sh PAGE PROGRAMS SECTION=COUNT...
# Checks that a page of conformance tells the truth: each `program: Suite.test` it names is a test of the program of that
# name in the folder PROGRAMS, each row of a table names such a test or says something else in words, and the section
# "## SECTION" has COUNT rows, no two of them the same.
set -euo pipefail
page=$1 programs=$2
shift 2
failed=0
complain() {
  printf '%s: %s\n' "$page" "$1"
  failed=1
}

# One line per test of a program: Suite.test, without the parts that parameters add.
tests_of() {
  "$programs/$1" --gtest_list_tests |
    awk '/^[^ ]+\.( |$)/ { suite = $1; sub(/^[^\/]*\//, "", suite); sub(/\/.*/, ".", suite); next }
         /^  / { name = $1; sub(/\/.*/, "", name); print suite name }'
}

# shellcheck disable=SC2016  # backquotes of Markdown
named=$(grep -oE '`[a-z_]+_test: [^`]*`' "$page" | tr -d '`' | sort -u)
[[ -n $named ]] || complain "names no test"
mapfile -t test_programs < <(cut -d: -f1 <<<"$named" | sort -u)
for program in "${test_programs[@]}"; do
  if ! tests=$(tests_of "$program"); then
    complain "cannot list the tests of $program; build it first (target test_programs)"
    continue
  fi
  while read -r name; do
    grep -qxF -- "$name" <<<"$tests" || complain "$program has no test $name"
  done < <(sed -n "s/^$program: //p" <<<"$named")
done

# One line per row: "### heading | first column | second column", and how it goes on.
rows_of() {
  awk -v section="## $1" '/^## / { inside = $0 == section }
                          /^### / { heading = $0 }
                          inside && /^\|[^|]*\| "/ { print heading $0 }' "$page"
}
for expected in "$@"; do
  rows=$(rows_of "${expected%=*}")
  count=$(grep -c . <<<"$rows" || true)
  [[ $count == "${expected##*=}" ]] || complain "\"${expected%=*}\" has $count rows, expected ${expected##*=}"
  twice=$(cut -d'|' -f1-3 <<<"$rows" | sort | uniq -d)
  [[ -z $twice ]] || complain "twice: $twice"
  empty=$(grep -E '\| *\|$' <<<"$rows" || true)
  [[ -z $empty ]] || complain "says nothing of: $empty"
done
exit $failed
