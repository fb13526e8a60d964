#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <suzaku/server/endpoint.hpp>

#include "net/listener.hpp"
#include "net/tls.hpp"
#include "net/workers.hpp"
#include "pubsub/local_pubsub.hpp"
#include "server/gateway.hpp"
#include "server/ingress.hpp"
#include "server/shard.hpp"
#include "transport/drain.hpp"
#include "transport/http_session.hpp"

namespace suzaku::server {

/// What an endpoint lives in.
struct World {
  const net::Clock& clock = net::Clock::system();
  /// Gets blocking work, instead of threads. The endpoint then starts no threads at all: its maker runs its one loop.
  std::function<void(Task)> blocking = {};
};

/// The implementation of Endpoint: its loops and their threads, its listeners, and the drain.
class Endpoint::Core {
 public:
  explicit Core(EndpointOptions options, const World& world = {});
  ~Core();

  void belong_to(Endpoint& endpoint) noexcept;
  Routes routes;

  /// Throws std::invalid_argument for options that make no sense.
  Mount& add_socket(std::string_view path, SocketFactory factory, SocketOptions options);
  Result<void> start();
  std::uint16_t port() const noexcept { return port_; }
  /// Ends all connections in batches, then the loops.
  void drain() { drain(options_.drain); }
  bool is_ready() const noexcept { return ready_.load(std::memory_order_relaxed); }
  Result<CertificateInfo> reload_tls();
  /// SIGHUP has come: reads again what can be, and tells the log.
  void on_hangup();
  pubsub::PubSub& pubsub() noexcept { return pubsub_; }
  EndpointStats stats() const;
  transport::DrainPlan drain_plan() const { return drain_plan(options_.drain); }

  /// The first of the loops; without threads, the only one.
  Shard& shard() noexcept { return loops_.front()->shard; }
  Gateway& gateway() noexcept { return loops_.front()->gateway; }

 private:
  /// A loop with what serves on it.
  struct Lane {
    Lane(const net::Clock& clock, net::Workers& pool, Budget& unfinished, const Routes& routes, const Ingress& ingress,
         const EndpointOptions& options)
        : shard(clock, pool, unfinished, options), gateway(shard, routes, ingress, options) {}
    Shard shard;
    Gateway gateway;
    std::unique_ptr<net::Listener> listener;
    std::unique_ptr<transport::Drain> drain;
    std::thread thread;
  };

  Result<void> listen();
  void drain(const DrainOptions& how);
  void accept(Lane& lane, int socket, const net::Address& peer);
  void on_every_loop(const std::function<void(Lane&)>& work);
  void drain_sessions(const DrainOptions& how);
  transport::DrainPlan drain_plan(const DrainOptions& how) const;
  void stop_loops();

  const EndpointOptions options_;
  const net::Clock& clock_;
  const transport::HttpOptions http_options_;
  Ingress ingress_;
  net::Workers workers_;
  Budget unfinished_;
  std::vector<std::unique_ptr<Lane>> loops_;
  pubsub::LocalPubSub pubsub_;
  std::uint16_t port_ = 0;
  std::atomic<bool> ready_{false};
  std::mutex drain_mutex_;
  bool running_ = false;
  bool drained_ = false;

  std::mutex tls_mutex_;
  std::shared_ptr<const net::TlsContext> tls_;
};

}  // namespace suzaku::server
