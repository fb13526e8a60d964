// The HTTP response parser: bytes from any server, cut into pieces as the first byte says. However they are cut, the
// responses and the error must be those of the whole.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "http/response_parser.hpp"
#include "http/retry_after.hpp"

namespace {

using suzaku::http::ReceivedResponse;
using suzaku::http::ResponseParser;

constexpr std::size_t kMaxBody = 64;

struct Outcome {
  std::vector<ReceivedResponse> responses;
  std::string error;
};

void require(bool promise) {
  if (!promise) std::abort();
}

Outcome parse(std::string_view bytes, std::size_t piece, ResponseParser::Asked asked) {
  ResponseParser parser({.head_bytes = 512, .body_bytes = kMaxBody}, asked);
  Outcome outcome;
  auto state = ResponseParser::State::need_more;
  for (std::size_t at = 0; at < bytes.size() && state == ResponseParser::State::need_more;) {
    std::size_t used = 0;
    state = parser.feed(bytes.substr(at, piece), used);
    require(used <= std::min(piece, bytes.size() - at));
    require(used > 0 || state == ResponseParser::State::failed);
    at += used;
    if (state != ResponseParser::State::done) continue;
    outcome.responses.push_back(parser.take());
    state = ResponseParser::State::need_more;
  }
  if (!parser.idle()) state = parser.feed_end();
  if (state == ResponseParser::State::done) outcome.responses.push_back(parser.take());
  outcome.error = parser.error();
  require(outcome.error.empty() == (state != ResponseParser::State::failed));
  return outcome;
}

void check(const ReceivedResponse& response) {
  require(response.status >= 100 && response.status <= 999);
  require(response.body.size() <= kMaxBody);
  require(response.headers.size() <= suzaku::http::kMaxResponseHeaders);
  for (const auto& [name, value] : response.headers) {
    require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
    if (name == "retry-after") (void)suzaku::http::retry_after_ms(value, 1'700'000'000'000);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto asked = (data[0] & 1) != 0 ? ResponseParser::Asked::connect : ResponseParser::Asked::ordinary;
  const Outcome whole = parse(bytes, bytes.size(), asked);
  const Outcome pieces = parse(bytes, 1 + data[0] / 2, asked);
  require(whole.error == pieces.error);
  require(whole.responses.size() == pieces.responses.size());
  for (std::size_t i = 0; i < whole.responses.size(); ++i) {
    check(whole.responses[i]);
    require(whole.responses[i].status == pieces.responses[i].status);
    require(whole.responses[i].headers == pieces.responses[i].headers);
    require(whole.responses[i].body == pieces.responses[i].body);
  }
  return 0;
}
