#!/usr/bin/env bash
# Usage: check_includes.sh ROOT
# Checks the promises of src/: includes point one way, the pure folders touch neither network, thread nor clock, and every
# folder says in a README.md what it is for. The layers and their order are those of src/CMakeLists.txt; the headers of
# include/suzaku/NAME/ belong to the folder NAME.
set -euo pipefail
cd "$1"

pure='protocol http ws'
# Everything that opens a socket, starts a thread, waits or reads a clock.
impure='^(sys/.*|netinet/.*|arpa/.*|netdb\.h|poll\.h|unistd\.h|pthread\.h|time\.h|boost/asio.*|openssl/ssl\.h'
impure+='|thread|mutex|shared_mutex|condition_variable|future|semaphore|latch|barrier|stop_token|chrono)$'

layers=$(sed -n 's/^ *add_subdirectory(\([a-z_]*\)).*/\1/p' src/CMakeLists.txt | tr '\n' ' ')
failed=0
complain() {
  printf '%s\n' "$1"
  failed=1
}

for folder in src/*/; do
  name=$(basename "$folder")
  [[ " $layers" == *" $name "* ]] || complain "$folder: not in src/CMakeLists.txt, which has the order of the layers"
  [[ -s $folder/README.md ]] || complain "$folder: no README.md that says what lives here and what may not"
done

# One line per include: FILE LINE "header" or FILE LINE <header>.
includes() {
  find src include -name '*.[ch]pp' -exec grep -nHE '^[[:space:]]*#[[:space:]]*include' {} + |
    sed -E 's/^([^:]*):([0-9]*):[^<"]*(["<][^">]*[">]).*/\1 \2 \3/'
}

includes | awk -v layers="$layers" -v pure="$pure" -v impure="$impure" '
  BEGIN {
    for (i = split(layers, order, " "); i > 0; --i) rank[order[i]] = i
    for (i = split(pure, names, " "); i > 0; --i) is_pure[names[i]] = 1
  }
  function complain(what) { printf "%s:%s: %s\n", $1, $2, what; bad = 1 }
  # The layer of src/NAME/..., include/suzaku/NAME/..., "NAME/..." and <suzaku/NAME/...>; none for <suzaku/json.hpp>.
  function layer_of(path) {
    sub(/^(src|include\/suzaku|suzaku)\//, "", path)
    sub(/\/.*/, "", path)
    return path in rank ? path : ""
  }
  {
    header = substr($3, 2, length($3) - 2)
    own = substr($3, 1, 1) == "\"" || header ~ /^suzaku\//
    test = $1 ~ /_test\.cpp$/
    from = layer_of($1)
    to = own ? layer_of(header) : ""
    if ($1 ~ /^include\// && own && header !~ /^suzaku\//) complain($3 " is not public")
    if ($1 ~ /^src\// && !test && own && header !~ /^suzaku\// && to == "") complain($3 " is in no layer of src/")
    if (to == "" || from == to) {
      if (is_pure[from] && !test && !own && header ~ impure) complain($3 " in the pure folder " from)
    } else if (from != "" && rank[to] > rank[from]) {
      complain($3 ": " to " is a later layer than " from)
    } else if (is_pure[from] && to != "base") {
      complain($3 " in the pure folder " from ", which may build on base alone")
    }
    ++count
  }
  END {
    if (count < 10) { print "found no includes: wrong folder?"; bad = 1 }
    exit bad
  }' || failed=1

exit $failed
