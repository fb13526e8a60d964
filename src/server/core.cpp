#include "server/core.hpp"

#include <algorithm>
#include <chrono>
#include <latch>
#include <stdexcept>
#include <thread>

#include "base/log.hpp"

namespace suzaku::server {
namespace {

constexpr auto kPollDrained = std::chrono::milliseconds(10);

std::size_t loop_count(const EndpointOptions& options) {
  if (options.loops > pubsub::kMaxLoops)
    throw std::invalid_argument("loops must be at most " + std::to_string(pubsub::kMaxLoops));
  return options.loops ? options.loops : std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, pubsub::kMaxLoops);
}

transport::HttpOptions http_options(const EndpointOptions& options) {
  // Nothing that is served takes a request body.
  return {.limits = {.header_bytes = options.max_header_size, .body_bytes = 64 * 1024},
          .request_timeout = options.request_timeout,
          .keep_alive_timeout = options.keep_alive_timeout};
}

template <class Workers>
std::vector<net::Loop*> loops_of(const Workers& workers) {
  std::vector<net::Loop*> loops;
  for (const auto& worker : workers) loops.push_back(&worker->shard.loop);
  return loops;
}

}  // namespace

Endpoint::Core::Core(EndpointOptions options)
    : options_(std::move(options)),
      http_options_(http_options(options_)),
      workers_(std::max<std::size_t>(options_.workers, 1), options_.max_blocking_jobs),
      loops_([this] {
        std::vector<std::unique_ptr<Worker>> made;
        for (std::size_t i = 0, count = loop_count(options_); i < count; ++i)
          made.push_back(std::make_unique<Worker>(workers_, routes, options_));
        return made;
      }()),
      pubsub_(loops_of(loops_)) {
  for (auto& worker : loops_) worker->shard.pubsub = &pubsub_;
}

Endpoint::Core::~Core() {
  drain({.batch_size = options_.max_connections, .batch_interval = {}, .deadline = {}});
  for (auto& worker : loops_) worker->shard.mailbox->close();
}

Result<void> Endpoint::Core::start() {
  if (running_) throw std::logic_error("the endpoint has been started already");
  if (options_.tls)
    if (auto loaded = reload_tls(); !loaded) return loaded;
  if (auto listening = listen(); !listening) return listening;
  running_ = true;
  for (auto& worker : loops_) {
    worker->listener->start([this, &worker = *worker](int socket, net::Address peer) { accept(worker, socket, std::move(peer)); });
    worker->thread = std::thread([&loop = worker->shard.loop] { loop.run(); });
  }
  ready_ = true;
  return {};
}

/// The first listener is opened alone once, to find out whether another program has the port: with SO_REUSEPORT the two
/// would silently share it.
Result<void> Endpoint::Core::listen() {
  port_ = options_.port;
  if (auto free = net::Listener::check_free(loops_.front()->shard.loop, options_.host, port_); !free) return free;
  for (auto& worker : loops_) {
    auto listener = net::Listener::open(worker->shard.loop, options_.host, port_);
    if (!listener) return tl::unexpected(listener.error());
    port_ = (*listener)->port();
    worker->listener = std::move(*listener);
  }
  return {};
}

void Endpoint::Core::accept(Worker& worker, int socket, net::Address peer) {
  Shard& shard = worker.shard;
  std::shared_ptr<const net::TlsContext> tls;
  if (options_.tls) {
    const std::lock_guard lock(tls_mutex_);
    tls = tls_;
  }
  auto connection = std::make_unique<net::Connection>(
      shard.loop, socket, std::move(peer), std::move(tls),
      net::OutLimits{.high_water = options_.max_queued_bytes, .pause_reading = options_.max_queued_bytes / 4});
  const std::size_t share = (options_.max_connections + loops_.size() - 1) / loops_.size();
  if (shard.sessions.size() >= share) {
    shard.counters.refused.add();
    return;  // the connection closes as it goes out of scope
  }
  auto session = std::make_unique<transport::HttpSession>(shard.sessions, std::move(connection), worker.gateway, shard.inflater,
                                                          http_options_);
  transport::HttpSession& started = *session;
  shard.sessions.add(std::move(session));
  started.start();
}

/// Runs `work` on the thread of every loop, and waits.
void Endpoint::Core::on_every_loop(const std::function<void(Worker&)>& work) {
  std::latch done(static_cast<std::ptrdiff_t>(loops_.size()));
  for (auto& worker : loops_)
    worker->shard.loop.post([&] {
      work(*worker);
      done.count_down();
    });
  done.wait();
}

std::size_t Endpoint::Core::open_sessions() {
  std::atomic<std::size_t> open{0};
  on_every_loop([&](Worker& worker) { open += worker.shard.sessions.size(); });
  return open;
}

void Endpoint::Core::drain(const DrainOptions& how) {
  const std::lock_guard lock(drain_mutex_);
  if (!running_) return;
  ready_ = false;
  on_every_loop([](Worker& worker) { worker.listener->close(); });
  const auto deadline = net::Clock::now() + how.deadline;
  drain_in_batches(how, deadline);
  await_empty(deadline);
  stop_loops();
  running_ = false;
}

void Endpoint::Core::drain_in_batches(const DrainOptions& how, net::TimePoint deadline) {
  const std::size_t share = std::max<std::size_t>(how.batch_size / loops_.size(), 1);
  while (true) {
    std::atomic<std::size_t> left{0};
    on_every_loop([&](Worker& worker) { left += worker.shard.sessions.drain(share); });
    if (left == 0) return;
    log::info("draining: {} connections left to tell", left.load());
    const auto next = net::Clock::now() + how.batch_interval;
    if (next >= deadline) {
      on_every_loop([](Worker& worker) { worker.shard.sessions.drain(worker.shard.sessions.size()); });
      return;
    }
    std::this_thread::sleep_until(next);
  }
}

void Endpoint::Core::await_empty(net::TimePoint deadline) {
  while (open_sessions() > 0 && net::Clock::now() < deadline) std::this_thread::sleep_for(kPollDrained);
}

/// Close frames that are still queued go out at the end of the turn in which the last drain ran; what is left is cut.
void Endpoint::Core::stop_loops() {
  on_every_loop([](Worker& worker) { worker.shard.sessions.clear(); });
  for (auto& worker : loops_) worker->shard.loop.stop();
  for (auto& worker : loops_) worker->thread.join();
}

Result<void> Endpoint::Core::reload_tls() {
  if (!options_.tls) return {};
  auto loaded = net::TlsContext::load(options_.tls->certificate_file, options_.tls->key_file);
  if (!loaded) return tl::unexpected(loaded.error());
  const std::lock_guard lock(tls_mutex_);
  tls_ = std::move(*loaded);
  return {};
}

EndpointStats Endpoint::Core::stats() const {
  EndpointStats sum;
  for (const auto& worker : loops_) {
    const Counters& counters = worker->shard.counters;
    sum.sockets += counters.sockets.get();
    sum.channels += counters.channels.get();
    sum.messages_in += counters.messages_in.get();
    sum.undecodable += counters.undecodable.get();
    sum.stale += counters.stale.get();
    sum.channel_crashes += counters.channel_crashes.get();
    sum.slow_consumers += counters.slow_consumers.get();
    sum.refused += counters.refused.get();
  }
  return sum;
}

}  // namespace suzaku::server
