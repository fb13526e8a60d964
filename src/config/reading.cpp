#include "config/reading.hpp"

namespace suzaku::config {

void Reading::complain(const Place& place, std::string_view key, std::string_view text) {
  std::string message(key);
  message.append(key.empty() ? "" : ": ").append(text);
  mistakes_.emplace(place, std::move(message));
}

std::vector<Mistake> Reading::mistakes() const {
  std::vector<Mistake> mistakes;
  for (const auto& [place, message] : mistakes_)
    mistakes.push_back({name_ + ':' + std::to_string(place.line) + ':' + std::to_string(place.column), message});
  return mistakes;
}

void Reading::record(std::string_view key, std::string_view value) {
  // The sizes mark where each part ends.
  for (const std::string_view part : {key, value})
    record_.append(std::to_string(part.size())).append(" ").append(part).append("\n");
}

}  // namespace suzaku::config
