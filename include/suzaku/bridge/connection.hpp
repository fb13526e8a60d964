#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/bridge/connection_options.hpp>
#include <suzaku/client/push.hpp>
#include <suzaku/client/runtime.hpp>
#include <suzaku/json.hpp>
#include <suzaku/signals/signal_bus.hpp>

namespace suzaku::bridge {

class ConnectionImpl;

enum class Status : std::uint8_t {
  disconnected,  // it has ended, or was lost just now
  connecting,    // makes an attempt, or waits for the next one
  connected,
  disconnecting,  // stop() was called
};
std::string_view to_string(Status status) noexcept;

/// Why an event was not sent.
struct PushError {
  enum class Kind : std::uint8_t {
    not_joined,  // join_channel() was not called, or the channel was left
    joining,     // it will be joined, perhaps again; wait for the signal "suzaku.channel.joined"
    stopped,     // the connection ends, or has ended
    invalid,     // the topic or the event is empty, or the event is Phoenix's own ("phx_leave")
  };
  Kind kind = Kind::not_joined;
  std::string message = {};
};

/// How a connection has ended.
struct ConnectionEnd {
  bool has_failed = false;  // there are no attempts left, or a handler has thrown; otherwise it was stopped
  std::string reason = {};
  bool handler_has_thrown = false;
  bool was_stable = false;  // it was open for client::ReconnectOptions::stable_after without a break
};

/// A connection to a Phoenix app that is made again when it is lost. Its messages and events become signals on a bus.
///
/// A handler that throws (on_wire, a CustomBackoff or retry_refused of its options, or SubscriptionOptions::on_waiting
/// of a subscriber) ends it: it has failed then, as it has when there are no attempts left. (A function that gives
/// params or the token and throws makes the attempt, or the join, fail.) A connection that has ended stays so: make
/// another one, or leave that to a ConnectionSupervisor.
///
/// Any thread. When the destructor returns nothing is published any more; it does not leave channels; stop() does.
class Connection {
 public:
  /// Connects. The bus must outlive it. `on_end` is called once, on the runtime's thread, last of all, and must not
  /// destroy the connection. Throws std::invalid_argument for options that check() refuses.
  Connection(signals::SignalBus& bus, ConnectionOptions options, std::function<void(const ConnectionEnd&)> on_end = {});
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Joins, and joins again whenever that is needed, until leave_channel() or until the server closes the channel
  /// (phx_close). Channels of ConnectionOptions::auto_join_channels are joined again then, too; one of them that was
  /// left stays left until it is joined by this function. Ends with the server's answer, with
  /// Outcome::closed when the connection ends before. Throws std::invalid_argument for a topic that is empty or no
  /// UTF-8.
  client::Push join_channel(std::string_view topic, client::JoinParams params = {});
  /// Ends with ok when the server has confirmed it, or there is no connection; with Outcome::closed when the channel is
  /// not joined.
  client::Push leave_channel(std::string_view topic);
  /// Sends an event to a channel that is joined now. The reply becomes a signal, too: of the event "phx_reply", with
  /// the data {"status": ..., "response": ...}.
  [[nodiscard]] tl::expected<client::Push, PushError> push_event(std::string_view topic, std::string_view event,
                                                                 Payload payload = {},
                                                                 client::PushOptions options = {});

  const std::string& name() const noexcept;
  Status status() const;
  /// The topics of the channels that are joined now.
  std::vector<std::string> list_channels() const;
  /// {"name", "server", "status", "since", "attempt", "next_attempt_at" (null: none is waited for), "has_failed",
  /// "last_error", "channels": [{"topic", "state", "joined_at", "last_error"}], "metrics": {...}}, without secrets.
  Json health() const;

  /// Sends waiting pushes, leaves the channels, and closes. Ends with ok when all this is done, or when the deadline
  /// has passed: then the rest is dropped. A second call waits for the same end; the first deadline holds.
  client::Push stop(std::optional<std::chrono::milliseconds> deadline = {});

 private:
  std::optional<client::Runtime> runtime_;
  std::shared_ptr<ConnectionImpl> impl_;
};

}  // namespace suzaku::bridge
