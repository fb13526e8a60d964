#include "server_testing/connecting_impl.hpp"

#include <utility>

#include <boost/json/serialize.hpp>

#include "base/base64.hpp"
#include "base/percent_encode.hpp"
#include "server_testing/server_impl.hpp"

namespace suzaku::server_testing {
namespace {

std::string target_of(const ConnectRequest& request) {
  std::string target = request.path;
  const auto add = [&](std::string_view name, std::string_view value) {
    target += target.find('?') == target.npos ? '?' : '&';
    target += percent_encode(name) + "=" + percent_encode(value);
  };
  if (request.vsn == 2) add("vsn", "2.0.0");
  for (const auto& [name, value] : request.params)
    add({name.data(), name.size()},
        value.is_string() ? std::string(value.get_string()) : boost::json::serialize(value));
  return target;
}

http::Request http_request(const ConnectRequest& request) {
  http::Request made{.method = "GET",
                     .target = target_of(request),
                     .headers = {{"host", "localhost"},
                                 {"connection", "Upgrade"},
                                 {"upgrade", "websocket"},
                                 {"sec-websocket-version", "13"},
                                 {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="}},
                     .body = {}};
  if (request.auth_token)
    made.headers.emplace_back("sec-websocket-protocol", "phoenix, base64url.bearer.phx." + base64(*request.auth_token));
  made.headers.insert(made.headers.end(), request.headers.begin(), request.headers.end());
  return made;
}

}  // namespace

void ConnectingImpl::start(const ConnectRequest& request) {
  version_ = request.vsn == 1 ? protocol::Version::v1 : protocol::Version::v2;
  ask(http_request(request), {net::parse_ip(request.peer_address).value(), 50'000});
  server().run();
}

void ConnectingImpl::cancel() {
  forget_answer();
  server().run();
}

void ConnectingImpl::take(transport::Answer answer) {
  if (std::holds_alternative<transport::Upgrade>(answer) && server().sessions().is_draining())
    answer = http::Response::text(503, "the server is going away\n");
  if (auto* upgrade = std::get_if<transport::Upgrade>(&answer)) {
    client_ = server().add_client(std::move(upgrade->handler), version_);
    return;
  }
  const auto& response = std::get<http::Response>(answer);
  refusal_ = Connecting::Refusal{.status = response.status, .body = response.body};
}

std::string ConnectingImpl::outcome() const {
  if (client_) return "accepted";
  return refusal_ ? "refused with " + std::to_string(refusal_->status) + " \"" + refusal_->body + "\"" : "not answered";
}

std::shared_ptr<ClientImpl> ConnectingImpl::expect_accepted() {
  server().run();
  if (!client_) server().fail("The connect was not accepted: it was " + outcome() + ".");
  return client_;
}

Connecting::Refusal ConnectingImpl::expect_refused() {
  server().run();
  if (!refusal_) server().fail("The connect was not refused: it was " + outcome() + ".");
  return *refusal_;
}

void ConnectingImpl::refute_answer() {
  server().run();
  if (client_ || refusal_) server().fail("The connect was answered: it was " + outcome() + ".");
}

}  // namespace suzaku::server_testing
