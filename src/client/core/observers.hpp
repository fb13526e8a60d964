#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

#include <suzaku/client/channel.hpp>
#include <suzaku/client/socket.hpp>

/// What the state machines tell, and whom they ask. All is called on the engine's thread, and may not call back into
/// the machine from within: what follows from it is posted to the engine.
namespace suzaku::client::core {

/// The number of a question, to be given back with the answer; answers to old questions are ignored.
using Question = std::uint64_t;

class ChannelObserver {
 public:
  virtual ~ChannelObserver() = default;

  virtual const std::string& topic() const noexcept = 0;
  /// Wants Socket::join_params(), now or later.
  virtual void ask_join_params(const JoinAttempt& attempt, Question question) = 0;
  virtual void on_state(client::Channel::State state) = 0;
  virtual void on_joined(const Joined& joined) = 0;
  virtual void on_gap(const Gap& gap) = 0;
  virtual void on_error(const ChannelError& error) = 0;
  virtual void on_close(const Payload& reason) = 0;
  virtual void on_message(const Message& message) = 0;
  /// How many pushes wait to be sent.
  virtual void on_buffered(std::size_t count) = 0;
};

class SocketObserver {
 public:
  /// Wants Socket::credentials(), later.
  virtual void ask_credentials(const ConnectAttempt& attempt, Question question) = 0;
  virtual void on_status(client::Socket::Status status) = 0;
  virtual void on_open(const client::Socket::Opened& opened) = 0;
  virtual void on_close(const Disconnect& reason) = 0;
  virtual void on_reconnect(const client::Socket::Reconnecting& reconnecting) = 0;
  virtual void on_give_up(const Disconnect& reason) = 0;
  virtual void on_message(const Message& message) = 0;
  /// A function of the user's has thrown.
  virtual void on_user_error(std::exception_ptr error, std::string_view where) = 0;

 protected:
  ~SocketObserver() = default;
};

}  // namespace suzaku::client::core
