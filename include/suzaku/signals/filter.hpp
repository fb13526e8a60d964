#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <suzaku/json.hpp>
#include <suzaku/payload.hpp>

namespace suzaku::signals {

/// Selects messages of Phoenix. A field that is not set fits every message. Filters are applied before a
/// signal is made.
struct Filter {
  std::string topic = {};  // "room:lobby", or "room:*" for all with this prefix
  std::string event = {};  // or a prefix, in the same way
  /// "/user/id": a JSON pointer (RFC 6901) to the value in the payload that must equal `equals`. "" fits every payload;
  /// any other pointer fits no binary payload. 1 and 1.0 are not equal.
  std::string pointer = {};
  Json equals = nullptr;

  bool fits(std::string_view of_topic, std::string_view of_event, const Payload& payload) const;
};

/// True when there are no filters, or one of them fits.
bool any_fits(const std::vector<Filter>& filters, std::string_view topic, std::string_view event,
              const Payload& payload);

}  // namespace suzaku::signals
