#include "config/reading.hpp"

#include <algorithm>

namespace suzaku::config {

void Reading::complain(const Place& place, std::string_view key, std::string_view text) {
  std::string message(key);
  message.append(key.empty() ? "" : ": ").append(text);
  mistakes_.emplace_back(place, std::move(message));
}

std::vector<Mistake> Reading::mistakes() const {
  auto sorted = mistakes_;
  std::ranges::stable_sort(sorted, {}, [](const auto& mistake) { return mistake.first; });
  std::vector<Mistake> mistakes;
  for (auto& [place, message] : sorted)
    mistakes.push_back({name_ + ':' + std::to_string(place.line) + ':' + std::to_string(place.column), message});
  return mistakes;
}

void Reading::record(std::string_view key, std::string_view value) {
  // The sizes make it plain where each part ends, whatever is in it.
  for (const std::string_view part : {key, value})
    record_.append(std::to_string(part.size())).append(" ").append(part).append("\n");
}

}  // namespace suzaku::config
