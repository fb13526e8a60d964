#include <utility>

#include <suzaku/client/testing/server.hpp>

#include "client/testing/server_state.hpp"
#include "client/testing/wire.hpp"

namespace suzaku::client::testing {

Server::Server(ServerOptions options) : state_(std::make_shared<ServerState>(options)) {
  state_->start();
}

Server::~Server() {
  state_->engine()->halt();
}

Runtime Server::runtime() const {
  return Runtime(state_->engine());
}

SocketOptions Server::options(SocketOptions options) const {
  options.runtime = runtime();
  return options;
}

Attempt Server::next_attempt() {
  std::shared_ptr<Wire> wire;
  state_->wait_for([&] { return (wire = state_->take_attempt()) != nullptr; });
  if (!wire) state_->fail("expected an attempt to connect; there is none that waits for an answer");
  return Attempt(std::move(wire));
}

Connection Server::accept() {
  return next_attempt().accept();
}

void Server::refute_attempt() {
  state_->run();
  if (const auto wire = state_->waiting_attempt()) {
    state_->fail("expected no attempt to connect; but there is one to " + wire->target().url);
  }
}

Reply Server::reply_of(const Push& push) {
  std::optional<Reply> reply;
  state_->wait_for([&] { return (reply = push.try_get()).has_value(); });
  if (!reply) state_->fail("expected that the operation has ended; it goes on");
  return *reply;
}

void Server::run() {
  state_->run();
}

void Server::advance(std::chrono::nanoseconds time) {
  state_->advance(std::chrono::duration_cast<Duration>(time));
}

std::chrono::nanoseconds Server::now() const {
  return state_->engine()->elapsed();
}

std::string Server::story() const {
  return state_->story().text();
}

}  // namespace suzaku::client::testing
