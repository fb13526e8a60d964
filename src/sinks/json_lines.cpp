#include "sinks/json_lines.hpp"

namespace suzaku::sinks {

std::string json_lines(std::span<const signals::SignalPtr> batch) {
  std::string lines;
  for (const auto& signal : batch) {
    signals::append_json_text(lines, *signal);
    lines += '\n';
  }
  return lines;
}

}  // namespace suzaku::sinks
