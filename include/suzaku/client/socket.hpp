#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <suzaku/client/channel.hpp>
#include <suzaku/client/disconnect.hpp>
#include <suzaku/client/metrics.hpp>
#include <suzaku/client/options.hpp>
#include <suzaku/client/push.hpp>
#include <suzaku/json.hpp>

namespace suzaku::client {

class SocketImpl;

/// A connection to a Phoenix app. It is made again when it is lost.
///
///     suzaku::client::Socket socket{"wss://example.com/socket", {.params = {{"user", "ann"}}}};
///     socket.connect();
///     Channel room = socket.channel("room:lobby");
///     room.on("shout", [](const Message& message) { ... });
///     room.join();
///
/// All functions may be called from any thread, callbacks included. The destructor closes the connection; when it
/// returns no callback runs and none will (it waits for one that runs on another thread; called within a callback it
/// does not wait), nor any function of its options, but for one that gives params or a token and takes its time. Pushes
/// that had not ended end with Outcome::closed: a thread that waits in get() returns, callbacks are not called.
class Socket {
 public:
  enum class Status : std::uint8_t {
    disconnected,  // connect() was not called, or disconnect() was, or the reconnect policy gave up
    connecting,    // the first attempt
    connected,
    reconnecting,  // the connection was lost; waits for the next attempt, or makes it
    disconnecting,
  };

  /// `url`: ws:// or wss:// (or http://, https://) up to the socket's mount, as with phoenix.js:
  /// "wss://example.com/socket"; "/websocket" is appended unless it is there. A user and a password in it
  /// ("wss://ann:secret@example.com/socket", percent-encoded) are sent as Authorization: Basic, unless
  /// SocketOptions::headers has an Authorization; they are never shown in messages, logs or callbacks. Throws
  /// std::invalid_argument for a URL or options that cannot be, and says why.
  explicit Socket(std::string_view url, SocketOptions options = {});
  ~Socket();
  Socket(Socket&&) noexcept;
  Socket& operator=(Socket&&) noexcept;

  /// Connects, and connects again whenever the connection is lost, until disconnect(). Ends with ok when the connection
  /// stands, with error when the reconnect policy gives up, with cancelled when disconnect() comes first. By default
  /// the policy has no limit when no server answers: wait with get_for().
  Push connect();
  /// Sends the pushes of joined channels that wait, closes with this code, and connects no more until connect().
  /// Channels stay, and are joined again then. A join() that is under way is not waited for: it goes on with the next
  /// connection, and so do the pushes that wait for it, unless their time-outs come first. Throws std::invalid_argument
  /// for a code other than 1000 and 3000 to 4999, and for a `reason` of more than 123 bytes or that is no UTF-8.
  Push disconnect(std::uint16_t code = 1000, std::string_view reason = {});

  /// The channel of this topic; the same one whenever it is asked for, while it is in use or a handle exists.
  /// `params`, if given, replace those given before, from the next join on.
  Channel channel(std::string_view topic, std::optional<JoinParams> params = {});

  /// Sends a heartbeat now; Reply::round_trip is how long the answer took. Ends with disconnected when there is no
  /// connection.
  Push ping();
  /// The network has changed, or is back (or the machine woke up): an attempt that waits, or that has not reached the
  /// server yet, is made at once, and an open connection is probed by a heartbeat.
  void network_changed();

  Status status() const noexcept;
  bool is_connected() const noexcept { return status() == Status::connected; }

  using Binding = Channel::Binding;
  struct Opened {
    bool is_reconnect = false;
    std::string_view url;  // without its query
  };
  Binding on_open(std::function<void(const Opened&)> callback);
  /// The connection ended. on_reconnect() tells when the next attempt is made, on_give_up() that there is none.
  Binding on_close(std::function<void(const Disconnect&)> callback);
  struct Reconnecting {
    const Disconnect& reason;
    std::size_t attempt = 1;
    std::chrono::milliseconds delay{0};
  };
  /// An attempt to connect failed, or the connection was lost: the next attempt is made after `delay`.
  Binding on_reconnect(std::function<void(const Reconnecting&)> callback);
  /// There will be no further attempt.
  Binding on_give_up(std::function<void(const Disconnect&)> callback);
  /// Each message that comes in, of whatever topic, after its channel has had it.
  Binding on_message(std::function<void(const Message&)> callback);
  /// A callback has thrown. Without such a callback it is written to standard error, at most 10 times a second.
  Binding on_callback_error(std::function<void(std::exception_ptr, std::string_view where)> callback);
  void off(Binding binding);

  Metrics metrics() const;
  /// What the socket and its channels are doing, for a person to read; secrets are left out. Must not be called while
  /// holding a lock that a callback waits for.
  Json dump_state() const;

 private:
  std::optional<Runtime> runtime_;
  std::shared_ptr<SocketImpl> impl_;
};
std::string_view to_string(Socket::Status status) noexcept;

}  // namespace suzaku::client
