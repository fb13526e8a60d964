#include <utility>

#include <suzaku/client/testing/server.hpp>

#include "client/testing/server_impl.hpp"
#include "client/testing/wire.hpp"

namespace suzaku::client::testing {

Server::Server(ServerOptions options) : impl_(std::make_shared<ServerImpl>(options)) {
  impl_->start();
}

Server::~Server() {
  impl_->engine()->halt();
}

Runtime Server::runtime() const {
  return Runtime(impl_->engine());
}

SocketOptions Server::options(SocketOptions options) const {
  options.runtime = runtime();
  return options;
}

Attempt Server::next_attempt() {
  std::shared_ptr<Wire> wire;
  impl_->wait_for([&] { return (wire = impl_->take_attempt()) != nullptr; });
  if (!wire) impl_->fail("expected an attempt to connect; there is none that waits for an answer");
  return Attempt(std::move(wire));
}

Connection Server::accept() {
  return next_attempt().accept();
}

void Server::refute_attempt() {
  impl_->run();
  if (const auto wire = impl_->waiting_attempt()) {
    impl_->fail("expected no attempt to connect; but there is one to " + wire->target().url);
  }
}

Reply Server::reply_of(const Push& push) {
  std::optional<Reply> reply;
  impl_->wait_for([&] { return (reply = push.try_get()).has_value(); });
  if (!reply) impl_->fail("expected that the operation has ended; it goes on");
  return *reply;
}

void Server::run() {
  impl_->run();
}

void Server::advance(std::chrono::nanoseconds time) {
  impl_->advance(std::chrono::duration_cast<Duration>(time));
}

std::chrono::nanoseconds Server::now() const {
  return impl_->engine()->elapsed();
}

std::string Server::story() const {
  return impl_->story().text();
}

}  // namespace suzaku::client::testing
