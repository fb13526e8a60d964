#include "client/testing/server_impl.hpp"

#include <stdexcept>
#include <utility>

#include "client/testing/wire.hpp"

namespace suzaku::client::testing {

ServerImpl::ServerImpl(ServerOptions options)
    : options_(options), engine_(std::make_shared<VirtualEngine>(options.seed)) {}

void ServerImpl::start() {
  engine_->set_connector(
      [weak = weak_from_this()](const Target& target, const SocketOptions& options, Transport::Handler& handler) {
        const auto self = weak.lock();  // the engine is halted before we go
        auto wire = std::make_shared<Wire>(self, ++self->connections_, target, options, handler);
        self->attempts_.push_back(wire);
        return wire->make_transport();
      });
}

void ServerImpl::require(bool has_come_to_rest) {
  if (!has_come_to_rest) fail("the client never comes to rest: it goes on and on without any time passing");
}

void ServerImpl::run() {
  engine_->require_own_thread();
  require(engine_->run());
}

void ServerImpl::advance(Duration time) {
  engine_->require_own_thread();
  if (engine_->is_running()) throw std::logic_error("time cannot pass while a callback of the client's runs");
  if (time < Duration::zero()) throw std::logic_error("time cannot go back");
  require(engine_->advance(time));
}

void ServerImpl::act(const std::function<void()>& action) {
  run();
  action();
  run();
}

bool ServerImpl::wait_for(const std::function<bool()>& found) {
  const auto until = std::chrono::steady_clock::now() + options_.patience;
  do {
    run();
    if (found()) return true;
  } while (options_.patience.count() > 0 && engine_->wait_for_post(until));
  return false;
}

void ServerImpl::fail(const std::string& what) const {
  throw Failure(what + ".\n" + story_.text());
}

std::shared_ptr<Wire> ServerImpl::waiting_attempt() {
  std::erase_if(attempts_, [](const auto& wire) { return !wire->is_waiting(); });
  return attempts_.empty() ? nullptr : attempts_.front();
}

std::shared_ptr<Wire> ServerImpl::take_attempt() {
  auto wire = waiting_attempt();
  if (wire) attempts_.pop_front();
  return wire;
}

}  // namespace suzaku::client::testing
