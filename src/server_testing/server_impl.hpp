#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <suzaku/server/endpoint.hpp>

#include "net/virtual_clock.hpp"
#include "server/core.hpp"
#include "server_testing/client_impl.hpp"
#include "server_testing/listener.hpp"

namespace suzaku::server_testing {

class HttpCallImpl;

/// What the handles of a test server share: an endpoint whose one loop runs when run() is called.
class ServerImpl : public std::enable_shared_from_this<ServerImpl> {
 public:
  explicit ServerImpl(server::EndpointOptions options);
  ~ServerImpl();

  server::Endpoint& endpoint() noexcept { return *endpoint_; }
  server::Gateway& gateway();
  net::Loop& loop() { return core_->shard().loop; }
  transport::Sessions& sessions() { return core_->shard().sessions; }
  std::size_t max_queued() const noexcept { return max_queued_; }
  std::chrono::milliseconds request_timeout() const noexcept { return request_timeout_; }

  void run() { loop().run_ready(); }
  void hold_blocking_work() noexcept { holds_work_ = true; }
  void run_blocking_work();
  void advance(net::Duration time) { clock_.advance(loop(), time); }
  void drain();

  std::shared_ptr<ClientImpl> add_client(std::unique_ptr<ClientSession::Handler> handler, protocol::Version version);
  void add_call(const std::shared_ptr<HttpCallImpl>& call);
  Listener& listener(std::string_view topic);

  void note(std::size_t client, std::string_view who, std::string_view what);
  std::string story() const;
  [[noreturn]] void fail(const std::string& what) const;

 private:
  net::VirtualClock clock_;
  std::size_t max_queued_;
  std::chrono::milliseconds request_timeout_;
  std::unique_ptr<server::Endpoint> endpoint_;
  server::Endpoint::Core* core_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<std::weak_ptr<HttpCallImpl>> calls_;
  std::unique_ptr<transport::Drain> drain_;
  std::deque<Task> work_;  // of run_blocking(), that is held
  bool holds_work_ = false;
  std::size_t clients_ = 0;
  std::vector<std::string> lines_;  // of the story
};

/// The message in a frame of a server's.
std::pair<ws::Opcode, std::string> unframed(const SharedBytes& frame);

}  // namespace suzaku::server_testing
