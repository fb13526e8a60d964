#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "ws/decoder.hpp"
#include "ws/deflate.hpp"
#include "ws/transcript.hpp"

/// Input: one byte of options (bit 0: role, bit 1: deflate, bits 2 and 3: the limit), four bytes of piece sizes, and
/// then what the peer sends. It is decoded in pieces and at once: the events must be the same and keep what is
/// promised.
namespace {

using suzaku::ws::Decoder;
using suzaku::ws::Role;

constexpr std::size_t kOptions = 5;

void require(bool kept) {
  if (!kept) std::abort();
}

void check(const std::vector<std::string>& events, std::size_t limit) {
  bool ended = false;
  for (const std::string_view event : events) {
    require(!ended);
    const std::string_view payload = event.substr(event.find(' ') + 1);
    if (event.starts_with("text ")) require(simdjson::validate_utf8(payload.data(), payload.size()));
    if (event.starts_with("text ") || event.starts_with("binary ")) require(payload.size() <= limit);
    if (event.starts_with("ping ") || event.starts_with("pong ")) require(payload.size() <= 125);
    ended = event.starts_with("close ") || event.starts_with("error ");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < kOptions) return 0;
  static suzaku::ws::Inflater inflater;
  const std::string_view received(reinterpret_cast<const char*>(data) + kOptions, size - kOptions);
  const std::vector<std::size_t> pieces(data + 1, data + kOptions);
  const Role role = (data[0] & 1) != 0 ? Role::client : Role::server;
  const bool deflate = (data[0] & 2) != 0;
  constexpr std::size_t kLimits[] = {0, 20, 200, 100000};
  const std::size_t limit = kLimits[data[0] >> 2 & 3];

  Decoder in_pieces(role, limit, deflate);
  const auto events = transcript(in_pieces, received, pieces, &inflater);
  check(events, limit);
  Decoder at_once(role, limit, deflate);
  require(transcript(at_once, received, {}, &inflater) == events);
  return 0;
}
