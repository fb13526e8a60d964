#include <algorithm>
#include <utility>

#include <suzaku/client/testing/attempt.hpp>

#include "client/testing/wire.hpp"
#include "http/query.hpp"

namespace suzaku::client::testing {

const std::string& Attempt::url() const noexcept {
  return wire_->target().url;
}
JsonObject Attempt::params() const {
  const auto at = std::min(url().size(), url().find('?'));
  return http::decode_query(std::string_view(url()).substr(std::min(url().size(), at + 1))).value();
}
const std::string& Attempt::auth_token() const noexcept {
  return wire_->target().auth_token;
}
const std::vector<Header>& Attempt::headers() const noexcept {
  return wire_->headers();
}
TransportKind Attempt::transport() const noexcept {
  return wire_->target().kind;
}
bool Attempt::is_waiting() const noexcept {
  return wire_->is_waiting();
}

Connection Attempt::accept() const {
  wire_->answer([&] { wire_->accept(); });
  return Connection(wire_);
}

void Attempt::refuse(int http_status, std::optional<std::chrono::milliseconds> retry_after) const {
  const auto status = std::to_string(http_status);
  wire_->answer([&] {
    wire_->end({.kind = Disconnect::Kind::refused,
                .http_status = http_status,
                .retry_after = retry_after,
                .message = "the server answered HTTP " + status},
               "refuses with HTTP " + status);
  });
}

void Attempt::fail(Disconnect reason) const {
  wire_->answer([&] {
    if (reason.message.empty()) reason.message = "the test has let it fail";
    const std::string what = "(the attempt fails: " + std::string(to_string(reason.kind)) + ')';
    wire_->end(std::move(reason), what);
  });
}

}  // namespace suzaku::client::testing
