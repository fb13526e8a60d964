#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <suzaku/client/disconnect.hpp>
#include <suzaku/client/options.hpp>
#include <suzaku/client/push.hpp>
#include <suzaku/message_kind.hpp>
#include <suzaku/payload.hpp>

namespace suzaku::client {

class ChannelImpl;
class EventStream;

/// A message of the server. Valid during the callback; copy what has to outlive it.
struct Message {
  using Kind = MessageKind;  // replies come to Socket::on_message() alone
  std::string_view topic;
  std::string_view event;
  const Payload& payload;
  Kind kind = Kind::broadcast;
};

/// A join that succeeded.
struct Joined {
  const Payload& response;
  bool is_rejoin = false;
};

/// Why a channel is not joined any more, or not yet. It will be joined again, and on_join() is called then, unless
/// `will_rejoin` is false.
struct ChannelError {
  enum class Kind : std::uint8_t {
    disconnected,     // the connection was lost
    crashed,          // the server's channel ended with an error (phx_error)
    refused,          // the server answered the join with an error
    timeout,          // the server did not answer the join
    unmatched_topic,  // the server has forgotten the channel
    params_failed,    // the function that gives the params failed
  };
  Kind kind = Kind::disconnected;
  Payload payload = {};  // what the server said
  std::string message = {};
  bool will_rejoin = true;
};
std::string_view to_string(ChannelError::Kind kind) noexcept;

/// Between these two moments messages of the topic may have been missed.
struct Gap {
  std::string_view topic;
  std::chrono::system_clock::time_point since;
  std::chrono::system_clock::time_point until;
};

/// A channel of a topic. A handle: copies are the same channel. The channel belongs to its socket: it ends
/// with it, or with leave(); functions called on it after that do nothing, and pushes end with Outcome::closed.
///
/// The protocol is that of phoenix.js's Channel, with a few differences on purpose (docs/conformance-client.md).
class Channel {
 public:
  enum class State : std::uint8_t { closed, errored, joined, joining, leaving };

  /// Joins, and joins again whenever that is needed, until leave(). The push ends with the answer to the first attempt
  /// that is answered while connected; on_join() and on_error() tell of all attempts. Calling it again while joining or
  /// joined joins no second time: the push ends with the join that is under way or done. After leave() a channel may be
  /// joined again.
  Push join(std::optional<std::chrono::milliseconds> timeout = {});

  /// Leaves. Ends with "ok" when the server has said so, or when there is no server to tell. Pushes that wait end with
  /// Outcome::closed.
  Push leave(std::optional<std::chrono::milliseconds> timeout = {});

  /// Sends an event; waits for the join and the connection if need be, within `max_buffered` and the time-out. Ends
  /// with the server's reply. Without join() it ends with Outcome::closed at once.
  Push push(std::string_view event, Payload payload = {}, PushOptions options = {});

  // Callbacks. Called one at a time, in the order of the frames, where callbacks are called
  // (SocketOptions::dispatcher). A callback that throws is reported to Socket::on_callback_error and harms no other.

  /// The id of a callback, for off().
  using Binding = std::uint64_t;
  /// Calls back for each message with this event; "*" for each message.
  Binding on(std::string_view event, std::function<void(const Message&)> callback);
  Binding on_join(std::function<void(const Joined&)> callback);
  Binding on_error(std::function<void(const ChannelError&)> callback);
  /// The channel has ended: left, or closed by the server (then `reason` is what it said).
  Binding on_close(std::function<void(const Payload& reason)> callback);
  /// After a rejoin, before the first message.
  Binding on_gap(std::function<void(const Gap&)> callback);
  /// Removes a callback. When it returns, the callback does not run and will not (unless it is called within it).
  void off(Binding binding);
  /// Removes all callbacks of an event.
  void off(std::string_view event);

  /// The messages of an event ("*": all) as a sequence, for co_await and for blocking loops. At most `capacity`
  /// messages wait, of at most `max_bytes` together (or one larger message); the oldest are dropped for newer ones, and
  /// counted.
  EventStream events(std::string_view event, std::size_t capacity = 1'000, std::size_t max_bytes = 16 << 20);

  State state() const noexcept;
  const std::string& topic() const noexcept;
  /// The number of pushes that wait to be sent.
  std::size_t buffered() const noexcept;

  explicit Channel(std::shared_ptr<ChannelImpl> impl) noexcept : impl_(std::move(impl)) {}

 private:
  friend class Presence;
  std::shared_ptr<ChannelImpl> impl_;
};
std::string_view to_string(Channel::State state) noexcept;

}  // namespace suzaku::client
