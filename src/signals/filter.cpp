#include <algorithm>
#include <array>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <simdjson.h>

#include <suzaku/signals/filter.hpp>

namespace suzaku::signals {
namespace {

bool name_fits(std::string_view wanted, std::string_view name) noexcept {
  if (wanted.empty()) return true;
  if (!wanted.ends_with('*')) return wanted == name;
  return name.starts_with(wanted.substr(0, wanted.size() - 1));
}

/// Parses the text, because Payload::json() would store the result in the payload, which may be shared.
bool stands_at(std::string_view json, std::string_view pointer, const Json& wanted) {
  std::array<unsigned char, 4096> room;
  boost::json::monotonic_resource memory(room.data(), room.size());
  boost::json::parse_options options;
  options.max_depth = simdjson::DEFAULT_MAX_DEPTH + 1;  // the depth of a payload
  boost::json::error_code failed;
  const Json value = boost::json::parse({json.data(), json.size()}, failed, &memory, options);
  if (failed) return false;
  const Json* found = value.find_pointer({pointer.data(), pointer.size()}, failed);
  return found != nullptr && *found == wanted;
}

}  // namespace

bool Filter::fits(std::string_view of_topic, std::string_view of_event, const Payload& payload) const {
  if (!name_fits(topic, of_topic) || !name_fits(event, of_event)) return false;
  if (pointer.empty()) return true;
  return !payload.is_binary() && stands_at(payload.raw(), pointer, equals);
}

bool any_fits(const std::vector<Filter>& filters, std::string_view topic, std::string_view event,
              const Payload& payload) {
  return filters.empty() || std::any_of(filters.begin(), filters.end(),
                                        [&](const Filter& filter) { return filter.fits(topic, event, payload); });
}

}  // namespace suzaku::signals
