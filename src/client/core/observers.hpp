#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

#include <suzaku/client/channel.hpp>
#include <suzaku/client/socket.hpp>

/// What the state machines report and request. Everything is called on the engine's thread, and must not call the state
/// machine from within: post to the engine instead.
namespace suzaku::client::core {

/// The id of a pending request. The answer carries it; an answer to an older request is ignored.
using RequestId = std::uint64_t;

class ChannelObserver {
 public:
  virtual ~ChannelObserver() = default;

  virtual const std::string& topic() const noexcept = 0;
  /// Socket::join_params() must follow, now or later.
  virtual void request_join_params(const JoinAttempt& attempt, RequestId request_id) = 0;
  virtual void on_state(client::Channel::State state) = 0;
  virtual void on_joined(const Joined& joined) = 0;
  virtual void on_gap(const Gap& gap) = 0;
  virtual void on_error(const ChannelError& error) = 0;
  virtual void on_close(const Payload& reason) = 0;
  virtual void on_message(const Message& message) = 0;
  /// The number of pushes that wait to be sent.
  virtual void on_buffered(std::size_t count) = 0;
};

class SocketObserver {
 public:
  /// Socket::credentials() must follow, later.
  virtual void request_credentials(const ConnectAttempt& attempt, RequestId request_id) = 0;
  virtual void on_status(client::Socket::Status status) = 0;
  virtual void on_open(const client::Socket::Opened& opened) = 0;
  virtual void on_close(const Disconnect& reason) = 0;
  virtual void on_reconnect(const client::Socket::Reconnecting& reconnecting) = 0;
  virtual void on_give_up(const Disconnect& reason) = 0;
  virtual void on_message(const Message& message) = 0;
  /// Asked after each message. False when the dispatcher's backlog is full: then no further message is to be read
  /// until Socket::resume_reading().
  virtual bool has_room() noexcept = 0;
  /// A message was dropped, since its payload, topic or event cannot be read (then the topic or event is empty).
  virtual void on_bad_payload(std::string_view topic, std::string_view event, std::string_view why) = 0;
  /// A function of the user has thrown.
  virtual void on_user_error(std::exception_ptr error, std::string_view where) = 0;

 protected:
  ~SocketObserver() = default;
};

}  // namespace suzaku::client::core
