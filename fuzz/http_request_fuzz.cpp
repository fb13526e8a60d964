// The HTTP request parser: bytes from a stranger, cut into pieces as the first byte says. However they are cut, the
// requests and the refusal must be those of the whole.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "http/forwarded.hpp"
#include "http/query.hpp"
#include "http/request_parser.hpp"

namespace {

using suzaku::http::Request;
using suzaku::http::RequestParser;

struct Outcome {
  std::vector<Request> requests;
  int status = 0;
  std::size_t used = 0;
};

void require(bool promise) {
  if (!promise) std::abort();
}

Outcome parse(std::string_view bytes, std::size_t piece) {
  RequestParser parser{{.header_bytes = 512, .body_bytes = 64}};
  Outcome outcome;
  while (outcome.used < bytes.size()) {
    std::size_t used = 0;
    const auto state = parser.feed(bytes.substr(outcome.used, piece), used);
    outcome.used += used;
    if (state == RequestParser::State::done) {
      outcome.requests.push_back(parser.take());
    } else if (state == RequestParser::State::failed) {
      outcome.status = parser.error_status();
      break;
    } else {
      require(used == std::min(piece, bytes.size() - outcome.used + used));
    }
  }
  return outcome;
}

void check(const Request& request) {
  int lengths = 0;
  int encodings = 0;
  int hosts = 0;
  for (const auto& [name, value] : request.headers) {
    require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
    lengths += name == "content-length";
    encodings += name == "transfer-encoding";
    hosts += name == "host";
  }
  require(lengths + encodings <= 1 && (encodings == 0 || !request.http_1_0));
  require(hosts <= 1 && (hosts == 1 || request.http_1_0));
  require(request.body.size() <= 64);
  (void)suzaku::http::path_segments(request.path());
  (void)suzaku::http::decode_query(request.query());
  for (const auto& hop : suzaku::http::hops(request)) require(hop.host.find_first_of(", \t") == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Outcome whole = parse(bytes, bytes.size());
  const Outcome pieces = parse(bytes, 1 + data[0]);
  require(whole.status == pieces.status);
  require(whole.requests.size() == pieces.requests.size());
  for (std::size_t i = 0; i < whole.requests.size(); ++i) {
    check(whole.requests[i]);
    require(whole.requests[i].target == pieces.requests[i].target);
    require(whole.requests[i].headers == pieces.requests[i].headers);
    require(whole.requests[i].body == pieces.requests[i].body);
  }
  return 0;
}
