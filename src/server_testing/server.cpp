#include <algorithm>

#include <suzaku/server_testing/server.hpp>

#include "server_testing/connecting_impl.hpp"
#include "server_testing/http_call.hpp"
#include "server_testing/server_impl.hpp"

namespace suzaku::server_testing {
namespace {

std::string named(std::string_view event, std::string_view topic, const Payload& payload) {
  return "\"" + std::string(event) + "\" on \"" + std::string(topic) + "\"" + with(payload);
}

}  // namespace

Server::Server(server::EndpointOptions options) : impl_(std::make_shared<ServerImpl>(std::move(options))) {}

Server::~Server() {
  impl_->sessions().clear();
  impl_->run();
}

server::Endpoint& Server::endpoint() {
  return impl_->endpoint();
}

Client Server::connect(const ConnectRequest& request) {
  return begin_connect(request).expect_accepted();
}

Connecting Server::begin_connect(const ConnectRequest& request) {
  auto connecting = std::make_shared<ConnectingImpl>(impl_);
  connecting->start(request);
  return Connecting(std::move(connecting));
}

void Server::subscribe(std::string_view topic) {
  impl_->listener(topic);
}

Payload Server::expect_broadcast(std::string_view topic, std::string_view event, const Payload& payload) {
  impl_->run();
  auto& heard = impl_->listener(topic).heard;
  const auto found = std::ranges::find_if(heard, [&](const auto& broadcast) {
    return broadcast->event() == event && matches(broadcast->payload(), payload);
  });
  if (found == heard.end()) impl_->fail("There was no broadcast of " + named(event, topic, payload) + ".");
  const Payload taken = (*found)->payload();
  heard.erase(found);
  return taken;
}

void Server::refute_broadcast(std::string_view topic, std::string_view event) {
  impl_->run();
  for (const auto& broadcast : impl_->listener(topic).heard)
    if (broadcast->event() == event)
      impl_->fail("There was a broadcast of " + named(event, topic, broadcast->payload()) + ", which was not to come.");
}

server::HttpResponse Server::request(const HttpCall& call) {
  return begin_request(call).impl_->expect_head();
}

Requesting Server::begin_request(const HttpCall& call) {
  auto requesting = std::make_shared<HttpCallImpl>(impl_, call);
  impl_->add_call(requesting);
  requesting->start(call);
  return Requesting(std::move(requesting));
}

void Server::hold_blocking_work() {
  impl_->hold_blocking_work();
}

void Server::run_blocking_work() {
  impl_->run_blocking_work();
}

void Server::run() {
  impl_->run();
}

void Server::advance(std::chrono::nanoseconds time) {
  impl_->advance(time);
}

void Server::drain() {
  impl_->drain();
}

std::string Server::story() const {
  return impl_->story();
}

}  // namespace suzaku::server_testing
