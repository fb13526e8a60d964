#!/usr/bin/env bash
# Usage: check_includes.sh ROOT
# Checks the promises of src/: includes point one way, the pure folders touch neither network, thread nor clock, and every
# folder says in a README.md what it is for. The layers and their order are those of src/CMakeLists.txt; the folders within
# a layer are layers of their own, before it, in the order of its CMakeLists.txt. The headers of include/suzaku/NAME/ belong
# to the layer NAME, but the folders within it may use them. Public functions that return a Result are [[nodiscard]].
# The folders of apps/suzaku include themselves and cli/, not each other.
set -euo pipefail
cd "$1"

pure='protocol http ws client/core'
# What a layer may build on, where that is not all that stands before it.
narrow='sqlite:base bridge:base,protocol,client,client/core,signals protocol:base http:base ws:base client/core:base,protocol,http,ws signals:base,protocol sinks:base,sqlite,protocol,http,client,client/core,signals,bridge client/transport:base,protocol,http,ws,net,client/core'
# Which layers alone may build on a layer, where that is not all that stand after it.
reserved='sqlite:sinks'
# Everything that opens a socket, starts a thread, waits or reads a clock.
impure='^(sys/.*|netinet/.*|arpa/.*|netdb\.h|poll\.h|unistd\.h|pthread\.h|time\.h|boost/asio.*|openssl/ssl\.h'
impure+='|thread|mutex|shared_mutex|condition_variable|future|semaphore|latch|barrier|stop_token|chrono)$'
# But the client's core reckons with time that it is given, and asks the system what is an IP address.
excused='^client/core (chrono|arpa/inet\.h)$'

subdirectories() { sed -n 's/^ *add_subdirectory(\([a-z_]*\)).*/\1/p' "$1/CMakeLists.txt"; }
layers=$(for layer in $(subdirectories src); do
  subdirectories "src/$layer" | sed "s|^|$layer/|"
  echo "$layer"
done | tr '\n' ' ')
failed=0
complain() {
  printf '%s\n' "$1"
  failed=1
}

for folder in src/*/ src/*/*/; do
  name=${folder#src/} name=${name%/}
  [[ " $layers" == *" $name "* ]] || complain "$folder: not in the CMakeLists.txt above it, which has the order of layers"
  [[ -s $folder/README.md ]] || complain "$folder: no README.md that says what lives here and what may not"
done

# A failure that a caller can act on must not be overlooked.
if grep -rnE '^ *(virtual |static )*(Result|tl::expected)<.*\(' include; then
  complain 'public functions that may fail, and are not [[nodiscard]]'
fi

# "client/NAME.hpp" would mean two files, if it were in apps/suzaku and in src.
for header in apps/suzaku/*/*.hpp; do
  [[ ! -e src/${header#apps/suzaku/} ]] || complain "$header: src/ has a header of this name"
done
# FILE:LINE:"NAME" for each own include of the program's folders. It names a file beside FILE, or one of cli/, or one of src/.
while IFS=: read -r file line header; do
  header=${header//\"/}
  [[ -e ${file%/*}/$header && $header != */* ]] || [[ -e apps/suzaku/$header && $header == cli/* ]] || [[ -e src/$header ]] ||
    [[ $header == web/pages.hpp ]] || complain "$file:$line: \"$header\" is neither of this folder, nor of cli/, nor of src/"
done < <(grep -rnoE '^#include "[^"]*"' apps/suzaku/*/ | sed 's/#include //')

# One line per include: FILE LINE "header" or FILE LINE <header>.
includes() {
  find src include -name '*.[ch]pp' -exec grep -nHE '^[[:space:]]*#[[:space:]]*include' {} + |
    sed -E 's/^([^:]*):([0-9]*):[^<"]*(["<][^">]*[">]).*/\1 \2 \3/'
}

includes | awk -v layers="$layers" -v pure="$pure" -v narrow="$narrow" -v reserved="$reserved" -v impure="$impure" -v excused="$excused" '
  BEGIN {
    for (i = split(layers, order, " "); i > 0; --i) rank[order[i]] = i
    for (i = split(pure, names, " "); i > 0; --i) is_pure[names[i]] = 1
    for (i = split(narrow, names, " "); i > 0; --i) {
      split(names[i], parts, ":")
      may[parts[1]] = "," parts[2] ","
    }
    for (i = split(reserved, names, " "); i > 0; --i) {
      split(names[i], parts, ":")
      users[parts[1]] = "," parts[2] ","
    }
  }
  function complain(what) { printf "%s:%s: %s\n", $1, $2, what; bad = 1 }
  # The layer of src/NAME/..., include/suzaku/NAME/..., "NAME/..." and <suzaku/NAME/...>; none for <suzaku/json.hpp>.
  function layer_of(path,    parts, nested) {
    sub(/^(src|include\/suzaku|suzaku)\//, "", path)
    split(path, parts, "/")
    nested = parts[1] "/" parts[2]
    if (nested in rank) return nested
    return parts[1] in rank ? parts[1] : ""
  }
  {
    header = substr($3, 2, length($3) - 2)
    own = substr($3, 1, 1) == "\"" || header ~ /^suzaku\//
    test = $1 ~ /_test\.[ch]pp$/
    from = layer_of($1)
    to = own ? layer_of(header) : ""
    public = header ~ /^suzaku\//
    if ($1 ~ /^include\// && own && !public) complain($3 " is not public")
    if ($1 ~ /^src\// && !test && own && !public && to == "") complain($3 " is in no layer of src/")
    if (to == "" || from == to) {
      if (is_pure[from] && !test && !own && header ~ impure && from " " header !~ excused)
        complain($3 " in the pure folder " from)
    } else if (public && index(from, to "/") == 1) {
      # what the folder helps to implement
    } else if (from != "" && rank[to] > rank[from]) {
      complain($3 ": " to " is a later layer than " from)
    } else if (from in may && index(may[from], "," to ",") == 0) {
      complain($3 ": " from " may not build on " to)
    } else if (to in users && index(users[to], "," from ",") == 0) {
      complain($3 ": only " users[to] " may build on " to)
    }
    ++count
  }
  END {
    if (count < 10) { print "found no includes: wrong folder?"; bad = 1 }
    exit bad
  }' || failed=1

exit $failed
