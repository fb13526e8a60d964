#include "sinks/json_lines.hpp"

#include <cstddef>

#include "base/printable.hpp"

namespace suzaku::sinks {
namespace {

constexpr std::size_t kAttributes = 512;  // approximate size of those of a message

}  // namespace

std::string json_lines(std::span<const signals::SignalPtr> batch) {
  std::size_t size = 0;
  for (const auto& signal : batch) size += signal->data.raw().size() + kAttributes;
  std::string lines;
  lines.reserve(size);
  std::string line;
  for (const auto& signal : batch) {
    line.clear();
    signals::append_json_text(line, *signal);
    lines.append(printable_json(line)) += '\n';
  }
  return lines;
}

}  // namespace suzaku::sinks
