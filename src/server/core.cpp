#include "server/core.hpp"

#include <algorithm>
#include <chrono>
#include <latch>
#include <limits>
#include <stdexcept>

#include <fmt/chrono.h>

#include "base/frame_sink.hpp"
#include "base/log.hpp"
#include "base/thrown.hpp"
#include "server/origin.hpp"

namespace suzaku::server {
namespace {

/// HTTP needs no high-water mark: while answers wait, no further request is served.
constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

std::size_t loop_count(const EndpointOptions& options) {
  return options.loops ? options.loops
                       : std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, pubsub::kMaxLoops);
}

EndpointOptions validated(EndpointOptions options) {
  const auto require = [](bool holds, const char* what) {
    if (!holds) throw std::invalid_argument(what);
  };
  require_valid(options.check_origin);
  require(options.loops <= pubsub::kMaxLoops, "loops must be at most 256");
  require(options.workers > 0, "workers must be at least 1");
  require(options.max_connections > 0, "max_connections must be at least 1");
  require(options.max_header_size > 0, "max_header_size must be at least 1 byte");
  require(options.max_queued_bytes > 0, "max_queued_bytes must be at least 1");
  require(options.request_timeout.count() > 0, "request_timeout must be more than 0 ms");
  require(options.keep_alive_timeout.count() > 0, "keep_alive_timeout must be more than 0 ms");
  return options;
}

transport::HttpOptions http_options(const EndpointOptions& options) {
  return {.max_header = options.max_header_size,
          .request_timeout = options.request_timeout,
          .keep_alive_timeout = options.keep_alive_timeout,
          .max_queued = options.max_queued_bytes};
}

std::string in_words(std::chrono::sys_seconds time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

template <class Lanes>
std::vector<net::Loop*> loops_of(const Lanes& lanes) {
  std::vector<net::Loop*> loops;
  loops.reserve(lanes.size());
  for (const auto& lane : lanes) loops.push_back(&lane->shard.loop);
  return loops;
}

}  // namespace

Endpoint::Core::Core(EndpointOptions options, const World& world)
    : options_(validated(std::move(options))),
      clock_(world.clock),
      http_options_(http_options(options_)),
      ingress_(options_),
      workers_(world.blocking ? 0 : options_.workers, options_.max_blocking_jobs, world.blocking),
      unfinished_(options_.max_unfinished_bytes),
      loops_([this] {
        std::vector<std::unique_ptr<Lane>> made;
        for (std::size_t i = 0, count = loop_count(options_); i < count; ++i)
          made.push_back(std::make_unique<Lane>(clock_, workers_, unfinished_, routes, ingress_, options_));
        return made;
      }()),
      pubsub_(loops_of(loops_)) {
  for (auto& lane : loops_) lane->shard.pubsub = &pubsub_;
}

Endpoint::Core::~Core() {
  drain({.batch_size = options_.max_connections, .batch_interval = {}, .deadline = {}});
  for (auto& lane : loops_) lane->shard.mailbox->close();
}

void Endpoint::Core::belong_to(Endpoint& endpoint) noexcept {
  for (auto& lane : loops_) lane->shard.endpoint = &endpoint;
}

Mount& Endpoint::Core::add_socket(std::string_view path, SocketFactory factory, SocketOptions options) {
  // A compressed message is held twice when it comes in pieces: as it came, and inflated.
  if (options.max_frame_size > options_.max_unfinished_bytes / (options.compress ? 2 : 1))
    throw std::invalid_argument(options.compress
                                    ? "max_frame_size must be at most half of max_unfinished_bytes where messages may "
                                      "be compressed: no such message could come whole"
                                    : "max_frame_size must be at most max_unfinished_bytes: no such message could come "
                                      "whole");
  return routes.add_socket(path, std::move(factory), std::move(options));
}

Result<void> Endpoint::Core::start() {
  if (running_ || drained_) throw std::logic_error("the endpoint has been started already");
  if (options_.tls)
    if (auto loaded = reload_tls(); !loaded) return tl::unexpected(loaded.error());
  if (auto listening = listen(); !listening) return listening;
  running_ = true;
  routes.seal();
  for (auto& lane : loops_) {
    lane->listener->start([this, &lane = *lane](int socket, const net::Address& peer) { accept(lane, socket, peer); });
    lane->thread = std::thread([&loop = lane->shard.loop] { loop.run(); });
  }
  ready_ = true;
  return {};
}

/// The first listener is opened alone once, to find out whether another program has the port: with SO_REUSEPORT the two
/// would silently share it.
Result<void> Endpoint::Core::listen() {
  std::uint16_t port = options_.port;
  if (auto free = net::Listener::check_free(loops_.front()->shard.loop, options_.host, port); !free) return free;
  std::vector<std::unique_ptr<net::Listener>> listeners;
  for (auto& lane : loops_) {
    auto listener = net::Listener::open(lane->shard.loop, options_.host, port);
    if (!listener) return tl::unexpected(listener.error());
    port = (*listener)->port();
    listeners.push_back(*std::move(listener));
  }
  port_ = port;
  ingress_.set_loopback(std::ranges::all_of(listeners, &net::Listener::is_loopback));
  for (std::size_t i = 0; i < loops_.size(); ++i) loops_[i]->listener = std::move(listeners[i]);
  return {};
}

void Endpoint::Core::accept(Lane& lane, int socket, const net::Address& peer) {
  Shard& shard = lane.shard;
  std::shared_ptr<const net::TlsContext> tls;
  if (options_.tls) {
    const std::lock_guard lock(tls_mutex_);
    tls = tls_;
  }
  auto connection = std::make_unique<net::Connection>(
      shard.loop, socket, peer, std::move(tls),
      net::OutLimits{.high_water = kNoLimit, .pause_reading = options_.max_queued_bytes / 4, .low_water = kLowWater});
  const std::size_t share = (options_.max_connections + loops_.size() - 1) / loops_.size();
  if (shard.sessions.size() >= share) {
    shard.counters.refused.add();
    return;  // the connection closes as it goes out of scope
  }
  auto session = std::make_unique<transport::HttpSession>(shard.sessions, std::move(connection), lane.gateway,
                                                          shard.inflater, http_options_);
  transport::HttpSession& started = *session;
  shard.sessions.add(std::move(session));
  started.start();
}

/// Runs `work` on the thread of every loop, and waits.
void Endpoint::Core::on_every_loop(const std::function<void(Lane&)>& work) {
  std::latch done(static_cast<std::ptrdiff_t>(loops_.size()));
  for (auto& lane : loops_)
    lane->shard.loop.post([&] {
      try {
        work(*lane);
      } catch (...) {
        log::error("an event loop could not do its part: {}", what_is_thrown());
      }
      done.count_down();
    });
  done.wait();
}

void Endpoint::Core::drain(const DrainOptions& how) {
  const std::lock_guard lock(drain_mutex_);
  if (!running_) return;
  ready_ = false;
  on_every_loop([](Lane& lane) { lane.listener->close(); });
  drain_sessions(how);
  for (auto& lane : loops_) lane->shard.loop.stop();
  for (auto& lane : loops_) lane->thread.join();
  running_ = false;
  drained_ = true;
}

/// That of each loop.
transport::DrainPlan Endpoint::Core::drain_plan(const DrainOptions& how) const {
  return {.batch_size = std::max<std::size_t>(how.batch_size / loops_.size(), 1),
          .batch_interval = how.batch_interval,
          .deadline = how.deadline};
}

/// Returns when no loop has a session.
void Endpoint::Core::drain_sessions(const DrainOptions& how) {
  const transport::DrainPlan plan = drain_plan(how);
  std::latch done(static_cast<std::ptrdiff_t>(loops_.size()));
  on_every_loop([&](Lane& lane) {
    lane.drain = std::make_unique<transport::Drain>(lane.shard.loop, lane.shard.sessions, plan);
    lane.drain->start([&done] { done.count_down(); });
  });
  done.wait();
}

Result<CertificateInfo> Endpoint::Core::reload_tls() {
  if (!options_.tls)
    return failure(ErrorCode::invalid, "there is no TLS certificate to read: the server runs without TLS");
  const auto& [certificate_file, key_file] = *options_.tls;
  auto loaded = net::TlsContext::load(certificate_file, key_file);
  if (!loaded) return tl::unexpected(loaded.error());
  CertificateInfo info{.file = certificate_file, .valid_until = (*loaded)->valid_until()};
  if (info.valid_until < clock_.wall_clock())
    log::warning("the TLS certificate {} has expired: it was valid until {}", info.file, in_words(info.valid_until));
  const std::lock_guard lock(tls_mutex_);
  tls_ = std::move(*loaded);
  return info;
}

void Endpoint::Core::on_hangup() {
  if (!options_.tls) return log::info("SIGHUP received: without TLS there is nothing to read again");
  if (const auto read = reload_tls()) {
    log::info("SIGHUP received: the TLS certificate {} was read again; its validity ends at {}", read->file,
              in_words(read->valid_until));
  } else {
    log::error("SIGHUP received, but the old TLS certificate stays in use: {}", read.error().message);
  }
}

EndpointStats Endpoint::Core::stats() const {
  EndpointStats sum;
  for (const auto& lane : loops_) {
    const Counters& counters = lane->shard.counters;
    sum.sockets += counters.sockets.get();
    sum.channels += counters.channels.get();
    sum.messages_in += counters.messages_in.get();
    sum.undecodable += counters.undecodable.get();
    sum.stale += counters.stale.get();
    sum.channel_crashes += counters.channel_crashes.get();
    sum.slow_consumers += counters.slow_consumers.get();
    sum.dropped_frames += lane->shard.loop.dropped_frames.get();
    sum.refused += counters.refused.get();
  }
  return sum;
}

}  // namespace suzaku::server
