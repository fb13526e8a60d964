#pragma once

#include <optional>
#include <string>
#include <utility>

#include <suzaku/client/options.hpp>
#include <suzaku/result.hpp>

#include "config/value.hpp"

namespace suzaku::config {

/// `now`, which `read` has made of the value; but where it comes from a file, a function that reads it again each time,
/// so that a secret may be replaced while it is in use. Nothing but regular files is read again. `read` gives nothing
/// for a value that it complains of. The function fails with that complaint, which shows no secret.
template <class Source, class T, class Read>
Source fresh(const Value& value, T now, Read read) {
  if (!value.is_from_file()) return Source(std::move(now));
  return Source([key = value.key(), place = value.key_place(), node = value.node_pointer(),
                 environment = value.reading().environment(), read](const auto&) -> Result<T> {
    Reading reading("", environment, Depth::text, Files::regular);  // a pipe could block here
    std::optional<T> again = read(Value(reading, key, place, node));
    if (again && reading.complaints() == 0) return *std::move(again);
    return failure(reading.complaints() == 0 ? key + ": it cannot be read" : reading.mistakes().front().message);
  });
}

}  // namespace suzaku::config
