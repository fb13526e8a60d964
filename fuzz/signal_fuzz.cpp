// CloudEvents in JSON: what is read is valid, and is read again as the same from what is written.
#include <cstdint>
#include <string>
#include <string_view>

#include <suzaku/signals/signal.hpp>

#include "serializer_checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using suzaku::protocol::fuzz::require;
  using namespace suzaku::signals;
  const auto signal = parse_signal({reinterpret_cast<const char*>(data), size});
  if (!signal) return 0;
  require(validate(*signal).has_value());
  const std::string text = to_json_text(*signal);
  require(text.find_first_of("\r\n") == text.npos);
  const auto again = parse_signal(text);
  require(again.has_value() && to_json_text(*again) == text);
  return 0;
}
