#!/usr/bin/env bash
# feed.sh PROGRAM CORPUS FOLDER: feeds a fuzz target for SUZAKU_FUZZ_SECONDS (40). What it learns stays in
# FOLDER/corpus, what it finds in FOLDER/findings.
set -euo pipefail
name=$(basename "$2")
mkdir -p "$3/corpus/$name" "$3/findings"
export UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=allow_addr2line=1
exec "$1" -max_total_time="${SUZAKU_FUZZ_SECONDS:-40}" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$3/findings/" \
  -print_final_stats=1 "$3/corpus/$name" "$2"
