#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <suzaku/bridge/connection.hpp>
#include <suzaku/client/socket.hpp>
#include <suzaku/signals/phoenix.hpp>
#include <suzaku/signals/signal.hpp>

#include "base/thrown.hpp"
#include "bridge/promise.hpp"
#include "client/core/engine.hpp"

namespace suzaku::bridge {

/// The implementation of Connection: a socket, and the state of its channels. All changes happen on the engine's
/// thread: in callbacks of the socket, and in steps that others have posted.
class ConnectionImpl final : public std::enable_shared_from_this<ConnectionImpl> {
 public:
  using OnEnd = std::function<void(const ConnectionEnd&)>;

  ConnectionImpl(signals::SignalBus& bus, ConnectionOptions options, const client::Runtime& runtime, OnEnd on_end);

  void start();
  /// To be called when the Connection is destroyed.
  void close();

  client::Push join(std::string_view topic, client::JoinParams params);
  client::Push leave(std::string_view topic);
  tl::expected<client::Push, PushError> push(std::string_view topic, std::string_view event, Payload payload,
                                             client::PushOptions options);
  client::Push stop(std::chrono::milliseconds deadline);

  const ConnectionOptions& options() const noexcept { return options_; }
  Status status() const;
  std::vector<std::string> list_channels() const;
  Json health() const;

 private:
  using Time = std::chrono::system_clock::time_point;

  /// A channel that is to be joined.
  struct Tracked {
    Tracked(client::Channel of, bool is_configured) : channel(std::move(of)), is_configured(is_configured) {}

    client::Channel channel;
    bool is_configured;             // one of auto_join_channels
    bool is_left = false;           // leave() was called, and no join since
    std::size_t ends_in_a_row = 0;  // joins in a row that were not stable and that the client does not repeat
    client::Engine::TimerId rejoin_timer = client::Engine::kNoTimer;
    std::vector<client::Channel::Binding> bindings = {};
    std::optional<Time> joined_at = {};
    std::string last_error = {};
    std::size_t joins_under_way = 0;
  };
  using Channels = std::map<std::string, Tracked, std::less<>>;

  /// Work for the engine's thread. An exception in it is one of a handler.
  template <class Work>
  auto step(Work work) {
    return [weak = weak_from_this(), work = std::move(work)]() mutable {
      if (const auto self = weak.lock()) self->run(work);
    };
  }
  template <class Work>
  void post(Work work) {
    engine_.post(step(std::move(work)));
  }
  template <class Work>
  void run(Work& work) {
    const std::lock_guard lock(step_mutex_);
    try {
      work();
    } catch (...) {
      on_handler_error(what_is_thrown());
    }
  }
  /// Within a callback of the socket's: does the work under the mutex, unless the connection has ended.
  template <class Work>
  void unless_over(const Work& work) {
    const auto self = shared_from_this();  // the work may destroy the Connection
    const std::lock_guard lock(mutex_);
    if (socket_) work();
  }
  template <class Argument>
  auto callback(void (ConnectionImpl::*function)(const Argument&)) {
    return [this, function](const Argument& argument) { unless_over([&] { (this->*function)(argument); }); };
  }

  void begin();
  void on_open(const client::Socket::Opened& opened);
  void on_close(const client::Disconnect& reason);
  void on_reconnect(const client::Socket::Reconnecting& reconnecting);
  void on_give_up(const client::Disconnect& reason);
  void on_handler_error(const std::string& what);

  Tracked& track(const std::string& topic, client::JoinParams params);
  client::Push begin_join(const std::string& topic, client::JoinParams params);
  void on_joined(const std::string& topic, const client::Joined& joined);
  void on_channel_error(const std::string& topic, const client::ChannelError& error);
  void on_left(const std::string& topic);
  client::Push join_tracked(const std::string& topic, Tracked& tracked);
  std::string schedule_rejoin(const std::string& topic, Tracked& tracked, std::optional<Time> joined_at);
  void rejoin(const std::string& topic);
  bool is_to_stay(const Tracked& tracked) const noexcept {
    return tracked.is_configured && !tracked.is_left && !is_stopping();
  }
  void on_message(const client::Message& message);
  void on_reply(std::string_view topic, const client::Reply& reply);
  void forget_if_over(const std::string& topic);

  void begin_stop(std::chrono::milliseconds deadline);
  void on_stopped_channel();
  void end(ConnectionEnd end);
  void announce_end(const Channels& channels, const ConnectionEnd& end);

  bool is_stopping() const noexcept { return !stops_.empty(); }
  void set_status(Status status);
  void note_stability();

  signals::SignalBus& bus_;
  const ConnectionOptions options_;
  const signals::phoenix::Names names_{options_.name, options_.names};
  // The Connection and the socket have the runtime, so that it does not end on its own thread when we do.
  client::Engine& engine_;
  const std::weak_ptr<client::Engine> engine_handle_;
  const OnEnd on_end_;

  std::recursive_mutex step_mutex_;  // held by steps, so that close() waits for the one that runs
  /// Held by callbacks; by steps only for what they change below, not while they call the socket. Others hold it to
  /// look, a subscriber too while we publish.
  mutable std::recursive_mutex mutex_;
  std::optional<client::Socket> socket_;  // until the end
  Channels channels_;
  Status status_ = Status::connecting;
  Time since_ = {};
  bool is_open_ = false;
  bool has_failed_ = false;
  std::size_t attempt_ = 0;
  std::optional<Time> next_attempt_at_;
  std::string last_error_;
  std::vector<Promise> stops_;  // pending stop() calls; the first one began the stop
  std::size_t leaving_ = 0;     // channels whose leave is not answered
  client::Metrics metrics_;     // after the end
  client::TimePoint opened_at_ = {};
  bool was_stable_ = false;
  client::Engine::TimerId deadline_ = client::Engine::kNoTimer;
};

}  // namespace suzaku::bridge
